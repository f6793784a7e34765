/*
 * itimer.h - the interval timer that raises SIGALRM (setitimer(2), alarm(2)).
 */
#pragma once

#include "co/timer.h"

struct linux_process;

/* Of a process: guarded by its lock, the armed state by the timer's own. */
struct itimer {
    struct timer timer;
    struct linux_process *owner;
    time_ns_t deadline; /* 0: not armed */
    time_ns_t interval; /* 0: once */
};

void itimer_init(struct itimer *it, struct linux_process *owner);
/* The process ends: after it the callback does not run. */
void itimer_fini(struct itimer *it);
