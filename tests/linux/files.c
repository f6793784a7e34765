/*
 * files.c - opening, reading, writing, sizes and attributes, as the manual pages have them.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>

#include "tests/linux/check.h"

static int make(const char *name, const char *text)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

    CHECK(fd >= 0);
    CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static void open_modes(void)
{
    struct stat st;
    int fd;

    check_enter_scratch();
    CHECK_ERR(open("none", O_RDONLY), ENOENT);
    CHECK_ERR(open("", O_RDONLY), ENOENT);
    CHECK_ERR(open(check_bad, O_RDONLY), EFAULT);
    fd = open("new", O_WRONLY | O_CREAT | O_EXCL, 0666);
    CHECK(fd >= 0);
    CHECK_EQ(fstat(fd, &st), 0);
    CHECK_EQ(st.st_mode, S_IFREG | 0644);
    CHECK_ERR(open("new", O_WRONLY | O_CREAT | O_EXCL, 0666), EEXIST);
    CHECK_ERR(open("new/x", O_RDONLY), ENOTDIR);
    CHECK_ERR(open("new", O_RDONLY | O_DIRECTORY), ENOTDIR);
    CHECK_ERR(open("new/", O_RDONLY), ENOTDIR);
    CHECK_ERR(open("none/", O_WRONLY | O_CREAT, 0666), EISDIR);
    CHECK_ERR(open(".", O_WRONLY), EISDIR);
    CHECK_ERR(open(".", O_RDWR | O_CREAT, 0666), EISDIR);
    CHECK_ERR(read(fd, &st, 1), EBADF);
    CHECK_ERR(openat(-1, "new", O_RDONLY), EBADF);
    CHECK_ERR(openat(fd, "new", O_RDONLY), ENOTDIR);
    CHECK(openat(-1, "/", O_RDONLY) >= 0);
}

static void open_links(void)
{
    char name[300];
    int fd;

    check_enter_scratch();
    close(make("file", "text"));
    CHECK_EQ(symlink("file", "link"), 0);
    CHECK_EQ(symlink("later", "dangling"), 0);
    CHECK_EQ(symlink("loop", "loop"), 0);
    CHECK(open("link", O_RDONLY) >= 0);
    CHECK_ERR(open("link", O_RDONLY | O_NOFOLLOW), ELOOP);
    fd = open("link", O_PATH | O_NOFOLLOW);
    CHECK(fd >= 0);
    CHECK_EQ(readlinkat(fd, "", name, sizeof(name)), 4);
    CHECK_ERR(read(fd, name, 1), EBADF);
    CHECK_ERR(open("loop", O_RDONLY), ELOOP);
    CHECK_ERR(open("dangling", O_RDONLY), ENOENT);
    CHECK_ERR(open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0600), EEXIST);
    CHECK(open("dangling", O_WRONLY | O_CREAT, 0600) >= 0);
    CHECK_EQ(access("later", F_OK), 0);
    memset(name, 'n', sizeof(name));
    name[256] = '\0';
    CHECK_ERR(open(name, O_RDONLY), ENAMETOOLONG);
}

static void read_and_write(void)
{
    char buf[16] = "";
    int fd;

    check_enter_scratch();
    fd = make("f", "0123456789");
    CHECK_EQ(read(fd, buf, 4), 4);
    CHECK(!memcmp(buf, "0123", 4));
    CHECK_EQ(pread(fd, buf, 16, 8), 2);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 4);
    CHECK_EQ(pwrite(fd, "xx", 2, 20), 2);
    CHECK_EQ(lseek(fd, 0, SEEK_END), 22);
    CHECK_EQ(pread(fd, buf, 2, 12), 2);
    CHECK(!buf[0] && !buf[1]);
    CHECK_EQ(read(fd, buf, 1), 0);
    CHECK_ERR(pread(fd, buf, 1, -1), EINVAL);
    CHECK_ERR(lseek(fd, -1, SEEK_SET), EINVAL);
    CHECK_ERR(lseek(fd, 0, 77), EINVAL);
    CHECK_ERR(write(fd, check_bad, 1), EFAULT);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_ERR(read(fd, check_bad, 1), EFAULT);
    CHECK_EQ(read(fd, buf, 0), 0);
    CHECK_ERR(read(-1, buf, 1), EBADF);
    CHECK_ERR(read(open(".", O_RDONLY), buf, 1), EISDIR);
}

static void appending(void)
{
    char buf[8] = "";
    int fd;

    check_enter_scratch();
    close(make("f", "ab"));
    fd = open("f", O_RDWR | O_APPEND);
    CHECK_EQ(write(fd, "c", 1), 1);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(write(fd, "d", 1), 1);
    CHECK_EQ(pread(fd, buf, 8, 0), 4);
    CHECK(!memcmp(buf, "abcd", 4));
    CHECK_EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND), O_RDWR | O_APPEND);
    CHECK_EQ(fcntl(fd, F_SETFL, 0), 0);
    CHECK_EQ(fcntl(fd, F_GETFL) & O_APPEND, 0);
}

static void vectors(void)
{
    char a[4] = "", b[4] = "";
    struct iovec in[2] = {{a, 3}, {b, 4}}, out[3] = {{"abc", 3}, {"", 0}, {"defg", 4}};
    struct iovec bad[1] = {{a, (size_t)-1}};
    int fd;

    check_enter_scratch();
    fd = make("f", "");
    CHECK_EQ(writev(fd, out, 3), 7);
    CHECK_EQ(preadv(fd, in, 2, 0), 7);
    CHECK(!memcmp(a, "abc", 3) && !memcmp(b, "defg", 4));
    CHECK_EQ(preadv(fd, in, 2, 5), 2);
    CHECK_EQ(pwritev(fd, out, 1, 1), 3);
    CHECK_ERR(syscall(SYS_readv, fd, in, -1), EINVAL);
    CHECK_ERR(syscall(SYS_readv, fd, in, IOV_MAX + 1), EINVAL);
    CHECK_ERR(readv(fd, bad, 1), EINVAL);
    CHECK_EQ(readv(fd, in, 0), 0);
}

static void big_transfers(void)
{
    enum { SIZE = 3 << 20 };
    unsigned char *data = malloc(SIZE), *back = malloc(SIZE);
    int fd;

    check_enter_scratch();
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (unsigned char)(i * 7 + i / 4096);
    fd = make("f", "");
    CHECK_EQ(write(fd, data, SIZE), SIZE);
    CHECK_EQ(pread(fd, back, SIZE, 0), SIZE);
    CHECK(!memcmp(data, back, SIZE));
}

static void sizes(void)
{
    struct stat st;
    char c = 'x';
    int fd;

    check_enter_scratch();
    fd = make("f", "0123456789");
    CHECK_EQ(ftruncate(fd, 4), 0);
    CHECK_EQ(ftruncate(fd, 8), 0);
    CHECK_EQ(pread(fd, &c, 1, 5), 1);
    CHECK_EQ(c, 0);
    CHECK_EQ(truncate("f", 10000), 0);
    CHECK_EQ(stat("f", &st), 0);
    CHECK_EQ(st.st_size, 10000);
    CHECK_EQ(posix_fallocate(fd, 0, 20000), 0);
    CHECK_EQ(fstat(fd, &st), 0);
    CHECK_EQ(st.st_size, 20000);
    CHECK_ERR(ftruncate(fd, -1), EINVAL);
    CHECK_ERR(ftruncate(open("f", O_RDONLY), 1), EINVAL);
    CHECK_ERR(truncate(".", 1), EISDIR);
    CHECK_ERR(truncate("none", 1), ENOENT);
    CHECK_EQ(fsync(fd), 0);
    CHECK_EQ(fdatasync(fd), 0);
    close(open("f", O_WRONLY | O_TRUNC));
    CHECK_EQ(fstat(fd, &st), 0);
    CHECK_EQ(st.st_size, 0);
}

static void copying(void)
{
    loff_t in = 2, out = 1;
    char buf[16] = "";
    off_t offset = 3;
    int a, b, ends[2];

    check_enter_scratch();
    a = make("a", "0123456789");
    b = make("b", "");
    CHECK_EQ(sendfile(b, a, &offset, 4), 4);
    CHECK_EQ(offset, 7);
    CHECK_EQ(lseek(a, 0, SEEK_CUR), 0);
    CHECK_EQ(sendfile(b, a, NULL, 100), 10);
    CHECK_EQ(sendfile(b, a, NULL, 100), 0);
    CHECK_EQ(pread(b, buf, 16, 0), 14);
    CHECK(!memcmp(buf, "34560123456789", 14));
    CHECK_EQ(copy_file_range(a, &in, b, &out, 3, 0), 3);
    CHECK_EQ(in, 5);
    CHECK_EQ(out, 4);
    CHECK_EQ(pread(b, buf, 4, 0), 4);
    CHECK(!memcmp(buf, "3234", 4));
    CHECK_ERR(copy_file_range(a, NULL, b, NULL, 1, 1), EINVAL);
    CHECK_EQ(pipe(ends), 0);
    CHECK_ERR(copy_file_range(ends[0], NULL, b, NULL, 1, 0), EINVAL);
}

static void attributes(void)
{
    struct timespec times[2] = {{.tv_sec = 1000, .tv_nsec = 5}, {.tv_nsec = UTIME_OMIT}};
    struct stat st, before;
    struct statx stx;

    check_enter_scratch();
    close(make("f", "text"));
    CHECK_EQ(stat("f", &before), 0);
    CHECK_EQ(before.st_nlink, 1);
    CHECK_EQ(before.st_size, 4);
    CHECK_EQ(before.st_uid, geteuid());
    CHECK_EQ(chmod("f", 06750), 0);
    CHECK_EQ(utimensat(AT_FDCWD, "f", times, 0), 0);
    CHECK_EQ(stat("f", &st), 0);
    CHECK_EQ(st.st_atim.tv_sec, 1000);
    CHECK_EQ(st.st_atim.tv_nsec, 5);
    CHECK_EQ(st.st_mtim.tv_sec, before.st_mtim.tv_sec);
    CHECK_EQ(st.st_mode & 0777, 0750);
    CHECK_EQ(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &stx), 0);
    CHECK_EQ(stx.stx_ino, st.st_ino);
    CHECK_EQ(stx.stx_size, 4);
    CHECK_ERR(utimensat(AT_FDCWD, "none", NULL, 0), ENOENT);
    CHECK_ERR(chmod("none", 0), ENOENT);
    CHECK_EQ(access("f", R_OK | W_OK), 0);
    CHECK_ERR(access("f", 99), EINVAL);
    CHECK_ERR(access("none", R_OK), ENOENT);
    CHECK_EQ(chown("f", -1, -1), 0);
    CHECK_EQ(stat("/dev/null", &st), 0);
    CHECK_EQ(st.st_rdev, 0x103);
    CHECK_EQ(getxattr("f", "user.none", NULL, 0), -1);
    CHECK(errno == ENOTSUP || errno == ENODATA);
    CHECK_EQ(listxattr("f", NULL, 0) >= 0, 1);
}

static void stat_of_descriptors(void)
{
    struct stat st;
    int ends[2];

    check_enter_scratch();
    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(fstat(ends[0], &st), 0);
    CHECK(S_ISFIFO(st.st_mode));
    CHECK_EQ(fstatat(ends[1], "", &st, AT_EMPTY_PATH), 0);
    CHECK(S_ISFIFO(st.st_mode));
    CHECK_ERR(fstatat(ends[1], "", &st, 0), ENOENT);
    CHECK_ERR(fstatat(AT_FDCWD, ".", &st, 0x8000000), EINVAL);
    CHECK_ERR(fstat(-1, &st), EBADF);
    CHECK_ERR(lseek(ends[0], 0, SEEK_SET), ESPIPE);
    CHECK_ERR(pread(ends[0], &st, 1, 0), ESPIPE);
}

static void masks(void)
{
    struct stat st;

    check_enter_scratch();
    CHECK_EQ(umask(077), 022);
    CHECK_EQ(umask(0), 077);
    CHECK_EQ(mkdir("d", 0777), 0);
    CHECK_EQ(stat("d", &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0777);
}

static void file_systems(void)
{
    struct statfs fs;

    CHECK_EQ(statfs("/proc", &fs), 0);
    CHECK_EQ(fs.f_type, 0x9fa0);
    CHECK(fs.f_bsize > 0);
    CHECK_ERR(statfs("/none", &fs), ENOENT);
    CHECK_ERR(fstatfs(-1, &fs), EBADF);
}

/* Another user's permissions hold. Only root can try. */
static void permissions(void)
{
    check_enter_scratch();
    if (geteuid() != 0)
        SKIP("only root can become another user");
    close(make("f", "x"));
    CHECK_EQ(chmod(".", 0755), 0);
    CHECK_EQ(chmod("f", 0600), 0);
    CHECK_EQ(setresgid(1000, 1000, 1000), 0);
    CHECK_EQ(setresuid(1000, 1000, 1000), 0);
    CHECK_ERR(open("f", O_RDONLY), EACCES);
    CHECK_ERR(open("g", O_WRONLY | O_CREAT, 0600), EACCES);
    CHECK_ERR(access("f", R_OK), EACCES);
    CHECK_ERR(unlink("f"), EACCES);
    CHECK_ERR(chmod("f", 0777), EPERM);
    CHECK_ERR(mkdir("d", 0777), EACCES);
}

static const struct check_case cases[] = {
    CASE(open_modes),  CASE(open_links),          CASE(read_and_write), CASE(appending),
    CASE(vectors),     CASE(big_transfers),       CASE(sizes),          CASE(copying),
    CASE(attributes),  CASE(stat_of_descriptors), CASE(masks),          CASE(file_systems),
    CASE(permissions),
};
CHECK_MAIN(cases)
