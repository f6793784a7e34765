/*
 * names.c - making, finding, moving and removing names, and the working directory.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/linux/check.h"

static void touch(const char *name)
{
    int fd = open(name, O_WRONLY | O_CREAT, 0644);

    CHECK(fd >= 0);
    close(fd);
}

static bool exists(const char *name)
{
    struct stat st;

    return lstat(name, &st) == 0;
}

static void directories(void)
{
    struct stat st;

    check_enter_scratch();
    CHECK_EQ(mkdir("d", 0777), 0);
    CHECK_EQ(stat("d", &st), 0);
    CHECK_EQ(st.st_mode, S_IFDIR | 0755);
    CHECK_ERR(mkdir("d", 0777), EEXIST);
    CHECK_ERR(mkdir("none/d", 0777), ENOENT);
    CHECK_ERR(mkdir(".", 0777), EEXIST);
    CHECK_ERR(mkdir("/", 0777), EEXIST);
    CHECK_EQ(mkdir("slash/", 0777), 0);
    touch("d/f");
    CHECK_ERR(rmdir("d"), ENOTEMPTY);
    CHECK_ERR(rmdir("d/f"), ENOTDIR);
    CHECK_ERR(rmdir("d/."), EINVAL);
    CHECK_ERR(rmdir("d/.."), ENOTEMPTY);
    CHECK_ERR(unlink("d"), EISDIR);
    CHECK_ERR(unlink("d/f/"), ENOTDIR);
    CHECK_EQ(unlink("d/f"), 0);
    CHECK_ERR(unlink("d/f"), ENOENT);
    CHECK_EQ(unlinkat(AT_FDCWD, "d", AT_REMOVEDIR), 0);
    CHECK_ERR(unlinkat(AT_FDCWD, "slash", 0x1000), EINVAL);
    CHECK(!exists("d"));
}

static void hard_links(void)
{
    struct stat st;

    check_enter_scratch();
    touch("a");
    CHECK_EQ(link("a", "b"), 0);
    CHECK_EQ(stat("a", &st), 0);
    CHECK_EQ(st.st_nlink, 2);
    CHECK_ERR(link("a", "b"), EEXIST);
    CHECK_ERR(link("none", "c"), ENOENT);
    CHECK_ERR(link(".", "c"), EPERM);
    CHECK_EQ(unlink("a"), 0);
    CHECK_EQ(stat("b", &st), 0);
    CHECK_EQ(st.st_nlink, 1);
    CHECK_EQ(symlink("b", "s"), 0);
    CHECK_EQ(link("s", "t"), 0);
    CHECK_EQ(lstat("t", &st), 0);
    CHECK(S_ISLNK(st.st_mode));
    CHECK_EQ(linkat(AT_FDCWD, "s", AT_FDCWD, "u", AT_SYMLINK_FOLLOW), 0);
    CHECK_EQ(lstat("u", &st), 0);
    CHECK(S_ISREG(st.st_mode));
}

static void symbolic_links(void)
{
    char buf[8];

    check_enter_scratch();
    CHECK_EQ(symlink("some/where", "s"), 0);
    CHECK_EQ(readlink("s", buf, sizeof(buf)), 8);
    CHECK(!memcmp(buf, "some/whe", 8));
    CHECK_ERR(symlink("x", "s"), EEXIST);
    CHECK_ERR(symlink("", "e"), ENOENT);
    CHECK_ERR(readlink(".", buf, sizeof(buf)), EINVAL);
    CHECK_ERR(syscall(SYS_readlinkat, AT_FDCWD, "s", buf, 0), EINVAL);
    CHECK_ERR(readlink("none", buf, sizeof(buf)), ENOENT);
    CHECK_EQ(symlink(".", "here"), 0);
    touch("f");
    CHECK_EQ(access("here/here/f", F_OK), 0);
    CHECK_ERR(access("f/..", F_OK), ENOTDIR);
}

static void renames(void)
{
    check_enter_scratch();
    touch("a");
    touch("b");
    CHECK_EQ(mkdir("d", 0777), 0);
    CHECK_EQ(rename("a", "c"), 0);
    CHECK(!exists("a") && exists("c"));
    CHECK_EQ(rename("c", "b"), 0);
    CHECK(!exists("c") && exists("b"));
    CHECK_ERR(rename("none", "x"), ENOENT);
    CHECK_ERR(rename("b", "d"), EISDIR);
    CHECK_ERR(rename("d", "b"), ENOTDIR);
    CHECK_ERR(rename("d", "d/e"), EINVAL);
    CHECK_ERR(rename("b", "."), EBUSY);
    CHECK_ERR(rename(".", "x"), EBUSY);
    CHECK_ERR(rename("b", "x/"), ENOTDIR);
    CHECK_EQ(rename("b", "d/b"), 0);
    CHECK_EQ(mkdir("e", 0777), 0);
    CHECK_ERR(rename("e", "d"), ENOTEMPTY);
    CHECK_EQ(rename("d", "e"), 0);
    CHECK(exists("e/b") && !exists("d"));
}

static int rename2(const char *from, const char *to, unsigned flags)
{
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

static void rename_flags(void)
{
    enum { NOREPLACE = 1, EXCHANGE = 2 };

    check_enter_scratch();
    touch("a");
    CHECK_EQ(mkdir("d", 0777), 0);
    CHECK_ERR(rename2("a", "d", NOREPLACE), EEXIST);
    CHECK_EQ(rename2("a", "b", NOREPLACE), 0);
    CHECK_EQ(rename2("b", "d", EXCHANGE), 0);
    CHECK_EQ(rmdir("b"), 0);
    CHECK_EQ(unlink("d"), 0);
    CHECK_ERR(rename2("x", "y", NOREPLACE | EXCHANGE), EINVAL);
    CHECK_ERR(rename2("x", "y", EXCHANGE), ENOENT);
}

static void nodes(void)
{
    struct stat st;

    check_enter_scratch();
    CHECK_EQ(mknod("fifo", S_IFIFO | 0666, 0), 0);
    CHECK_EQ(stat("fifo", &st), 0);
    CHECK_EQ(st.st_mode, S_IFIFO | 0644);
    CHECK_EQ(mknod("file", 0600, 0), 0);
    CHECK_EQ(stat("file", &st), 0);
    CHECK_EQ(st.st_mode, S_IFREG | 0600);
    CHECK_ERR(mknod("file", 0600, 0), EEXIST);
    CHECK_ERR(mknod("dir", S_IFDIR | 0600, 0), EPERM);
    CHECK_ERR(mknod("odd", 0150000, 0), EINVAL);
}

static void fifos(void)
{
    char byte;
    pid_t pid;
    int fd;

    check_enter_scratch();
    CHECK_EQ(mkfifo("fifo", 0600), 0);
    CHECK_ERR(open("fifo", O_WRONLY | O_NONBLOCK), ENXIO);
    pid = CHILD({
        fd = open("fifo", O_WRONLY);
        CHECK(fd >= 0);
        CHECK_EQ(write(fd, "x", 1), 1);
    });
    fd = open("fifo", O_RDONLY); /* waits for the writer, and the writer for us */
    CHECK(fd >= 0);
    CHECK_EQ(read(fd, &byte, 1), 1);
    CHECK_EQ(read(fd, &byte, 1), 0);
    CHECK_EXITS(pid, 0);
}

static void listing(void)
{
    enum { FILES = 300 };
    bool seen[FILES] = {false};
    struct dirent *entry;
    unsigned total = 0;
    char name[32];
    DIR *dir;

    check_enter_scratch();
    for (int i = 0; i < FILES; i++) {
        sprintf(name, "a-rather-long-name-%d", i);
        touch(name);
    }
    dir = opendir(".");
    CHECK(dir);
    while ((entry = readdir(dir)) != NULL) {
        int i;

        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) {
            CHECK_EQ(entry->d_type, DT_DIR);
            total++;
            continue;
        }
        CHECK_EQ(sscanf(entry->d_name, "a-rather-long-name-%d", &i), 1);
        CHECK(i >= 0 && i < FILES && !seen[i]);
        CHECK_EQ(entry->d_type, DT_REG);
        seen[i] = true;
        total++;
    }
    CHECK_EQ(total, FILES + 2);
    rewinddir(dir);
    CHECK(readdir(dir));
    CHECK_EQ(lseek(dirfd(dir), 0, SEEK_SET), 0);
    CHECK_ERR(syscall(SYS_getdents64, dirfd(dir), name, 1), EINVAL);
    CHECK_ERR(syscall(SYS_getdents64, -1, name, sizeof(name)), EBADF);
}

/* Entries may go while a directory is read; none is seen twice or missed. */
static void removing_while_listing(void)
{
    struct dirent *entry;
    char name[16];
    DIR *dir;

    check_enter_scratch();
    for (int i = 0; i < 200; i++) {
        sprintf(name, "f%d", i);
        touch(name);
    }
    dir = opendir(".");
    CHECK(dir);
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] == 'f')
            CHECK_EQ(unlink(entry->d_name), 0);
    closedir(dir);
    dir = opendir(".");
    CHECK(dir);
    while ((entry = readdir(dir)) != NULL)
        CHECK(entry->d_name[0] == '.');
}

static void working_directory(void)
{
    char name[PATH_MAX], back[PATH_MAX];
    int fd;

    check_enter_scratch();
    CHECK(getcwd(name, sizeof(name)));
    CHECK_EQ(mkdir("d", 0777), 0);
    CHECK_EQ(chdir("d"), 0);
    strcat(name, "/d");
    CHECK(getcwd(back, sizeof(back)));
    CHECK(!strcmp(name, back));
    CHECK_ERR(syscall(SYS_getcwd, back, 2), ERANGE);
    CHECK_ERR(chdir("none"), ENOENT);
    touch("f");
    CHECK_ERR(chdir("f"), ENOTDIR);
    fd = open("..", O_RDONLY);
    CHECK_EQ(fchdir(fd), 0);
    CHECK_EQ(access("d/f", F_OK), 0);
    CHECK_ERR(fchdir(open("d/f", O_RDONLY)), ENOTDIR);
    CHECK_ERR(fchdir(-1), EBADF);
    CHECK_EQ(unlink("d/f"), 0);
    CHECK_EQ(chdir("d"), 0);
    CHECK_EQ(rmdir("../d"), 0);
    CHECK_ERR(syscall(SYS_getcwd, back, sizeof(back)), ENOENT);
    CHECK_ERR(open("f", O_WRONLY | O_CREAT, 0600), ENOENT);
}

static void unlinked_files_live_on(void)
{
    struct stat st;
    char byte = 0;
    int fd;

    check_enter_scratch();
    fd = open("f", O_RDWR | O_CREAT, 0600);
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_EQ(unlink("f"), 0);
    CHECK_EQ(pread(fd, &byte, 1, 0), 1);
    CHECK_EQ(byte, 'x');
    CHECK_EQ(fstat(fd, &st), 0);
    CHECK_EQ(st.st_nlink, 0);
}

static const struct check_case cases[] = {
    CASE(directories),
    CASE(hard_links),
    CASE(symbolic_links),
    CASE(renames),
    CASE(rename_flags),
    CASE(nodes),
    CASE(fifos),
    CASE(listing),
    CASE(removing_while_listing),
    CASE(working_directory),
    CASE(unlinked_files_live_on),
};
CHECK_MAIN(cases)
