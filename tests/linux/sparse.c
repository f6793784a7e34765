/*
 * sparse.c - files with holes: fallocate(2), SEEK_DATA and SEEK_HOLE of lseek(2).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "check.h"

enum { PAGE = 4096 };

/* In memory on every machine, so what it takes can be told. */
static int make_file(int pages)
{
    static char page[PAGE];
    int fd = memfd_create("sparse", 0);

    CHECK(fd >= 0);
    memset(page, 'x', sizeof(page));
    for (int i = 0; i < pages; i++)
        CHECK_EQ(write(fd, page, PAGE), PAGE);
    return fd;
}

static int byte_at(int fd, off_t at)
{
    char c;

    CHECK_EQ(pread(fd, &c, 1, at), 1);
    return c;
}

static off_t size_of(int fd)
{
    struct stat st;

    CHECK_EQ(fstat(fd, &st), 0);
    return st.st_size;
}

static blkcnt_t blocks_of(int fd)
{
    struct stat st;

    CHECK_EQ(fstat(fd, &st), 0);
    return st.st_blocks;
}

static void test_punch(void)
{
    enum { MODE = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE };
    int fd = make_file(8);
    blkcnt_t before = blocks_of(fd);

    CHECK_EQ(fallocate(fd, MODE, PAGE + 10, 3 * PAGE), 0);
    CHECK_EQ(byte_at(fd, PAGE + 9), 'x');
    CHECK_EQ(byte_at(fd, PAGE + 10), 0);
    CHECK_EQ(byte_at(fd, 3 * PAGE), 0);
    CHECK_EQ(byte_at(fd, 4 * PAGE + 9), 0);
    CHECK_EQ(byte_at(fd, 4 * PAGE + 10), 'x');
    CHECK_EQ(blocks_of(fd), before - 2 * PAGE / 512);
    CHECK_EQ(size_of(fd), 8 * PAGE);
    CHECK_EQ(fallocate(fd, MODE, 6 * PAGE + 5, 10), 0); /* within one page */
    CHECK_EQ(byte_at(fd, 6 * PAGE + 4), 'x');
    CHECK_EQ(byte_at(fd, 6 * PAGE + 5), 0);
    CHECK_EQ(byte_at(fd, 6 * PAGE + 14), 0);
    CHECK_EQ(byte_at(fd, 6 * PAGE + 15), 'x');
    CHECK_EQ(fallocate(fd, MODE, 7 * PAGE, 100 * PAGE), 0); /* past the end */
    CHECK_EQ(size_of(fd), 8 * PAGE);
    CHECK_EQ(fallocate(fd, MODE, 100 * PAGE, PAGE), 0);
}

static void test_punch_mapped(void)
{
    int fd = make_file(2);
    char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    CHECK(p != MAP_FAILED);
    p[0] = p[PAGE] = 'y';
    CHECK_EQ(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE), 0);
    CHECK_EQ(p[0], 0);
    CHECK_EQ(p[PAGE], 'y');
    p[1] = 'z';
    CHECK_EQ(byte_at(fd, 1), 'z');
}

static void test_refused(void)
{
    int fd = make_file(1), p[2], sealed = memfd_create("sealed", MFD_ALLOW_SEALING), read_only;
    char name[64];

    CHECK_ERR(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, PAGE), EOPNOTSUPP);
    CHECK_ERR(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, PAGE), EOPNOTSUPP);
    CHECK_ERR(fallocate(fd, FALLOC_FL_INSERT_RANGE, 0, PAGE), EOPNOTSUPP);
    CHECK_ERR(fallocate(fd, 0, -1, PAGE), EINVAL);
    CHECK_ERR(fallocate(fd, 0, 0, 0), EINVAL);
    CHECK_EQ(pipe(p), 0);
    CHECK_ERR(fallocate(p[1], 0, 0, PAGE), ESPIPE);
    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    read_only = open(name, O_RDONLY);
    CHECK_ERR(fallocate(read_only, 0, 0, PAGE), EBADF);
    CHECK_EQ(ftruncate(sealed, PAGE), 0);
    CHECK_EQ(fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE), 0);
    CHECK_ERR(fallocate(sealed, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE), EPERM);
}

static void test_size(void)
{
    int fd = make_file(1);

    CHECK_EQ(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 4 * PAGE), 0);
    CHECK_EQ(size_of(fd), PAGE);
    CHECK_EQ(fallocate(fd, 0, 0, 4 * PAGE), 0);
    CHECK_EQ(size_of(fd), 4 * PAGE);
    CHECK_EQ(byte_at(fd, 0), 'x');
    CHECK_EQ(byte_at(fd, 3 * PAGE), 0);
}

static void test_seek(void)
{
    int fd = make_file(2);

    CHECK_EQ(lseek(fd, 0, SEEK_HOLE), 2 * PAGE);
    CHECK_EQ(ftruncate(fd, 64 * PAGE), 0);
    CHECK_EQ(pwrite(fd, "x", 1, 40 * PAGE + 7), 1);
    CHECK_EQ(lseek(fd, 0, SEEK_DATA), 0);
    CHECK_EQ(lseek(fd, 5, SEEK_DATA), 5);
    CHECK_EQ(lseek(fd, 5, SEEK_HOLE), 2 * PAGE);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 2 * PAGE);
    CHECK_EQ(lseek(fd, 2 * PAGE, SEEK_DATA), 40 * PAGE);
    CHECK_EQ(lseek(fd, 3 * PAGE + 1, SEEK_HOLE), 3 * PAGE + 1);
    CHECK_EQ(lseek(fd, 40 * PAGE + 9, SEEK_HOLE), 41 * PAGE);
    CHECK_ERR(lseek(fd, 41 * PAGE, SEEK_DATA), ENXIO);
    CHECK_EQ(lseek(fd, 63 * PAGE, SEEK_HOLE), 63 * PAGE);
    CHECK_ERR(lseek(fd, 64 * PAGE, SEEK_HOLE), ENXIO);
    CHECK_ERR(lseek(fd, -1, SEEK_DATA), ENXIO);
    CHECK_EQ(byte_at(fd, 10 * PAGE), 0); /* a look makes no data */
    CHECK_EQ(lseek(fd, 2 * PAGE, SEEK_DATA), 40 * PAGE);
}

static void test_hints(void)
{
    int fd = make_file(1), p[2];

    CHECK_EQ(pipe(p), 0);
    CHECK_EQ(sync_file_range(fd, 0, PAGE, SYNC_FILE_RANGE_WRITE), 0);
    CHECK_ERR(sync_file_range(fd, 0, PAGE, 8), EINVAL);
    CHECK_ERR(sync_file_range(fd, -1, PAGE, 0), EINVAL);
    CHECK_ERR(sync_file_range(p[0], 0, PAGE, 0), ESPIPE);
    CHECK_ERR(sync_file_range(-1, 0, PAGE, 0), EBADF);
    CHECK_EQ(readahead(fd, 0, PAGE), 0);
    CHECK_ERR(readahead(p[0], 0, PAGE), EINVAL);
    CHECK_ERR(readahead(p[1], 0, PAGE), EBADF);
}

static const struct check_case cases[] = {
    CASE(test_punch), CASE(test_punch_mapped), CASE(test_refused),
    CASE(test_size),  CASE(test_seek),         CASE(test_hints),
};
CHECK_MAIN(cases)
