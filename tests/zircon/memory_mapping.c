/*
 * memory_mapping.c - sys/mman.h of native programs.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/zircon/ztest.h"

enum { PRIVATE = MAP_PRIVATE | MAP_ANON, READ_WRITE = PROT_READ | PROT_WRITE, WORD = 4 };

/* mmap refuses, and says why. */
static void refused(size_t size, int flags, off_t offset, int why)
{
    errno = 0;
    EXPECT_TRUE(mmap(NULL, size, PROT_READ, flags, -1, offset) == MAP_FAILED);
    EXPECT_EQ(errno, why);
}

CASE(MemoryMappingTest, MmapZerofilledTest)
{
    const size_t size = 16384;
    unsigned char *at = mmap(NULL, size, READ_WRITE, PRIVATE, -1, 0);

    ASSERT_TRUE(at != MAP_FAILED);
    for (size_t i = 0; i < size; i++)
        EXPECT_EQ(at[i], 0);
    EXPECT_EQ(munmap(at, size), 0);
}

CASE(MemoryMappingTest, MmapLenTest)
{
    refused(0, PRIVATE, 0, EINVAL);
    refused(PTRDIFF_MAX, PRIVATE, 0, ENOMEM);
}

CASE(MemoryMappingTest, MmapOffsetTest)
{
    refused(WORD, PRIVATE, 4, EINVAL);
}

CASE(MemoryMappingTest, MmapFlagsTest)
{
    static const int kinds[] = {MAP_PRIVATE, MAP_SHARED};

    refused(WORD, MAP_ANON, 0, EINVAL);
    refused(WORD, MAP_PRIVATE | MAP_SHARED | MAP_ANON, 0, EINVAL);
    for (unsigned i = 0; i < 2; i++) {
        void *at = mmap(NULL, WORD, PROT_READ, kinds[i] | MAP_ANON, -1, 0);

        ASSERT_TRUE(at != MAP_FAILED);
        EXPECT_EQ(munmap(at, WORD), 0);
    }
}

CASE(MemoryMappingTest, MmapProtTest)
{
    static const int kinds[] = {PROT_NONE, PROT_READ, READ_WRITE};

    for (unsigned i = 0; i < 3; i++) {
        volatile uint32_t *at = mmap(NULL, WORD, kinds[i], PRIVATE, -1, 0);

        ASSERT_TRUE(at != MAP_FAILED);
        if (kinds[i] & PROT_WRITE)
            *at = 5678;
        if (kinds[i])
            EXPECT_EQ(*at, kinds[i] & PROT_WRITE ? 5678 : 0);
        EXPECT_EQ(munmap((void *)at, WORD), 0);
    }
}

/* Code that is the same anywhere. */
__attribute__((noipa, aligned(16))) static int add(int a, int b)
{
    return a + b;
}

CASE(MemoryMappingTest, MmapProtExecTest)
{
    const size_t page = (size_t)getpagesize(), code = 64;
    void *at = mmap(NULL, page, READ_WRITE, PRIVATE | MAP_JIT, -1, 0);

    ASSERT_TRUE(at != MAP_FAILED);
    memcpy(at, (const void *)add, code);
    EXPECT_EQ(mprotect(at, page, PROT_READ | PROT_EXEC), 0);
    EXPECT_EQ(((int (*)(int, int))at)(1, 2), 3);
    EXPECT_EQ(munmap(at, page), 0);
}

CHILD(writes_read_only)
{
    volatile uint32_t *at = mmap(NULL, WORD, READ_WRITE, PRIVATE, -1, 0);

    (void)channel;
    if (at == MAP_FAILED)
        return 1;
    *at = 10;
    if (*at != 10 || mprotect((void *)at, (size_t)getpagesize(), PROT_READ) != 0)
        return 2;
    *at = 12;
    return 3;
}

CASE(MemoryMappingTest, MprotectTest)
{
    const size_t page = (size_t)getpagesize();
    volatile uint32_t *at = mmap(NULL, WORD, READ_WRITE, PRIVATE, -1, 0);
    struct ztest_child c;

    ASSERT_TRUE(at != MAP_FAILED);
    *at = 10;
    EXPECT_EQ(*at, 10);
    EXPECT_EQ(mprotect((void *)at, page, PROT_READ), 0);
    EXPECT_EQ(*at, 10);
    EXPECT_EQ(mprotect((void *)at, page, PROT_WRITE), -1);
    EXPECT_EQ(errno, ENOTSUP);
    EXPECT_EQ(mprotect((void *)at, page, PROT_NONE), 0);
    EXPECT_EQ(munmap((void *)at, page), 0);
    if (ztest_child_run(&c, ztest_job(), "writes_read_only"))
        EXPECT_EQ(ztest_child_join(&c), ZX_TASK_RETCODE_EXCEPTION_KILL);
}

/* In the place of what is there. */
CASE(MemoryMapping, Fixed)
{
    const size_t page = (size_t)getpagesize();
    char *at = mmap(NULL, 2 * page, READ_WRITE, PRIVATE, -1, 0);

    ASSERT_TRUE(at != MAP_FAILED);
    memset(at, 'x', 2 * page);
    EXPECT_TRUE(mmap(at, page, READ_WRITE, PRIVATE | MAP_FIXED, -1, 0) == at);
    EXPECT_EQ(at[0], 0);
    EXPECT_EQ(at[page], 'x');
    EXPECT_EQ(munmap(at, 2 * page), 0);
}

CASE(MemoryMapping, NoDescriptor)
{
    refused(WORD, MAP_PRIVATE, 0, EBADF);
}
