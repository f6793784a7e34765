/*
 * memory_test.h - what the memory programs share: mappings, files without names, and what an
 * access raises.
 */
#pragma once

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#include "tests/linux/check.h"

enum { PAGE = 4096 };

static __attribute__((unused)) char *map(size_t pages, int prot, int flags)
{
    char *at = mmap(NULL, pages * PAGE, prot, flags | MAP_ANONYMOUS, -1, 0);

    CHECK(at != MAP_FAILED);
    return at;
}

static __attribute__((unused)) char *map_private(size_t pages)
{
    return map(pages, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

static __attribute__((unused)) int temporary_file(size_t pages)
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

static __attribute__((unused)) void leave(int signo)
{
    siglongjmp(back, signo);
}

/* What signal a read / write of the byte raises; 0: none. */
static __attribute__((unused)) int signal_of_read(const volatile char *at)
{
    int signo;

    signal(SIGSEGV, leave);
    signal(SIGBUS, leave);
    signo = sigsetjmp(back, 1);
    if (!signo)
        (void)*at;
    return signo;
}

static __attribute__((unused)) int signal_of_write(volatile char *at)
{
    int signo;

    signal(SIGSEGV, leave);
    signal(SIGBUS, leave);
    signo = sigsetjmp(back, 1);
    if (!signo)
        *at = 1;
    return signo;
}

static __attribute__((unused)) void check_bytes(const char *at, size_t size, char want)
{
    for (size_t i = 0; i < size; i++)
        if (at[i] != want)
            FAIL("byte %zu is %d, not %d", i, at[i], want);
}
