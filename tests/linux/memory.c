/*
 * memory.c - mappings: their forms, splitting and joining, moving, brk, errors.
 */
#include "tests/linux/memory_test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* --- anonymous memory --- */

static void anonymous_memory_is_zero(void)
{
    char *at = map_private(64);

    check_bytes(at, 64 * PAGE, 0);
    memset(at, 7, 64 * PAGE);
    check_bytes(at, 64 * PAGE, 7);
    CHECK(munmap(at, 64 * PAGE) == 0);
    CHECK_EQ(signal_of_read(at), SIGSEGV);
    CHECK_EQ(signal_of_read(at + 63 * PAGE), SIGSEGV);
}

static void sizes_are_rounded_up(void)
{
    char *at = mmap(NULL, PAGE + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(at != MAP_FAILED);
    at[2 * PAGE - 1] = 1;
    CHECK(munmap(at, PAGE + 1) == 0);
    CHECK_EQ(signal_of_read(at + 2 * PAGE - 1), SIGSEGV);
}

static void a_huge_sparse_mapping_costs_nothing(void)
{
    size_t size = 1ul << 36;
    char *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CHECK(at != MAP_FAILED);
    for (size_t i = 0; i < size; i += size / 64)
        at[i] = (char)(i >> 30);
    for (size_t i = 0; i < size; i += size / 64)
        CHECK_EQ(at[i], (char)(i >> 30));
    CHECK(munmap(at, size) == 0);
}

static void fixed_places(void)
{
    char *at = map_private(8), *got;

    memset(at, 1, 8 * PAGE);
    got = mmap(at + 2 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CHECK(got == at + 2 * PAGE);
    check_bytes(at, 2 * PAGE, 1);
    check_bytes(at + 2 * PAGE, 2 * PAGE, 0);
    check_bytes(at + 4 * PAGE, 4 * PAGE, 1);

    CHECK_ERR((intptr_t)mmap(at + PAGE, PAGE, PROT_READ,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
              EEXIST);
    CHECK(munmap(at + PAGE, PAGE) == 0);
    got = mmap(at + PAGE, PAGE, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    CHECK(got == at + PAGE && got[5] == 0);
    CHECK_ERR(
        (intptr_t)mmap(at + 1, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
        EINVAL);

    got = mmap(at, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); /* a hint only */
    CHECK(got != MAP_FAILED && got != at && at[0] == 1);
    CHECK(munmap(at, 8 * PAGE) == 0);
    got = mmap(at, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(got == at);
}

static void low_addresses_on_request(void)
{
#ifdef MAP_32BIT
    char *at = map(1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_32BIT);

    CHECK((uintptr_t)at < 1ul << 31);
    *at = 1;
#else
    SKIP("no MAP_32BIT here");
#endif
}

static void populate_brings_pages_in(void)
{
    char *at = map(16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE);

    check_bytes(at, 16 * PAGE, 0);
    memset(at, 3, 16 * PAGE);
}

static void mmap_refuses(void)
{
    int fd = temporary_file(1), directory = open("/tmp", O_RDONLY), read_only, write_only;

    CHECK_ERR((intptr_t)mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EINVAL);
    CHECK_ERR((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL);
    CHECK_ERR((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
    CHECK_ERR((intptr_t)syscall(SYS_mmap, NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 100L),
              EINVAL);
    CHECK_ERR((intptr_t)mmap(NULL, 1ul << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
              ENOMEM);
    CHECK_ERR((intptr_t)mmap(NULL, -1ul, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
              ENOMEM);
    CHECK_ERR((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, directory, 0), ENODEV);
    CHECK(fchmod(fd, 0600) == 0);
    char path[40];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    read_only = open(path, O_RDONLY);
    write_only = open(path, O_WRONLY);
    CHECK(read_only >= 0 && write_only >= 0);
    CHECK_ERR((intptr_t)mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, read_only, 0),
              EACCES);
    CHECK_ERR((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, write_only, 0), EACCES);
    char *shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, read_only, 0);

    CHECK(shared != MAP_FAILED);
    CHECK_ERR(mprotect(shared, PAGE, PROT_READ | PROT_WRITE), EACCES);
    CHECK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, read_only, 0) != MAP_FAILED);
}

/* --- protection --- */

static void mprotect_splits_and_joins(void)
{
    char *at = map_private(9);

    memset(at, 5, 9 * PAGE);
    CHECK(mprotect(at + 3 * PAGE, 3 * PAGE, PROT_READ) == 0);
    CHECK(mprotect(at + 4 * PAGE, PAGE, PROT_NONE) == 0);
    for (int i = 0; i < 9; i++) {
        CHECK_EQ(signal_of_read(at + i * PAGE), i == 4 ? SIGSEGV : 0);
        CHECK_EQ(signal_of_write(at + i * PAGE + 9), i >= 3 && i < 6 ? SIGSEGV : 0);
    }
    CHECK(mprotect(at, 9 * PAGE, PROT_READ | PROT_WRITE) == 0);
    for (int i = 0; i < 9; i++) {
        CHECK_EQ(signal_of_write(at + i * PAGE + 10), 0);
        CHECK_EQ(at[i * PAGE + 11], 5); /* nothing was lost on the way */
    }
}

static void mprotect_refuses(void)
{
    char *at = map_private(4);

    CHECK_ERR(mprotect(at + 1, PAGE, PROT_READ), EINVAL);
    CHECK_ERR(mprotect(at, PAGE, 0x1000), EINVAL);
    CHECK(mprotect(at, 0, PROT_READ) == 0);
    CHECK(munmap(at + 2 * PAGE, PAGE) == 0);
    CHECK_ERR(mprotect(at, 4 * PAGE, PROT_READ), ENOMEM);
    CHECK_EQ(signal_of_write(at), SIGSEGV);      /* what precedes the hole is done */
    CHECK_EQ(signal_of_write(at + 3 * PAGE), 0); /* what follows is not */
    CHECK_ERR(mprotect(at + 2 * PAGE, PAGE, PROT_READ), ENOMEM);
}

static void code_can_be_written_and_run(void)
{
#if defined(__x86_64__)
    static const unsigned char return_42[] = {0xb8, 42, 0, 0, 0, 0xc3};
#else
    static const unsigned char return_42[] = {0x13, 0x05, 0xa0, 0x02, 0x67, 0x80, 0x00, 0x00};
#endif
    char *at = map_private(1);

    memcpy(at, return_42, sizeof(return_42));
    CHECK(mprotect(at, PAGE, PROT_READ | PROT_EXEC) == 0);
    __builtin___clear_cache(at, at + sizeof(return_42));
    CHECK_EQ(((int (*)(void))(uintptr_t)at)(), 42);
    CHECK_EQ(signal_of_write(at), SIGSEGV);
}

/* --- unmapping --- */

static void munmap_makes_holes(void)
{
    char *at = map_private(10);

    memset(at, 6, 10 * PAGE);
    CHECK(munmap(at + PAGE, PAGE) == 0);
    CHECK(munmap(at + 4 * PAGE, 3 * PAGE) == 0);
    CHECK(munmap(at, 8 * PAGE) == 0); /* holes are fine */
    CHECK(munmap(at, 8 * PAGE) == 0); /* so is nothing at all */
    CHECK_EQ(signal_of_read(at + 7 * PAGE), SIGSEGV);
    check_bytes(at + 8 * PAGE, 2 * PAGE, 6);
    CHECK_ERR(munmap(at + 1, PAGE), EINVAL);
    CHECK_ERR(munmap(at, 0), EINVAL);
    CHECK_ERR(munmap((void *)(-1ul << 12), PAGE), EINVAL);
}

static void dontneed_zeroes(void)
{
    char *at = map_private(8);
    int fd = temporary_file(2);
    char *file = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

    memset(at, 8, 8 * PAGE);
    CHECK(madvise(at + 2 * PAGE, 3 * PAGE, MADV_DONTNEED) == 0);
    check_bytes(at, 2 * PAGE, 8);
    check_bytes(at + 2 * PAGE, 3 * PAGE, 0);
    check_bytes(at + 5 * PAGE, 3 * PAGE, 8);
    at[2 * PAGE] = 1;
    CHECK_EQ(at[2 * PAGE], 1);
    CHECK(file != MAP_FAILED);
    file[0] = 'x';
    CHECK(madvise(file, PAGE, MADV_DONTNEED) == 0);
    check_bytes(file, PAGE, 'A'); /* the file's again */
    CHECK_ERR(madvise(at + 1, PAGE, MADV_DONTNEED), EINVAL);
    CHECK_ERR(madvise(at, PAGE, 12345), EINVAL);
    CHECK(munmap(at + 4 * PAGE, PAGE) == 0);
    CHECK_ERR(madvise(at, 8 * PAGE, MADV_DONTNEED), ENOMEM);
    check_bytes(at, PAGE, 0);
    check_bytes(at + 7 * PAGE, PAGE, 0); /* the rest is done */
}

/* --- mremap --- */

static void mremap_shrinks_and_grows_in_place(void)
{
    char *at = map_private(8);

    memset(at, 9, 8 * PAGE);
    CHECK(mremap(at, 8 * PAGE, 4 * PAGE, 0) == at);
    check_bytes(at, 4 * PAGE, 9);
    CHECK_EQ(signal_of_read(at + 4 * PAGE), SIGSEGV);
    CHECK(mremap(at, 4 * PAGE, 6 * PAGE, 0) == at);
    check_bytes(at, 4 * PAGE, 9);
    check_bytes(at + 4 * PAGE, 2 * PAGE, 0);
}

static void mremap_moves(void)
{
    char *at = map_private(8), *to;

    memset(at, 9, 8 * PAGE);
    CHECK(munmap(at + 5 * PAGE, PAGE) == 0);
    CHECK(mmap(at + 5 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
               0) == at + 5 * PAGE);
    CHECK_ERR((intptr_t)mremap(at, 4 * PAGE, 100 * PAGE, 0), ENOMEM);
    to = mremap(at, 4 * PAGE, 100 * PAGE, MREMAP_MAYMOVE);
    CHECK(to != MAP_FAILED && to != at);
    check_bytes(to, 4 * PAGE, 9);
    check_bytes(to + 4 * PAGE, 96 * PAGE, 0);
    CHECK_EQ(signal_of_read(at), SIGSEGV);
    check_bytes(at + 4 * PAGE, PAGE, 9);
    memset(to, 4, 100 * PAGE);
    check_bytes(to, 100 * PAGE, 4);
}

static void mremap_to_a_fixed_place(void)
{
    char *at = map_private(4), *to = map_private(6);

    memset(at, 1, 4 * PAGE);
    memset(to, 2, 6 * PAGE);
    CHECK(mremap(at, 4 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to + PAGE) ==
          to + PAGE);
    check_bytes(to, PAGE, 2);
    check_bytes(to + PAGE, 3 * PAGE, 1);
    check_bytes(to + 4 * PAGE, 2 * PAGE, 2);
    CHECK_EQ(signal_of_read(at), SIGSEGV);
    CHECK_EQ(signal_of_read(at + 3 * PAGE), SIGSEGV);
}

static void mremap_refuses(void)
{
    char *at = map_private(4);

    CHECK_ERR((intptr_t)mremap(at + 1, PAGE, PAGE, 0), EINVAL);
    CHECK_ERR((intptr_t)mremap(at, PAGE, 0, 0), EINVAL);
    CHECK_ERR((intptr_t)mremap(at, PAGE, PAGE, 0x100), EINVAL);
    CHECK_ERR((intptr_t)mremap(at, PAGE, PAGE, MREMAP_FIXED, at + PAGE), EINVAL);
    CHECK_ERR(
        (intptr_t)mremap(at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + PAGE),
        EINVAL); /* they overlap */
    CHECK(munmap(at + PAGE, PAGE) == 0);
    CHECK_ERR((intptr_t)mremap(at + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
    CHECK_ERR((intptr_t)mremap(at, 3 * PAGE, 5 * PAGE, MREMAP_MAYMOVE), EFAULT);
}

static void mremap_moves_shared_files(void)
{
    int fd = temporary_file(4);
    char *at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PAGE), *to, byte;

    CHECK(at != MAP_FAILED && at[0] == 'B');
    to = mremap(at, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE);
    CHECK(to != MAP_FAILED);
    CHECK(to[0] == 'B' && to[PAGE] == 'C' && to[2 * PAGE] == 'D');
    to[2 * PAGE] = '!';
    CHECK(pread(fd, &byte, 1, 3 * PAGE) == 1 && byte == '!');
}

/* --- brk --- */

static void brk_grows_and_shrinks(void)
{
    char *start = sbrk(0), *end;

    CHECK(sbrk(10 * PAGE + 100) == start);
    end = sbrk(0);
    CHECK_EQ(end - start, 10 * PAGE + 100);
    check_bytes(start, 10 * PAGE + 100, 0);
    memset(start, 1, 10 * PAGE + 100);
    CHECK(brk(start + 100) == 0);
    check_bytes(start, 100, 1);
    CHECK(brk(start + 5 * PAGE) == 0);
    check_bytes(start + 2 * PAGE, 3 * PAGE, 0); /* fresh ones */
    CHECK(brk(start) == 0);
    CHECK_EQ(syscall(SYS_brk, 0), (intptr_t)start);
    CHECK_EQ(syscall(SYS_brk, 4096), (intptr_t)start); /* refused: the break stays */
    CHECK_EQ(syscall(SYS_brk, -1ul), (intptr_t)start);
}

static const struct check_case cases[] = {
    CASE(anonymous_memory_is_zero),
    CASE(sizes_are_rounded_up),
    CASE(a_huge_sparse_mapping_costs_nothing),
    CASE(fixed_places),
    CASE(low_addresses_on_request),
    CASE(populate_brings_pages_in),
    CASE(mmap_refuses),
    CASE(mprotect_splits_and_joins),
    CASE(mprotect_refuses),
    CASE(code_can_be_written_and_run),
    CASE(munmap_makes_holes),
    CASE(dontneed_zeroes),
    CASE(mremap_shrinks_and_grows_in_place),
    CASE(mremap_moves),
    CASE(mremap_to_a_fixed_place),
    CASE(mremap_refuses),
    CASE(mremap_moves_shared_files),
    CASE(brk_grows_and_shrinks),
};
CHECK_MAIN(cases)
