/*
 * itimer.h - the interval timers, each with its signal (setitimer(2), alarm(2)).
 */
#pragma once

#include "co/timer.h"
#include "personality/linux/time/timer_setting.h"

struct linux_process;

/* By their numbers; the last one is RLIMIT_CPU's, which no program sets as a timer. */
enum {
    ITIMER_REAL,
    ITIMER_VIRTUAL,
    ITIMER_PROF,
    ITIMERS_SET,
    ITIMER_LIMIT = ITIMERS_SET,
    ITIMERS
};

/* Of a process. */
struct itimer {
    struct timer timer;
    struct linux_process *owner;
    int which;
    struct timer_setting setting; /* guarded by owner's lock */
};

void itimers_init(struct itimer itimers[ITIMERS], struct linux_process *owner);
/* RLIMIT_CPU is new: SIGXCPU when the soft limit comes and each second after, SIGKILL at the
 * hard one. No lock held. */
void itimer_limit_cpu(struct linux_process *lp);
/* The process ends: after it no callback runs. */
void itimers_fini(struct itimer itimers[ITIMERS]);
