/*
 * pace.c - how fast the core is just now: the nanoseconds of 1,000 rounds of four additions
 * that depend on nothing. Who shares the core takes half of it away, and so do clock rates.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static double additions(void)
{
    long a = 0, b = 0, c = 0, d = 0;
    double start = now();

    for (unsigned i = 0; i < 1000; i++) {
        a++, b++, c++, d++;
        __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
    }
    return now() - start;
}

static int less(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) -
           (*(const double *)a < *(const double *)b);
}

/* Of many the middle one: an interrupt makes some longer, a moment's rest of the neighbour some
 * shorter. */
int main(void)
{
    enum { COUNT = 1001 };
    static double times[COUNT];

    for (unsigned i = 0; i < COUNT; i++)
        times[i] = additions();
    qsort(times, COUNT, sizeof(*times), less);
    printf("%-10s %12.1f\n", "pace", times[COUNT / 2]);
    return 0;
}
