/*
 * itimer.h - the interval timers, each with its signal (setitimer(2), alarm(2)).
 */
#pragma once

#include "co/timer.h"
#include "personality/linux/time/timer_setting.h"

struct linux_process;

/* By their numbers. */
enum { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF, ITIMERS };

/* Of a process. */
struct itimer {
    struct timer timer;
    struct linux_process *owner;
    int which;
    struct timer_setting setting; /* guarded by owner's lock */
};

void itimers_init(struct itimer itimers[ITIMERS], struct linux_process *owner);
/* The process ends: after it no callback runs. */
void itimers_fini(struct itimer itimers[ITIMERS]);
