/*
 * memory_sharing.c - memory across fork, files in memory, and threads that fault and map at
 * once.
 */
#include "tests/linux/memory_test.h"

#include <pthread.h>
#include <sys/stat.h>

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
    CHECK_ERR(msync(a, (size_t)-PAGE, MS_SYNC), ENOMEM); /* wraps */
    CHECK_ERR(munlock(a, (size_t)-PAGE), EINVAL);
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
        char *at =
            mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

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

static time_t mtime_of(int fd)
{
    struct stat status;

    CHECK_EQ(fstat(fd, &status), 0);
    return status.st_mtime;
}

static void writing_a_mapping_is_a_change_of_the_file(void)
{
    const struct timespec old[2] = {{1000, 0}, {1000, 0}};
    int fds[] = {fileno(tmpfile()), memfd_create("mapped", 0)};

    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
        char *at;

        CHECK(write(fds[i], "12345", 5) == 5 && futimens(fds[i], old) == 0);
        at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fds[i], 0);
        CHECK(at != MAP_FAILED);
        CHECK_EQ(mtime_of(fds[i]), 1000);
        at[0] = 'x';
        CHECK_EQ(msync(at, PAGE, MS_SYNC), 0);
        CHECK(mtime_of(fds[i]) > 1000);
        /* What was written before does not count after. */
        CHECK_EQ(futimens(fds[i], old), 0);
        CHECK_EQ(munmap(at, PAGE), 0);
        CHECK_EQ(mtime_of(fds[i]), 1000);
    }
}

static const struct check_case cases[] = {
    CASE(writing_a_mapping_is_a_change_of_the_file),
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
