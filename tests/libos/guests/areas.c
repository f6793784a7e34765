/*
 * areas.c - more areas of memory than a Linux host gives a process (65530): neighbours differ
 * in their rights. Each was mapped by itself, and then again all are parts of one mapping.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AREAS = 72000, PAGE = 4096 };

static sigjmp_buf back;
static char *memory;

static void leave(int signo)
{
    siglongjmp(back, signo);
}

static int *area(int i)
{
    return (int *)(memory + (size_t)i * PAGE);
}

static int rights_of(int i)
{
    return i & 1 ? PROT_READ | PROT_WRITE : PROT_READ;
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

static int check(void)
{
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < AREAS; i++)
            if (!is_right(area(i), i))
                return 4;
    for (int i = 0; i < AREAS; i += AREAS / 100 * 2)
        if (!is_read_only(area(i)))
            return 5;
    return 0;
}

static int map_all(int rights)
{
    memory = mmap(NULL, (size_t)AREAS * PAGE, rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? 2 : 0;
}

static int mapped_one_by_one(void)
{
    if (map_all(PROT_NONE))
        return 2;
    for (int i = 0; i < AREAS; i++) {
        if (mmap(area(i), PAGE, rights_of(i), MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
            MAP_FAILED)
            return 3;
        if (i & 1)
            *area(i) = i;
    }
    return check() || munmap(memory, (size_t)AREAS * PAGE);
}

/* A child has all of them, and pages that it writes are its own: the parent's stay. */
static int check_child(void)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        for (int i = 1; i < AREAS; i += 2)
            *area(i) = -i;
        _exit(0);
    }
    return child < 0 || waitpid(child, &status, 0) != child || status != 0;
}

/* They go one by one, too, but for those at the ends. */
static int parts_of_one_mapping(void)
{
    if (map_all(PROT_READ | PROT_WRITE))
        return 2;
    for (int i = 1; i < AREAS; i += 2)
        *area(i) = i;
    for (int i = 0; i < AREAS; i += 2)
        if (mprotect(area(i), PAGE, rights_of(i)) != 0)
            return 3;
    if (check_child() != 0 || check() != 0)
        return 4;
    for (int i = 1; i < AREAS - 1; i++)
        if (munmap(area(i), PAGE) != 0)
            return 6;
    return !is_right(area(0), 0) || !is_right(area(AREAS - 1), AREAS - 1);
}

int main(void)
{
    int failed;

    if (!raise_limit())
        return 1;
    signal(SIGSEGV, leave);
    failed = mapped_one_by_one();
    if (failed)
        return failed;
    failed = parts_of_one_mapping();
    if (failed)
        return 10 + failed;
    puts("ok");
    return 0;
}
