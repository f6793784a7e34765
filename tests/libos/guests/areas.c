/*
 * areas.c - more areas of memory than a Linux host gives a process (65530): neighbours differ
 * in their rights, and each was mapped by itself.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>

enum { AREAS = 72000, PAGE = 4096 };

static sigjmp_buf back;

static void leave(int signo)
{
    siglongjmp(back, signo);
}

/* The even ones are read-only and zero; an odd one holds its number. */
static int is_right(volatile int *at, int i)
{
    return *at == (i & 1 ? i : 0);
}

static int is_read_only(volatile int *at)
{
    if (!sigsetjmp(back, 1)) {
        *at = 7;
        return 0;
    }
    return 1;
}

/* As root of the guest. */
static int raise_limit(void)
{
    FILE *file = fopen("/proc/sys/vm/max_map_count", "w");

    return file && fprintf(file, "%d\n", AREAS + 1000) > 0 && fclose(file) == 0;
}

int main(void)
{
    char *memory =
        mmap(NULL, (size_t)AREAS * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED || !raise_limit())
        return 2;
    signal(SIGSEGV, leave);
    for (int i = 0; i < AREAS; i++) {
        int *page =
            mmap(memory + (size_t)i * PAGE, PAGE, i & 1 ? PROT_READ | PROT_WRITE : PROT_READ,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

        if (page == MAP_FAILED)
            return 3;
        if (i & 1)
            *page = i;
    }
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < AREAS; i++)
            if (!is_right((int *)(memory + (size_t)i * PAGE), i))
                return 4;
    for (int i = 0; i < AREAS; i += AREAS / 100 * 2)
        if (!is_read_only((int *)(memory + (size_t)i * PAGE)))
            return 5;
    if (munmap(memory, (size_t)AREAS * PAGE) != 0)
        return 6;
    puts("ok");
    return 0;
}
