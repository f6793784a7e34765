/*
 * fork_generations.c - 1,000 generations: each child writes one page, its parent exits, the
 * child goes on. At the end memory and the cost of a fault are what they were in the first
 * generation.
 *
 * On a Linux host only the course of it is checked; there others use the memory too.
 */
#include "tests/linux/check.h"

#include <signal.h>
#include <sys/mman.h>
#include <time.h>

/* Faults are measured far enough apart that none serves another. */
enum {
    GENERATIONS = 1000,
    WARM_UP = 3,
    PAGE = 4096,
    PROBES = 16,
    PROBE_PAGES = 64,
    PAGES = GENERATIONS + 1 + PROBES * PROBE_PAGES,
};

/* Free memory and VMOs; -1 where the kernel does not say. */
struct usage {
    long free_kb, vmos;
    long long fault_ns;
};

static long field(const char *path, const char *name)
{
    FILE *file = fopen(path, "r");
    char line[200];
    long value = -1;

    while (file && fgets(line, sizeof(line), file))
        if (!strncmp(line, name, strlen(name)))
            value = atol(line + strlen(name));
    if (file)
        fclose(file);
    return value;
}

static bool on_zcore(void)
{
    return access("/proc/zcore", F_OK) == 0;
}

static long long now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static char *memory;

/* What it takes to write a page for the first time; the best of some. */
static long long fault_cost(void)
{
    long long best = INT64_MAX;

    for (int i = 1; i <= PROBES; i++) {
        long long start = now();

        memory[(PAGES - i * PROBE_PAGES) * PAGE]++;
        start = now() - start;
        best = start < best ? start : best;
    }
    return best;
}

static struct usage measure(void)
{
    return (struct usage){.free_kb = field("/proc/meminfo", "MemFree:"),
                          .vmos = field("/proc/zcore", "vmos")};
}

struct shared {
    struct usage first, last;
    int generations;
};

/* One life: wait for the parent to be gone, write a page, have a child, exit. */
static void live(int generation, pid_t parent, int done)
{
    struct shared *shared = check_shared;

    for (;;) {
        pid_t pid;

        while (parent && getppid() == parent)
            usleep(0);
        memory[generation * PAGE] = 1;
        shared->generations = generation;
        if (generation == WARM_UP) {
            measure(); /* the C library's own memory */
            shared->first = measure();
            shared->first.fault_ns = fault_cost();
        }
        if (generation == GENERATIONS) {
            shared->last = measure();
            shared->last.fault_ns = fault_cost();
            check_put(done);
            _exit(0);
        }
        pid = getpid();
        if (check_fork())
            _exit(0);
        parent = pid;
        generation++;
    }
}

static void a_thousand_generations(void)
{
    struct shared *shared = check_shared;
    int fds[2];
    pid_t first;

    CHECK(pipe(fds) == 0);
    first = CHILD({
        memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                      -1, 0);
        CHECK(memory != MAP_FAILED);
        memset(memory, 1, PAGES * PAGE);
        live(1, 0, fds[1]);
    });
    close(fds[1]);
    CHECK_EXITS(first, 0);
    CHECK(check_get(fds[0]));
    CHECK_EQ(shared->generations, GENERATIONS);
    printf("# a fault costs %lld ns in generation %d, %lld ns in generation %d\n",
           shared->first.fault_ns, WARM_UP, shared->last.fault_ns, GENERATIONS);
    printf("# MemFree %ld, then %ld kB; VMOs %ld, then %ld\n", shared->first.free_kb,
           shared->last.free_kb, shared->first.vmos, shared->last.vmos);
    fflush(stdout);
    if (!on_zcore())
        return;
    /* The library OS maps a stub area or two for system call sites as it comes upon them. */
    CHECK(shared->last.vmos >= 0 && shared->last.vmos <= shared->first.vmos + 2);
    CHECK(shared->last.free_kb >= shared->first.free_kb - 256); /* slabs breathe */
    CHECK(shared->last.fault_ns <= 4 * shared->first.fault_ns + 20000);
}

static const struct check_case cases[] = {CASE(a_thousand_generations)};
CHECK_MAIN(cases)
