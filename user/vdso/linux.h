/*
 * linux.h - what the vDSO of Linux programs exports (vdso(7)); the versions are in
 * isa/ISA/linux.map. Results are those of the system calls: 0 or a negative errno.
 */
#pragma once

#include <stdint.h>

struct timespec {
    int64_t sec, nsec;
};
struct timeval {
    int64_t sec, usec;
};
struct timezone {
    int32_t minutes_west, dst;
};

#pragma GCC visibility push(default)
int __vdso_clock_gettime(int32_t clock, struct timespec *ts);
int __vdso_clock_getres(int32_t clock, struct timespec *resolution);
int __vdso_gettimeofday(struct timeval *tv, struct timezone *zone);
int __vdso_getcpu(unsigned *cpu, unsigned *node, void *unused);
int64_t __vdso_time(int64_t *out);                                                /* x86_64 */
int __vdso_flush_icache(const void *start, const void *end, unsigned long flags); /* riscv64 */
#pragma GCC visibility pop
