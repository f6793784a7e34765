/*
 * storage.c - what files take: holes and where they are, fallocate, blocks of stat, statfs.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "tests/linux/check.h"

/* Larger than a page or a block of any file system. */
enum { UNIT = 1 << 16, UNIT_BLOCKS = UNIT / 512 };

static int make(void)
{
    char name[] = "/tmp/storage.XXXXXX";
    int fd = mkstemp(name);

    CHECK(fd >= 0);
    CHECK_EQ(unlink(name), 0);
    return fd;
}

/* One letter over and over. */
static void fill(int fd, int unit, char letter)
{
    static char bytes[UNIT];

    memset(bytes, letter, UNIT);
    CHECK_EQ(pwrite(fd, bytes, UNIT, (off_t)unit * UNIT), UNIT);
}

static void check_unit(int fd, int unit, char letter)
{
    static char bytes[UNIT];

    CHECK_EQ(pread(fd, bytes, UNIT, (off_t)unit * UNIT), UNIT);
    for (int i = 0; i < UNIT; i++)
        CHECK_EQ(bytes[i], letter);
}

static long long blocks(int fd)
{
    struct stat st;

    CHECK_EQ(fsync(fd), 0);
    CHECK_EQ(fstat(fd, &st), 0);
    return st.st_blocks;
}

static void holes_take_nothing(void)
{
    int fd = make();

    CHECK_EQ(blocks(fd), 0);
    CHECK_EQ(ftruncate(fd, 1ll << 33), 0);
    CHECK(blocks(fd) < UNIT_BLOCKS);
    fill(fd, 10, 'a');
    CHECK(blocks(fd) >= UNIT_BLOCKS && blocks(fd) < 2 * UNIT_BLOCKS);
    CHECK_EQ(ftruncate(fd, UNIT), 0);
    CHECK(blocks(fd) < UNIT_BLOCKS);
}

static void reading_holes_takes_nothing(void)
{
    int fd = make();

    CHECK_EQ(ftruncate(fd, 100 * UNIT), 0);
    for (int i = 0; i < 100; i++)
        check_unit(fd, i, 0);
    CHECK(blocks(fd) < UNIT_BLOCKS);
}

static void a_symlink_takes_nothing(void)
{
    char dir[] = "/tmp/storage.XXXXXX";
    struct stat st;

    CHECK(mkdtemp(dir));
    CHECK_EQ(chdir(dir), 0);
    CHECK_EQ(symlink("short", "link"), 0);
    CHECK_EQ(lstat("link", &st), 0);
    CHECK_EQ(st.st_blocks, 0);
    CHECK_EQ(unlink("link"), 0);
    CHECK_EQ(rmdir(dir), 0);
}

static void data_and_holes_are_found(void)
{
    int fd = make();

    CHECK_ERR(lseek(fd, 0, SEEK_DATA), ENXIO);
    CHECK_ERR(lseek(fd, 0, SEEK_HOLE), ENXIO);
    fill(fd, 2, 'a');
    fill(fd, 3, 'b');
    fill(fd, 6, 'c');
    CHECK_EQ(ftruncate(fd, 8 * UNIT), 0);
    CHECK_EQ(lseek(fd, 0, SEEK_HOLE), 0);
    CHECK_EQ(lseek(fd, 0, SEEK_DATA), 2 * UNIT);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 2 * UNIT);
    CHECK_EQ(lseek(fd, 2 * UNIT + 5, SEEK_DATA), 2 * UNIT + 5);
    CHECK_EQ(lseek(fd, 2 * UNIT + 5, SEEK_HOLE), 4 * UNIT);
    CHECK_EQ(lseek(fd, 4 * UNIT + 5, SEEK_HOLE), 4 * UNIT + 5);
    CHECK_EQ(lseek(fd, 4 * UNIT, SEEK_DATA), 6 * UNIT);
    CHECK_EQ(lseek(fd, 6 * UNIT, SEEK_HOLE), 7 * UNIT);
    CHECK_ERR(lseek(fd, 7 * UNIT, SEEK_DATA), ENXIO);
    CHECK_ERR(lseek(fd, 8 * UNIT, SEEK_HOLE), ENXIO);
    CHECK_ERR(lseek(fd, -1, SEEK_DATA), ENXIO);
    CHECK_EQ(ftruncate(fd, 6 * UNIT + 7), 0);
    CHECK_EQ(lseek(fd, 6 * UNIT, SEEK_HOLE), 6 * UNIT + 7);
}

static void a_file_of_the_host_is_data(void)
{
    int fd = open("/proc/self/exe", O_RDONLY);
    off_t end = lseek(fd, 0, SEEK_END);

    CHECK(end > 0);
    CHECK_EQ(lseek(fd, 100, SEEK_DATA), 100);
    CHECK_EQ(lseek(fd, end - 1, SEEK_HOLE), end);
    CHECK_ERR(lseek(fd, end, SEEK_DATA), ENXIO);
}

static void punching(void)
{
    int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, fd = make();
    long long before;
    char edges[4];

    for (int i = 0; i < 6; i++)
        fill(fd, i, 'a');
    before = blocks(fd);
    CHECK_EQ(fallocate(fd, mode, UNIT, 2 * UNIT), 0);
    CHECK_EQ(before - blocks(fd), 2 * UNIT_BLOCKS);
    check_unit(fd, 0, 'a');
    check_unit(fd, 1, 0);
    check_unit(fd, 2, 0);
    check_unit(fd, 3, 'a');
    CHECK_EQ(lseek(fd, 0, SEEK_HOLE), UNIT);
    CHECK_EQ(fallocate(fd, mode, 4 * UNIT - 1, UNIT + 2), 0);
    CHECK_EQ(pread(fd, edges, 3, 4 * UNIT - 2), 3);
    CHECK(edges[0] == 'a' && !edges[1] && !edges[2]);
    CHECK_EQ(pread(fd, edges, 3, 5 * UNIT - 1), 3);
    CHECK(!edges[0] && !edges[1] && edges[2] == 'a');
    CHECK_EQ(fallocate(fd, mode, 5 * UNIT, 100 * UNIT), 0);
    CHECK_EQ(lseek(fd, 0, SEEK_END), 6 * UNIT);
    check_unit(fd, 5, 0);
    CHECK_ERR(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, UNIT), EOPNOTSUPP);
    CHECK_ERR(fallocate(fd, mode, 0, 0), EINVAL);
    CHECK_ERR(fallocate(fd, 0x1000, 0, UNIT), EOPNOTSUPP);
}

static void allocation(void)
{
    int fd = make(), ends[2];
    struct stat st;

    CHECK_EQ(fallocate(fd, 0, 0, 4 * UNIT), 0);
    CHECK_EQ(fstat(fd, &st), 0);
    CHECK_EQ(st.st_size, 4 * UNIT);
    check_unit(fd, 3, 0);
    fill(fd, 1, 'a');
    CHECK_EQ(fallocate(fd, 0, 0, 4 * UNIT), 0);
    check_unit(fd, 1, 'a');
    CHECK_EQ(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 9 * UNIT), 0);
    CHECK_EQ(lseek(fd, 0, SEEK_END), 4 * UNIT);
    CHECK_ERR(fallocate(fd, 0, 0, 1ll << 62), EFBIG);
    CHECK_EQ(pipe(ends), 0);
    CHECK_ERR(fallocate(ends[1], 0, 0, 1), ESPIPE);
    CHECK_ERR(fallocate(ends[0], 0, 0, 1), EBADF);
}

/* What shows from a file below can be punched out, and does not come back. */
static void punching_what_was_there_before(void)
{
    char name[] = "/tmp/storage.XXXXXX", text[100];
    int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, fd = mkstemp(name);
    struct stat st;

    CHECK(fd >= 0);
    fill(fd, 0, 'a');
    fill(fd, 1, 'a');
    close(fd);
    fd = open(name, O_RDWR);
    CHECK_EQ(fallocate(fd, mode, 0, UNIT), 0);
    close(fd);
    fd = open(name, O_RDONLY);
    check_unit(fd, 0, 0);
    check_unit(fd, 1, 'a');
    CHECK_EQ(unlink(name), 0);
    snprintf(text, sizeof(text), "/proc/self/fd/%d", fd);
    CHECK_EQ(stat(text, &st), 0);
    CHECK_EQ(st.st_size, 2 * UNIT);
}

static void the_root_has_room(void)
{
    struct statfs fs;

    CHECK_EQ(statfs("/", &fs), 0);
    CHECK(fs.f_bsize > 0 && fs.f_blocks > 0 && fs.f_bfree > 0 && fs.f_bfree <= fs.f_blocks);
}

static const struct check_case cases[] = {
    CASE(holes_take_nothing),
    CASE(reading_holes_takes_nothing),
    CASE(a_symlink_takes_nothing),
    CASE(data_and_holes_are_found),
    CASE(a_file_of_the_host_is_data),
    CASE(punching),
    CASE(allocation),
    CASE(punching_what_was_there_before),
    CASE(the_root_has_room),
};

CHECK_MAIN(cases)
