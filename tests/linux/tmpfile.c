/*
 * tmpfile.c - files that begin without a name: O_TMPFILE of open(2), and linkat(2) of what is
 * open.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "tests/linux/check.h"

static int make(int flags)
{
    int fd;

    check_enter_scratch();
    fd = open(".", O_TMPFILE | flags, 0666);
    if (fd < 0 && errno == EOPNOTSUPP)
        SKIP("the file system makes none");
    CHECK(fd >= 0);
    return fd;
}

static const char *link_of(int fd)
{
    static char name[64];

    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    return name;
}

static void nameless(void)
{
    int fd = make(O_RDWR);
    char target[PATH_MAX] = "", buf[8];
    struct stat st;

    CHECK_EQ(fstat(fd, &st), 0);
    CHECK_EQ(st.st_nlink, 0);
    CHECK_EQ(st.st_mode, S_IFREG | 0644);
    CHECK_EQ(st.st_size, 0);
    CHECK_EQ(write(fd, "hello", 5), 5);
    CHECK_EQ(pread(fd, buf, sizeof(buf), 0), 5);
    CHECK(!memcmp(buf, "hello", 5));
    CHECK(readlink(link_of(fd), target, sizeof(target) - 1) > 0);
    CHECK(strstr(target, "/#"));
    CHECK(strstr(target, " (deleted)"));
}

/* Two are two files, and none is in the directory. */
static void separate(void)
{
    int a = make(O_RDWR), b = open(".", O_TMPFILE | O_WRONLY, 0600);
    struct stat of_a, of_b;
    char cwd[PATH_MAX];

    CHECK(b >= 0);
    CHECK_EQ(fstat(a, &of_a), 0);
    CHECK_EQ(fstat(b, &of_b), 0);
    CHECK(of_a.st_ino != of_b.st_ino);
    CHECK(getcwd(cwd, sizeof(cwd)));
    CHECK_EQ(chdir(".."), 0);
    CHECK_EQ(rmdir(cwd), 0);
    CHECK_EQ(write(a, "x", 1), 1);
}

static void linked(void)
{
    int fd = make(O_RDWR);
    struct stat open_one, named;
    char buf[8];

    CHECK_EQ(write(fd, "named", 5), 5);
    CHECK_EQ(linkat(AT_FDCWD, link_of(fd), AT_FDCWD, "file", AT_SYMLINK_FOLLOW), 0);
    CHECK_EQ(fstat(fd, &open_one), 0);
    CHECK_EQ(stat("file", &named), 0);
    CHECK_EQ(named.st_ino, open_one.st_ino);
    CHECK_EQ(open_one.st_nlink, 1);
    CHECK_EQ(pread(open("file", O_RDONLY), buf, sizeof(buf), 0), 5);
    CHECK_ERR(linkat(AT_FDCWD, link_of(fd), AT_FDCWD, "file", AT_SYMLINK_FOLLOW), EEXIST);
    CHECK_EQ(linkat(AT_FDCWD, link_of(fd), AT_FDCWD, "more", AT_SYMLINK_FOLLOW), 0);
    CHECK_EQ(fstat(fd, &open_one), 0);
    CHECK_EQ(open_one.st_nlink, 2);
    /* Once it had names it is a file like any other: none is left, none can be made. */
    CHECK_EQ(unlink("file"), 0);
    CHECK_EQ(unlink("more"), 0);
    CHECK_ERR(linkat(AT_FDCWD, link_of(fd), AT_FDCWD, "file", AT_SYMLINK_FOLLOW), ENOENT);
}

static void linked_by_descriptor(void)
{
    int fd = make(O_WRONLY);
    struct stat st;

    CHECK_EQ(linkat(fd, "", AT_FDCWD, "file", AT_EMPTY_PATH), 0);
    CHECK_EQ(stat("file", &st), 0);
    CHECK_EQ(st.st_nlink, 1);
    CHECK_ERR(linkat(fd, "", AT_FDCWD, "other", 0), ENOENT);
    CHECK_ERR(linkat(fd, "", AT_FDCWD, "other", 1), EINVAL);
}

static void exclusive(void)
{
    int fd = make(O_RDWR | O_EXCL);

    CHECK_ERR(linkat(AT_FDCWD, link_of(fd), AT_FDCWD, "file", AT_SYMLINK_FOLLOW), ENOENT);
    CHECK_ERR(linkat(fd, "", AT_FDCWD, "file", AT_EMPTY_PATH), ENOENT);
}

/* Through /proc it can be opened anew, as far as its mode allows. */
static void opened_anew(void)
{
    int fd = make(O_RDWR), again = open(link_of(fd), O_RDONLY);
    char byte;

    CHECK(again >= 0);
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_EQ(read(again, &byte, 1), 1);
    CHECK_EQ(byte, 'x');
}

static void refused(void)
{
    close(make(O_RDWR));
    close(open("file", O_CREAT | O_WRONLY, 0600));
    CHECK_ERR(open(".", O_TMPFILE | O_RDONLY, 0600), EINVAL);
    CHECK_ERR(open(".", (O_TMPFILE & ~O_DIRECTORY) | O_RDWR, 0600), EINVAL);
    CHECK_ERR(open(".", O_TMPFILE | O_RDWR | O_CREAT, 0600), EINVAL);
    CHECK_ERR(open("file", O_TMPFILE | O_RDWR, 0600), ENOTDIR);
    CHECK_ERR(open("none", O_TMPFILE | O_RDWR, 0600), ENOENT);
    CHECK_ERR(open("/proc", O_TMPFILE | O_RDWR, 0600), EOPNOTSUPP);
}

static void not_permitted(void)
{
    close(make(O_RDWR));
    CHECK_EXITS(CHILD({
                    CHECK_EQ(setgid(12345), 0);
                    CHECK_EQ(setuid(12345), 0);
                    CHECK_ERR(open(".", O_TMPFILE | O_RDWR, 0600), EACCES);
                }),
                0);
}

static const struct check_case cases[] = {
    CASE(nameless),  CASE(separate),    CASE(linked),  CASE(linked_by_descriptor),
    CASE(exclusive), CASE(opened_anew), CASE(refused), CASE(not_permitted),
};
CHECK_MAIN(cases)
