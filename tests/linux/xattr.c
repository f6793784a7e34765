/*
 * xattr.c - extended attributes (xattr(7)), of files in memory, in a mount of our own.
 */
#include "tests/linux/check.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>

enum { OTHER_USER = 1977533 };

static const char *folder;

/* Where only this process sees it. tmpfs knows user.* since Linux 6.6. */
static void enter(bool user)
{
    folder = check_scratch();
    if (unshare(CLONE_NEWNS) != 0 && errno != EINVAL)
        SKIP("no mount namespace");
    (void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    if (mount("tmpfs", folder, "tmpfs", 0, NULL) != 0)
        SKIP("nothing may be mounted");
    CHECK_EQ(chdir(folder), 0);
    if (setxattr(".", user ? "user.probe" : "trusted.probe", "", 0, 0) != 0)
        SKIP("not in this kernel's tmpfs");
    CHECK_EQ(removexattr(".", user ? "user.probe" : "trusted.probe"), 0);
}

static void leave(void)
{
    CHECK(chdir("/") == 0 && umount2(folder, MNT_DETACH) == 0);
}

static int make(const char *name)
{
    int fd = open(name, O_CREAT | O_RDWR | O_EXCL, 0644);

    CHECK(fd >= 0);
    return fd;
}

static void set_and_get(const char *name)
{
    char value[16] = "";
    int fd = make("file");

    CHECK_ERR(getxattr("file", name, value, sizeof(value)), ENODATA);
    CHECK_ERR(removexattr("file", name), ENODATA);
    CHECK_ERR(setxattr("file", name, "1", 1, XATTR_REPLACE), ENODATA);
    CHECK_EQ(setxattr("file", name, "value", 5, XATTR_CREATE), 0);
    CHECK_ERR(setxattr("file", name, "1", 1, XATTR_CREATE), EEXIST);
    CHECK_EQ(getxattr("file", name, NULL, 0), 5);
    CHECK_EQ(fgetxattr(fd, name, value, sizeof(value)), 5);
    CHECK(!memcmp(value, "value", 5));
    CHECK_ERR(getxattr("file", name, value, 4), ERANGE);
    CHECK_EQ(fsetxattr(fd, name, "other one", 9, XATTR_REPLACE), 0);
    CHECK_EQ(lgetxattr("file", name, value, sizeof(value)), 9);
    CHECK(!memcmp(value, "other one", 9));
    CHECK_EQ(setxattr("file", name, NULL, 0, 0), 0);
    CHECK_EQ(getxattr("file", name, value, sizeof(value)), 0);
    CHECK_EQ(removexattr("file", name), 0);
    CHECK_ERR(fgetxattr(fd, name, value, sizeof(value)), ENODATA);
}

static void trusted_ones(void)
{
    enter(false);
    set_and_get("trusted.one");
    leave();
}

static void security_ones(void)
{
    enter(false);
    set_and_get("security.one");
    leave();
}

static void ones_of_programs(void)
{
    enter(true);
    set_and_get("user.one");
    CHECK_EQ(symlink("file", "link"), 0);
    CHECK_EQ(mkfifo("fifo", 0600), 0);
    /* Only of files and directories. */
    CHECK_ERR(lsetxattr("link", "user.one", "", 0, 0), EPERM);
    CHECK_ERR(setxattr("fifo", "user.one", "", 0, 0), EPERM);
    CHECK_ERR(getxattr("fifo", "user.one", NULL, 0), ENODATA);
    CHECK_EQ(setxattr("link", "user.one", "by a link", 9, 0), 0);
    CHECK_EQ(getxattr("file", "user.one", NULL, 0), 9);
    CHECK_EQ(setxattr(".", "user.dir", "", 0, 0), 0);
    CHECK_EQ(lsetxattr("link", "trusted.one", "x", 1, 0), 0);
    CHECK_EQ(lgetxattr("link", "trusted.one", NULL, 0), 1);
    CHECK_ERR(getxattr("link", "trusted.one", NULL, 0), ENODATA);
    leave();
}

static void a_list_of_names(void)
{
    static const char both[] = "trusted.a\0trusted.long name";
    char names[64];
    int fd;

    enter(false);
    fd = make("file");
    CHECK_EQ(listxattr("file", NULL, 0), 0);
    CHECK_EQ(setxattr("file", "trusted.a", "", 0, 0), 0);
    CHECK_EQ(listxattr("file", names, sizeof(names)), 10);
    CHECK(!memcmp(names, both, 10));
    CHECK_EQ(setxattr("file", "trusted.long name", "v", 1, 0), 0);
    CHECK_EQ(flistxattr(fd, NULL, 0), sizeof(both));
    CHECK_ERR(llistxattr("file", names, sizeof(both) - 1), ERANGE);
    CHECK_EQ(llistxattr("file", names, sizeof(both)), sizeof(both));
    leave();
}

static void what_is_refused(void)
{
    char longest[XATTR_NAME_MAX + 2], *large = calloc(1, XATTR_SIZE_MAX + 1);

    enter(false);
    make("file");
    memset(longest, 'x', sizeof(longest) - 1);
    memcpy(longest, "trusted.", 8);
    longest[sizeof(longest) - 1] = '\0';
    CHECK_ERR(setxattr("file", longest, "", 0, 0), ERANGE);
    CHECK_ERR(setxattr("file", "", "", 0, 0), ERANGE);
    longest[sizeof(longest) - 2] = '\0';
    CHECK_EQ(setxattr("file", longest, "", 0, 0), 0);
    CHECK_ERR(setxattr("file", "trusted.x", "", 0, 4), EINVAL);
    CHECK_ERR(setxattr("file", "trusted.x", large, XATTR_SIZE_MAX + 1, 0), E2BIG);
    CHECK_EQ(setxattr("file", "trusted.x", large, 40000, 0), 0);
    CHECK_EQ(getxattr("file", "trusted.x", large, XATTR_SIZE_MAX + 1), 40000);
    CHECK_ERR(setxattr("file", "trusted.", "", 0, 0), EINVAL);
    CHECK_ERR(setxattr("file", "nobody.knows", "", 0, 0), EOPNOTSUPP);
    CHECK_ERR(getxattr("file", "nobody.knows", NULL, 0), EOPNOTSUPP);
    CHECK_ERR(setxattr("none", "trusted.x", "", 0, 0), ENOENT);
    CHECK_ERR(setxattr("file", "trusted.x", check_bad, 8, 0), EFAULT);
    CHECK_ERR(getxattr("file", check_bad, NULL, 0), EFAULT);
    CHECK_ERR(getxattr("file", "trusted.x", check_bad, XATTR_SIZE_MAX), EFAULT);
    CHECK_ERR(fgetxattr(open("file", O_PATH), "trusted.x", NULL, 0), EBADF);
    leave();
}

static void what_users_may(void)
{
    char names[64];

    enter(false);
    make("file");
    CHECK(chmod("file", 0644) == 0 && chmod(".", 0755) == 0);
    CHECK_EQ(setxattr("file", "trusted.x", "", 0, 0), 0);
    CHECK_EQ(setxattr("file", "security.x", "1", 1, 0), 0);
    CHECK_EXITS(CHILD({
                    CHECK_EQ(setgid(OTHER_USER), 0);
                    CHECK_EQ(setuid(OTHER_USER), 0);
                    CHECK_ERR(getxattr("file", "trusted.x", NULL, 0), ENODATA);
                    CHECK_ERR(setxattr("file", "trusted.x", "", 0, 0), EPERM);
                    CHECK_EQ(getxattr("file", "security.x", NULL, 0), 1);
                    CHECK_ERR(setxattr("file", "security.x", "", 0, 0), EPERM);
                    CHECK_EQ(listxattr("file", names, sizeof(names)), 11);
                }),
                0);
    leave();
}

static void the_times_of_a_change(void)
{
    struct stat before, after;

    enter(false);
    make("file");
    CHECK_EQ(stat("file", &before), 0);
    do {
        CHECK_EQ(setxattr("file", "trusted.x", "", 0, 0), 0);
        CHECK_EQ(stat("file", &after), 0);
    } while (before.st_ctim.tv_sec == after.st_ctim.tv_sec &&
             before.st_ctim.tv_nsec == after.st_ctim.tv_nsec);
    CHECK_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    leave();
}

static void others_have_none(void)
{
    int ends[2];

    CHECK(pipe(ends) == 0);
    CHECK_ERR(fsetxattr(ends[0], "user.x", "", 0, 0), EPERM);
    CHECK_EQ(fsetxattr(memfd_create("it has", 0), "trusted.x", "", 0, 0), 0);
    CHECK_ERR(setxattr("/proc/self/status", "trusted.x", "", 0, 0), EOPNOTSUPP);
}

/* Beside attributes, a tmpfs has this for overlays. */
static void a_whiteout_is_left(void)
{
    struct stat st;
    int fd;

    enter(false);
    fd = make("file");
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_ERR(renameat2(AT_FDCWD, "file", AT_FDCWD, "new", 4 | RENAME_EXCHANGE), EINVAL);
    CHECK_EQ(renameat2(AT_FDCWD, "file", AT_FDCWD, "new", 4), 0);
    CHECK_EQ(stat("new", &st), 0);
    CHECK_EQ(st.st_size, 1);
    CHECK_EQ(stat("file", &st), 0);
    CHECK(S_ISCHR(st.st_mode) && st.st_rdev == 0 && st.st_nlink == 1);
    CHECK_EQ(unlink("file"), 0);
    make("file");
    CHECK_ERR(renameat2(AT_FDCWD, "new", AT_FDCWD, "file", 4 | RENAME_NOREPLACE), EEXIST);
    CHECK_EXITS(CHILD({
                    CHECK_EQ(setuid(OTHER_USER), 0);
                    CHECK_ERR(renameat2(AT_FDCWD, "new", AT_FDCWD, "x", 4), EPERM);
                }),
                0);
    leave();
}

static const struct check_case cases[] = {
    CASE(trusted_ones),          CASE(security_ones),    CASE(ones_of_programs),
    CASE(a_list_of_names),       CASE(what_is_refused),  CASE(what_users_may),
    CASE(the_times_of_a_change), CASE(others_have_none), CASE(a_whiteout_is_left),
};
CHECK_MAIN(cases)
