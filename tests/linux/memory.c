/*
 * memory.c - mappings: their forms, splitting and joining, files, fork, brk, errors.
 */
#include "tests/linux/check.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { PAGE = 4096 };

/* --- helpers --- */

static char *map(size_t pages, int prot, int flags)
{
    char *at = mmap(NULL, pages * PAGE, prot, flags | MAP_ANONYMOUS, -1, 0);

    CHECK(at != MAP_FAILED);
    return at;
}

static char *map_private(size_t pages)
{
    return map(pages, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

static int temporary_file(size_t pages)
{
    char name[] = "/tmp/memory.XXXXXX", page[PAGE];
    int fd = mkstemp(name);

    CHECK(fd >= 0 && unlink(name) == 0);
    for (size_t i = 0; i < pages; i++) {
        memset(page, 'A' + (int)i, PAGE);
        CHECK_EQ(pwrite(fd, page, PAGE, (off_t)i * PAGE), PAGE);
    }
    return fd;
}

static sigjmp_buf back;

static void leave(int signo)
{
    siglongjmp(back, signo);
}

/* What signal a read / write of the byte raises; 0: none. */
static int signal_of_read(const volatile char *at)
{
    int signo;

    signal(SIGSEGV, leave);
    signal(SIGBUS, leave);
    signo = sigsetjmp(back, 1);
    if (!signo)
        (void)*at;
    return signo;
}

static int signal_of_write(volatile char *at)
{
    int signo;

    signal(SIGSEGV, leave);
    signal(SIGBUS, leave);
    signo = sigsetjmp(back, 1);
    if (!signo)
        *at = 1;
    return signo;
}

static void check_bytes(const char *at, size_t size, char want)
{
    for (size_t i = 0; i < size; i++)
        if (at[i] != want)
            FAIL("byte %zu is %d, not %d", i, at[i], want);
}

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
    CHECK_ERR((intptr_t)mmap(at + 1, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                             -1, 0),
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
    CHECK_ERR((intptr_t)syscall(SYS_mmap, NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 100L), EINVAL);
    CHECK_ERR((intptr_t)mmap(NULL, 1ul << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
              ENOMEM);
    CHECK_ERR((intptr_t)mmap(NULL, -1ul, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
    CHECK_ERR((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, directory, 0), ENODEV);
    CHECK(fchmod(fd, 0600) == 0);
    char path[40];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    read_only = open(path, O_RDONLY);
    write_only = open(path, O_WRONLY);
    CHECK(read_only >= 0 && write_only >= 0);
    CHECK_ERR((intptr_t)mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, read_only, 0), EACCES);
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
    CHECK_EQ(signal_of_write(at), SIGSEGV);            /* what precedes the hole is done */
    CHECK_EQ(signal_of_write(at + 3 * PAGE), 0);       /* what follows is not */
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
    CHECK(mmap(at + 5 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
          at + 5 * PAGE);
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
    CHECK(mremap(at, 4 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to + PAGE) == to + PAGE);
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
    CHECK_ERR((intptr_t)mremap(at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + PAGE),
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

/* --- fork --- */

static void private_memory_is_copied_both_ways(void)
{
    enum { PAGES = 50 };
    char *at = map_private(PAGES);
    int up[2], down[2];
    pid_t pid;

    CHECK(pipe(up) == 0 && pipe(down) == 0);
    for (int i = 0; i < PAGES; i++)
        at[i * PAGE] = 1;
    pid = CHILD({
        for (int i = 0; i < PAGES; i += 2)
            at[i * PAGE] = 2; /* the child writes first */
        check_put(up[1]);
        CHECK(check_get(down[0]));
        for (int i = 0; i < PAGES; i++)
            CHECK_EQ(at[i * PAGE], i % 2 ? 1 : 2);
    });
    CHECK(check_get(up[0]));
    for (int i = 1; i < PAGES; i += 2)
        at[i * PAGE] = 3; /* the parent writes the others first */
    check_put(down[1]);
    CHECK_EXITS(pid, 0);
    for (int i = 0; i < PAGES; i++)
        CHECK_EQ(at[i * PAGE], i % 2 ? 3 : 1);
}

static void copies_of_copies(void)
{
    volatile char *at = map_private(4);
    pid_t child;

    at[0] = 1;
    child = CHILD({
        at[PAGE] = 2;
        pid_t grandchild = CHILD({
            CHECK(at[0] == 1 && at[PAGE] == 2 && at[2 * PAGE] == 0);
            at[0] = 9;
            at[3 * PAGE] = 9;
        });

        at[2 * PAGE] = 3;
        CHECK_EXITS(grandchild, 0);
        CHECK(at[0] == 1 && at[PAGE] == 2 && at[2 * PAGE] == 3 && at[3 * PAGE] == 0);
    });
    at[PAGE] = 7;
    CHECK_EXITS(child, 0);
    CHECK(at[0] == 1 && at[PAGE] == 7 && at[2 * PAGE] == 0);
}

static void shared_memory_is_shared(void)
{
    char *at = map(4, PROT_READ | PROT_WRITE, MAP_SHARED);
    pid_t pid;

    at[0] = 1;
    pid = CHILD({
        CHECK_EQ(at[0], 1);
        at[PAGE] = 2;
        CHECK_EXITS(CHILD(at[2 * PAGE] = 3), 0);
    });
    CHECK_EXITS(pid, 0);
    CHECK(at[PAGE] == 2 && at[2 * PAGE] == 3);
    CHECK(mprotect(at, PAGE, PROT_READ) == 0);
    CHECK_EXITS(CHILD({
                    CHECK_EQ(signal_of_write(at), SIGSEGV);
                    CHECK(mprotect(at, PAGE, PROT_READ | PROT_WRITE) == 0);
                    at[0] = 5;
                }),
                0);
    CHECK_EQ(at[0], 5);
}

static void changes_after_fork_are_ones_own(void)
{
    char *at = map_private(4);

    at[0] = 1;
    CHECK_EXITS(CHILD({
                    CHECK(munmap(at, 2 * PAGE) == 0);
                    CHECK(mprotect(at + 2 * PAGE, PAGE, PROT_NONE) == 0);
                    CHECK(madvise(at + 3 * PAGE, PAGE, MADV_DONTNEED) == 0);
                }),
                0);
    CHECK(at[0] == 1);
    at[2 * PAGE] = 1;
}

static void dontfork_is_left_out(void)
{
    char *at = map_private(3);

    memset(at, 1, 3 * PAGE);
    if (madvise(at + PAGE, PAGE, MADV_DONTFORK) != 0 && errno == EINVAL)
        SKIP("the kernel does not know MADV_DONTFORK");
    CHECK_EXITS(CHILD({
                    CHECK_EQ(signal_of_read(at), 0);
                    CHECK_EQ(signal_of_read(at + PAGE), SIGSEGV);
                    CHECK_EQ(signal_of_read(at + 2 * PAGE), 0);
                }),
                0);
    CHECK_EQ(at[PAGE], 1);
}

/* --- files --- */

static void private_file_mappings_keep_their_changes(void)
{
    int fd = temporary_file(3);
    char *at = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0), byte;
    char *other = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE);

    CHECK(at != MAP_FAILED && other != MAP_FAILED);
    CHECK(at[0] == 'A' && at[PAGE] == 'B' && at[3 * PAGE - 1] == 'C');
    at[PAGE] = 'x';
    CHECK(pread(fd, &byte, 1, PAGE) == 1 && byte == 'B');
    CHECK_EQ(other[0], 'B');
    CHECK(pwrite(fd, "y", 1, PAGE + 1) == 1);
    CHECK_EQ(other[1], 'y');
    CHECK_EQ(at[PAGE + 1], 'B'); /* ours since we wrote to it */
    close(fd);
    CHECK_EQ(at[2 * PAGE], 'C');
}

static void shared_file_mappings_are_the_file(void)
{
    int fd = temporary_file(2);
    char *a = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *b = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PAGE), bytes[2];

    CHECK(a != MAP_FAILED && b != MAP_FAILED);
    a[PAGE + 7] = 'q';
    CHECK_EQ(b[7], 'q');
    CHECK(pread(fd, bytes, 1, PAGE + 7) == 1 && bytes[0] == 'q');
    CHECK(pwrite(fd, "zz", 2, 0) == 2);
    CHECK(a[0] == 'z' && a[1] == 'z');
    CHECK_EXITS(CHILD(a[5] = 'c'), 0);
    CHECK(pread(fd, bytes, 1, 5) == 1 && bytes[0] == 'c');
    CHECK(msync(a, 2 * PAGE, MS_SYNC) == 0);
    CHECK_ERR(msync(a + 1, PAGE, MS_SYNC), EINVAL);
    CHECK_ERR(msync(a, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
}

static void the_tail_of_the_last_page_is_zero(void)
{
    int fd = temporary_file(1);
    char *at;

    CHECK(ftruncate(fd, 100) == 0);
    at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(at != MAP_FAILED);
    check_bytes(at, 100, 'A');
    check_bytes(at + 100, PAGE - 100, 0);
}

static void system_calls_fault_like_programs(void)
{
    char *at = map_private(2);
    int fds[2];

    CHECK(pipe(fds) == 0);
    CHECK(mprotect(at + PAGE, PAGE, PROT_READ) == 0);
    CHECK(write(fds[1], at, 2 * PAGE) == 2 * PAGE); /* never touched: zeroes */
    CHECK_ERR(read(fds[0], at + PAGE, 10), EFAULT);
    CHECK(mprotect(at, 2 * PAGE, PROT_NONE) == 0);
    CHECK_ERR(write(fds[1], at, 10), EFAULT);
}

/* --- threads --- */

static char *contested;

static void *fault_all(void *arg)
{
    for (int i = 0; i < 500; i++)
        __atomic_fetch_add((int *)(contested + i * PAGE), 1, __ATOMIC_RELAXED);
    return arg;
}

static void threads_fault_on_the_same_pages(void)
{
    pthread_t threads[4];

    contested = map_private(500);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, fault_all, NULL) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    for (int i = 0; i < 500; i++)
        CHECK_EQ(*(int *)(contested + i * PAGE), 4);
}

static void *map_and_unmap(void *arg)
{
    for (int i = 0; i < 200; i++) {
        char *at = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (at == MAP_FAILED)
            return "mmap";
        for (int page = 0; page < 8; page++) {
            if (at[page * PAGE])
                return "not zero";
            at[page * PAGE] = 1;
        }
        if (munmap(at, 8 * PAGE) != 0)
            return "munmap";
    }
    return arg;
}

static void threads_map_and_unmap(void)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, map_and_unmap, NULL) == 0);
    for (int i = 0; i < 4; i++) {
        void *why;

        CHECK(pthread_join(threads[i], &why) == 0);
        if (why)
            FAIL("%s", (char *)why);
    }
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
    CASE(private_memory_is_copied_both_ways),
    CASE(copies_of_copies),
    CASE(shared_memory_is_shared),
    CASE(changes_after_fork_are_ones_own),
    CASE(dontfork_is_left_out),
    CASE(private_file_mappings_keep_their_changes),
    CASE(shared_file_mappings_are_the_file),
    CASE(the_tail_of_the_last_page_is_zero),
    CASE(system_calls_fault_like_programs),
    CASE(threads_fault_on_the_same_pages),
    CASE(threads_map_and_unmap),
};
CHECK_MAIN(cases)
