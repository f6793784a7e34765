/*
 * memory_lock.c - mlock(2) and its kin, mincore(2), populating by madvise(2), protection keys,
 * and brk(2) of two threads at once.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "check.h"

enum { PAGE = 4096 };

static char *map(int pages, int prot)
{
    char *p = mmap(NULL, (size_t)pages * PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(p != MAP_FAILED);
    return p;
}

static void test_mincore(void)
{
    char *p = map(8, PROT_READ | PROT_WRITE);
    unsigned char vec[8];

    CHECK_EQ(mincore(p, 8 * PAGE, vec), 0);
    CHECK(!(vec[0] & 1) && !(vec[7] & 1));
    p[2 * PAGE] = p[7 * PAGE] = 1; /* and perhaps what is beside it */
    CHECK_EQ(mincore(p, 8 * PAGE, vec), 0);
    CHECK((vec[2] & 1) && (vec[7] & 1));
    CHECK_ERR(mincore(p + 1, PAGE, vec), EINVAL);
    CHECK_ERR(mincore(p, PAGE, check_bad), EFAULT);
    CHECK_EQ(munmap(p + PAGE, PAGE), 0);
    CHECK_ERR(mincore(p, 8 * PAGE, vec), ENOMEM);
    CHECK_EQ(mincore(p, 0, vec), 0);
}

static void test_mlock(void)
{
    char *p = map(4, PROT_READ | PROT_WRITE);
    unsigned char vec[4];

    CHECK_EQ(mlock(p + 10, 2 * PAGE), 0); /* three pages */
    CHECK_EQ(mincore(p, 4 * PAGE, vec), 0);
    CHECK((vec[0] & 1) + (vec[1] & 1) + (vec[2] & 1) == 3 || vec[0] == 0);
    CHECK_EQ(munlock(p, 4 * PAGE), 0);
    CHECK_EQ(syscall(SYS_mlock2, p, PAGE, 1), 0);
    CHECK_ERR(syscall(SYS_mlock2, p, PAGE, 2), EINVAL);
    CHECK_EQ(munmap(p + PAGE, PAGE), 0);
    CHECK_ERR(mlock(p, 3 * PAGE), ENOMEM);
    CHECK_ERR(munlock(p, 3 * PAGE), ENOMEM);
    CHECK_ERR(mlockall(0), EINVAL);
    CHECK_ERR(mlockall(8), EINVAL);
    CHECK_EQ(munlockall(), 0);
}

static void test_mlock_limit(void)
{
    const struct rlimit two = {2 * PAGE, 2 * PAGE}, none = {0, 0};
    char *p = map(4, PROT_READ | PROT_WRITE);

    CHECK_EQ(setrlimit(RLIMIT_MEMLOCK, &two), 0);
    CHECK_EQ(mlock(p, 4 * PAGE), 0); /* root may */
    CHECK_EQ(munlock(p, 4 * PAGE), 0);
    CHECK_EQ(setuid(1000), 0);
    CHECK_EQ(mlock(p, 2 * PAGE), 0);
    CHECK_EQ(munlock(p, 2 * PAGE), 0);
    CHECK_ERR(mlock(p, 3 * PAGE), ENOMEM);
    CHECK_EQ(setrlimit(RLIMIT_MEMLOCK, &none), 0);
    CHECK_ERR(mlock(p, PAGE), EPERM);
    CHECK_ERR(mlockall(MCL_CURRENT), EPERM);
}

/* The limit is of all that is locked, counted once, and of this process. */
static void test_mlock_sum(void)
{
    const struct rlimit three = {3 * PAGE, 3 * PAGE};
    char *a = map(4, PROT_READ | PROT_WRITE), *b = map(4, PROT_READ | PROT_WRITE);

    CHECK_EQ(setrlimit(RLIMIT_MEMLOCK, &three), 0);
    CHECK_EQ(setuid(1000), 0);
    CHECK_EQ(mlock(a, 2 * PAGE), 0);
    CHECK_EQ(mlock(a + PAGE, 2 * PAGE), 0);
    CHECK_EQ(mlock(a, 3 * PAGE), 0);
    CHECK_ERR(mlock(b, PAGE), ENOMEM);
    CHECK_ERR(mlock(a, 4 * PAGE), ENOMEM);
    CHECK_EXITS(CHILD(CHECK_EQ(mlock(b, 3 * PAGE), 0)), 0);
    CHECK_EQ(munlock(a + PAGE, PAGE), 0);
    CHECK_EQ(mlock(b, PAGE), 0);
    CHECK_EQ(munmap(b, 4 * PAGE), 0);
    CHECK_EQ(mlock(a + PAGE, PAGE), 0);
    CHECK_ERR(madvise(a, PAGE, MADV_DONTNEED), EINVAL);
    CHECK_EQ(munlockall(), 0);
    CHECK_EQ(madvise(a, PAGE, MADV_DONTNEED), 0);
    CHECK_EQ(mlock(a, 3 * PAGE), 0);
}

static void test_map_locked(void)
{
    const struct rlimit two = {2 * PAGE, 2 * PAGE};
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    unsigned char vec[2];
    char *p;

    CHECK_EQ(setrlimit(RLIMIT_MEMLOCK, &two), 0);
    CHECK_EQ(setuid(1000), 0);
    CHECK_ERR((long)mmap(NULL, 3 * PAGE, PROT_READ, flags | MAP_LOCKED, -1, 0), EAGAIN);
    p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, flags | MAP_LOCKED, -1, 0);
    CHECK(p != MAP_FAILED);
    CHECK_EQ(mincore(p, 2 * PAGE, vec), 0);
    CHECK(vec[0] & vec[1] & 1);
    CHECK_ERR(mlock(map(1, PROT_READ), PAGE), ENOMEM);
    CHECK_EQ(munmap(p, 2 * PAGE), 0);
    CHECK_EQ(mlockall(MCL_FUTURE), 0);
    CHECK_ERR((long)mmap(NULL, 3 * PAGE, PROT_READ, flags, -1, 0), EAGAIN);
    map(2, PROT_READ);
    CHECK_ERR((long)mmap(NULL, PAGE, PROT_READ, flags, -1, 0), EAGAIN);
    CHECK_EQ(munlockall(), 0);
    map(8, PROT_READ);
    CHECK_ERR(mlockall(MCL_CURRENT), ENOMEM);
}

static void test_populate(void)
{
    char *p = map(4, PROT_READ | PROT_WRITE), *r = map(1, PROT_READ);
    unsigned char vec[4];

    CHECK_EQ(madvise(p, 4 * PAGE, 23), 0); /* MADV_POPULATE_WRITE */
    CHECK_EQ(mincore(p, 4 * PAGE, vec), 0);
    CHECK((vec[0] & vec[1] & vec[2] & vec[3] & 1));
    CHECK_EQ(madvise(r, PAGE, 22), 0);
    CHECK_ERR(madvise(r, PAGE, 23), EINVAL);
    CHECK_EQ(munmap(p + PAGE, PAGE), 0);
    CHECK_ERR(madvise(p, 4 * PAGE, 22), ENOMEM);
    CHECK_ERR(madvise(p, PAGE, 12345), EINVAL);
}

static void test_keys(void)
{
    char *p = map(1, PROT_READ | PROT_WRITE);
    int key = pkey_alloc(0, 0);

    if (key >= 0)
        pkey_free(key); /* a processor that has them */
    else
        CHECK_EQ(errno, ENOSPC);
    CHECK_ERR(pkey_alloc(1, 0), EINVAL);
    CHECK_ERR(pkey_alloc(0, 4), EINVAL);
    CHECK_ERR(pkey_free(15), EINVAL);
    CHECK_ERR(pkey_mprotect(p, PAGE, PROT_READ, 15), EINVAL);
    CHECK_EQ(syscall(SYS_pkey_mprotect, p, PAGE, PROT_READ, -1), 0);
}

static char *set_break(char *to)
{
    return (char *)syscall(SYS_brk, to);
}

static void *move_break(void *arg)
{
    for (int i = 0; i < 2000; i++) {
        char *now = set_break(NULL);

        set_break(now + (i + (arg != NULL)) % 3 * PAGE);
        set_break(now);
    }
    return NULL;
}

/* Wherever it ends up, what is below it is there and what is above is not. */
static void test_brk(void)
{
    char *start = set_break(NULL), *end;
    unsigned char vec;
    pthread_t other;

    CHECK_EQ(pthread_create(&other, NULL, move_break, start), 0);
    move_break(NULL);
    CHECK_EQ(pthread_join(other, NULL), 0);
    end = set_break(NULL);
    CHECK(set_break(end + 4 * PAGE) == end + 4 * PAGE);
    for (char *p = start; p < end + 4 * PAGE; p += PAGE)
        *p = 1;
    CHECK(set_break(start) == start);
    end = (char *)(((uintptr_t)start + PAGE - 1) & -(uintptr_t)PAGE);
    CHECK_ERR(mincore(end, PAGE, &vec), ENOMEM);
}

static const struct check_case cases[] = {
    CASE(test_mincore),    CASE(test_mlock),    CASE(test_mlock_limit), CASE(test_mlock_sum),
    CASE(test_map_locked), CASE(test_populate), CASE(test_keys),        CASE(test_brk),
};
CHECK_MAIN(cases)
