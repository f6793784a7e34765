/*
 * generations.c - a thousand generations of fork: each process writes one page, lets its parent
 * exit, and has a child. The last must have of memory what an early one had, and pay no more
 * for a fault, though a page that nobody wrote has come down through all of them.
 *
 * What the kernel has in use is read from /proc/zcore; where that is not, only the faults
 * count.
 */
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EARLY = 10, LAST = 1000, PROBES = 16, PAGES = 1 + 2 * PROBES, PAGE = 4096 };
enum {
    READINGS = 300,
    PAGES_SLACK = 64,
    VMOS_SLACK = 4,
    FAULT_SLACK_NS = 3000,
    FAULT_FACTOR = 3
};

struct sample {
    int generation;
    bool counted; /* the numbers are there */
    long vmos, pages_free, fault_ns;
};

static char *region;
static int report[2]; /* samples, to the first of all */

static long now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool read_counters(long *vmos, long *pages_free)
{
    FILE *file = fopen("/proc/zcore", "r");
    char name[64];
    long value;
    int found = 0;

    if (!file)
        return false;
    while (fscanf(file, "%63s %ld", name, &value) == 2) {
        if (!strcmp(name, "vmos")) {
            *vmos = value;
            found++;
        } else if (!strcmp(name, "pages_free")) {
            *pages_free = value;
            found++;
        }
    }
    fclose(file);
    return found == 2;
}

/* The least in use that is seen: what the parent had may still be on its way back. */
static void count(struct sample *s)
{
    s->vmos = 1l << 40;
    s->pages_free = 0;
    for (int i = 0; i < READINGS; i++) {
        long vmos, pages_free;

        s->counted = read_counters(&vmos, &pages_free);
        if (!s->counted)
            return;
        s->vmos = vmos < s->vmos ? vmos : s->vmos;
        s->pages_free = pages_free > s->pages_free ? pages_free : s->pages_free;
        sched_yield();
    }
}

/* The cheapest of some first writes to pages that only the first of all has written. */
static long fault_cost(int first_page)
{
    long least = 1l << 40;

    for (int i = 0; i < PROBES; i++) {
        long began = now_ns();

        region[(first_page + i) * PAGE] = 1;
        began = now_ns() - began;
        least = began < least ? began : least;
    }
    return least;
}

static void sample(int generation)
{
    struct sample s = {.generation = generation};

    count(&s);
    s.fault_ns = fault_cost(1 + (generation == LAST ? PROBES : 0));
    if (write(report[1], &s, sizeof(s)) != sizeof(s))
        _exit(1);
}

/* Returns in the child once it is an orphan: the parent ends when the child has written its
 * page. */
static void next_generation(int generation)
{
    pid_t parent = getpid(), pid;
    int done[2];
    char byte = 0;

    if (pipe(done))
        _exit(1);
    pid = fork();
    if (pid < 0)
        _exit(1);
    if (pid > 0) {
        close(done[1]);
        _exit(read(done[0], &byte, 1) == 1 ? 0 : 1);
    }
    region[0] = (char)generation;
    if (write(done[1], &byte, 1) != 1)
        _exit(1);
    close(done[0]);
    close(done[1]);
    while (getppid() == parent)
        sched_yield();
}

static void descend(void)
{
    close(report[0]);
    for (int generation = 1; generation <= LAST; generation++) {
        next_generation(generation);
        if (generation == EARLY || generation == LAST)
            sample(generation);
    }
    _exit(0);
}

static void check(const char *name, bool right, long early, long last)
{
    if (right)
        printf("ok %s\n", name);
    else
        printf("not ok %s: %ld in generation %d, %ld in generation %d\n", name, early, EARLY,
               last, LAST);
}

int main(void)
{
    struct sample early = {0}, last = {0};

    region =
        mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED || pipe(report))
        return 1;
    memset(region, 1, PAGES * PAGE);
    if (fork() == 0)
        descend();
    close(report[1]);
    if (read(report[0], &early, sizeof(early)) != sizeof(early) ||
        read(report[0], &last, sizeof(last)) != sizeof(last)) {
        printf("not ok generations: they ended early\n");
        return 1;
    }
    if (last.counted) {
        check("vmos", last.vmos <= early.vmos + VMOS_SLACK, early.vmos, last.vmos);
        check("pages", last.pages_free >= early.pages_free - PAGES_SLACK, early.pages_free,
              last.pages_free);
    }
    check("fault_ns", last.fault_ns <= FAULT_FACTOR * early.fault_ns + FAULT_SLACK_NS,
          early.fault_ns, last.fault_ns);
    return 0;
}
