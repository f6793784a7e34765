/*
 * linux.c - the vDSO of Linux programs: the time, without a system call where that can be.
 */
#include "user/vdso/linux.h"

#include "system_call.h" /* isa/ISA */
#include "user/vdso/clock.h"

enum {
    CLOCK_REALTIME = 0,
    CLOCK_MONOTONIC = 1,
    CLOCK_MONOTONIC_RAW = 4,
    CLOCK_REALTIME_COARSE = 5,
    CLOCK_MONOTONIC_COARSE = 6,
    CLOCK_BOOTTIME = 7,
    CLOCK_TAI = 11,
};
enum { NS_PER_SEC = 1000000000, NS_PER_USEC = 1000 };

/* The same clocks that the kernel takes for one (personality/linux/time/time.c). */
static bool is_monotonic(int32_t clock)
{
    return clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW ||
           clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_BOOTTIME;
}

static bool is_realtime(int32_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

static void *value_of(int32_t clock)
{
    return (void *)(intptr_t)clock;
}

int __vdso_clock_gettime(int32_t clock, struct timespec *ts)
{
    int64_t ns;

    if (!(is_monotonic(clock) && clock_monotonic(&ns)) &&
        !(is_realtime(clock) && clock_realtime(&ns)))
        return (int)system_call(NR_clock_gettime, value_of(clock), ts, NULL);
    *ts = (struct timespec){ns / NS_PER_SEC, ns % NS_PER_SEC};
    return 0;
}

int __vdso_clock_getres(int32_t clock, struct timespec *resolution)
{
    if (!is_monotonic(clock) && !is_realtime(clock))
        return (int)system_call(NR_clock_getres, value_of(clock), resolution, NULL);
    if (resolution)
        *resolution = (struct timespec){0, 1};
    return 0;
}

int __vdso_gettimeofday(struct timeval *tv, struct timezone *zone)
{
    int64_t ns;

    if (!clock_realtime(&ns))
        return (int)system_call(NR_gettimeofday, tv, zone, NULL);
    if (tv)
        *tv = (struct timeval){ns / NS_PER_SEC, ns % NS_PER_SEC / NS_PER_USEC};
    if (zone)
        *zone = (struct timezone){0, 0};
    return 0;
}

/* Which one it is changes under way and is kept nowhere in user mode's reach. */
int __vdso_getcpu(unsigned *cpu, unsigned *node, void *unused)
{
    return (int)system_call(NR_getcpu, cpu, node, unused);
}
