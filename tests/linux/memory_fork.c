/*
 * memory_fork.c - what fork and mremap leave of memory: MADV_DONTFORK, MADV_WIPEONFORK and
 * MADV_REMOVE of madvise(2), MREMAP_DONTUNMAP of mremap(2).
 */
#include <fcntl.h>

#include "tests/linux/memory_test.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

static char *filled(size_t pages)
{
    char *at = map_private(pages);

    for (size_t i = 0; i < pages; i++)
        memset(at + i * PAGE, 'A' + (int)i, PAGE);
    return at;
}

static void left_out(void)
{
    char *at = filled(3);

    CHECK_EQ(madvise(at + PAGE, PAGE, MADV_DONTFORK), 0);
    CHECK_EXITS(CHILD({
                    check_bytes(at, PAGE, 'A');
                    check_bytes(at + 2 * PAGE, PAGE, 'C');
                    CHECK_EQ(signal_of_read(at + PAGE), SIGSEGV);
                    CHECK_EQ((long)mmap(at + PAGE, PAGE, PROT_READ,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
                                        0),
                             at + PAGE);
                }),
                0);
    check_bytes(at + PAGE, PAGE, 'B');
    CHECK_EQ(madvise(at, 3 * PAGE, MADV_DOFORK), 0);
    CHECK_EXITS(CHILD(check_bytes(at + PAGE, PAGE, 'B')), 0);
}

/* A shared mapping can be left out, too. */
static void shared_left_out(void)
{
    char *at = map(1, PROT_READ | PROT_WRITE, MAP_SHARED);

    CHECK_EQ(madvise(at, PAGE, MADV_DONTFORK), 0);
    CHECK_EXITS(CHILD(CHECK_EQ(signal_of_read(at), SIGSEGV)), 0);
}

static void wiped(void)
{
    char *at = filled(3);

    CHECK_EQ(madvise(at + PAGE, PAGE, MADV_WIPEONFORK), 0);
    CHECK_EXITS(CHILD({
                    check_bytes(at, PAGE, 'A');
                    check_bytes(at + PAGE, PAGE, 0);
                    check_bytes(at + 2 * PAGE, PAGE, 'C');
                    memset(at + PAGE, 'x', PAGE);
                    /* The child's is wiped for its own children. */
                    CHECK_EXITS(CHILD(check_bytes(at + PAGE, PAGE, 0)), 0);
                }),
                0);
    check_bytes(at + PAGE, PAGE, 'B');
    CHECK_EQ(madvise(at, 3 * PAGE, MADV_KEEPONFORK), 0);
    CHECK_EXITS(CHILD(check_bytes(at + PAGE, PAGE, 'B')), 0);
}

static void wipe_refused(void)
{
    int fd = temporary_file(1);
    char *shared = map(1, PROT_READ, MAP_SHARED), *at = map_private(3),
         *file = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

    CHECK_ERR(madvise(shared, PAGE, MADV_WIPEONFORK), EINVAL);
    CHECK_ERR(madvise(file, PAGE, MADV_WIPEONFORK), EINVAL);
    CHECK_ERR(madvise(at + 1, PAGE, MADV_WIPEONFORK), EINVAL);
    CHECK_EQ(madvise(at, 0, MADV_WIPEONFORK), 0);
    CHECK_EQ(munmap(at + PAGE, PAGE), 0);
    CHECK_ERR(madvise(at, 3 * PAGE, MADV_WIPEONFORK), ENOMEM);
    at[0] = at[2 * PAGE] = 1; /* though both sides of the hole were done */
    CHECK_EXITS(CHILD(CHECK_EQ(at[0] + at[2 * PAGE], 0)), 0);
}

static void removed(void)
{
    int fd = memfd_create("removed", 0);
    char *at, *other, page[PAGE];

    memset(page, 'x', PAGE);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(write(fd, page, PAGE), PAGE);
    at = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    other = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(at != MAP_FAILED && other != MAP_FAILED);
    CHECK_EQ(madvise(at + PAGE, 2 * PAGE, MADV_REMOVE), 0);
    CHECK_EQ(lseek(fd, 0, SEEK_HOLE), PAGE);
    CHECK_EQ(lseek(fd, PAGE, SEEK_DATA), 3 * PAGE);
    check_bytes(at, PAGE, 'x');
    check_bytes(at + PAGE, 2 * PAGE, 0);
    check_bytes(other + PAGE, 2 * PAGE, 0);
    check_bytes(other + 3 * PAGE, PAGE, 'x');
    CHECK_EQ(pread(fd, page, 1, PAGE), 1);
    CHECK_EQ(page[0], 0);
    CHECK_EQ(lseek(fd, 0, SEEK_END), 4 * PAGE);
    at[PAGE] = 'y';
    CHECK_EQ(other[PAGE], 'y');
}

static void remove_refused(void)
{
    int fd = memfd_create("removed", 0), reader;
    char *at = map_private(1), *shared = map(1, PROT_READ | PROT_WRITE, MAP_SHARED), name[64];

    CHECK_EQ(ftruncate(fd, PAGE), 0);
    CHECK_ERR(madvise(at, PAGE, MADV_REMOVE), EINVAL);
    *shared = 1;
    CHECK_EQ(madvise(shared, PAGE, MADV_REMOVE), 0);
    CHECK_EQ(*shared, 0);
    at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK_ERR(madvise(at, PAGE, MADV_REMOVE), EACCES);
    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    reader = open(name, O_RDONLY);
    at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, reader, 0);
    CHECK(at != MAP_FAILED);
    CHECK_ERR(madvise(at, PAGE, MADV_REMOVE), EACCES);
    CHECK_EQ(mlock(shared, PAGE), 0);
    CHECK_ERR(madvise(shared, PAGE, MADV_REMOVE), EINVAL);
}

static void moved_out(void)
{
    char *at = filled(3), *to, *place;

    to = mremap(at + PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
    CHECK(to != MAP_FAILED && to != at + PAGE);
    check_bytes(to, PAGE, 'B');
    check_bytes(at, PAGE, 'A');
    check_bytes(at + PAGE, PAGE, 0);
    check_bytes(at + 2 * PAGE, PAGE, 'C');
    at[PAGE] = 'n';
    CHECK_EQ(to[0], 'B');
    place = map_private(1);
    CHECK_EQ(mremap(to, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP | MREMAP_FIXED, place),
             place);
    check_bytes(place, PAGE, 'B');
    check_bytes(to, PAGE, 0);
    CHECK_EXITS(CHILD({
                    check_bytes(place, PAGE, 'B');
                    CHECK_EQ(at[PAGE], 'n');
                }),
                0);
}

static void move_out_refused(void)
{
    char *at = filled(2);

    CHECK_ERR((long)mremap(at, PAGE, PAGE, MREMAP_DONTUNMAP, NULL), EINVAL);
    CHECK_ERR((long)mremap(at, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL),
              EINVAL);
    CHECK_ERR((long)mremap(at, 2 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL),
              EINVAL);
    CHECK_ERR((long)mremap(at, 2 * PAGE, 2 * PAGE,
                           MREMAP_MAYMOVE | MREMAP_DONTUNMAP | MREMAP_FIXED, at + PAGE),
              EINVAL);
    check_bytes(at, PAGE, 'A');
}

static const struct check_case cases[] = {
    CASE(left_out), CASE(shared_left_out), CASE(wiped),     CASE(wipe_refused),
    CASE(removed),  CASE(remove_refused),  CASE(moved_out), CASE(move_out_refused),
};
CHECK_MAIN(cases)
