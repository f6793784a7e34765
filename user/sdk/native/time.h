/*
 * time.h - of native programs: two clocks.
 */
#pragma once

typedef long time_t;
typedef int clockid_t;

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

#define CLOCK_REALTIME  0
#define CLOCK_MONOTONIC 1
#define TIME_UTC        1

int clock_gettime(clockid_t clock, struct timespec *out);
int timespec_get(struct timespec *out, int base);
