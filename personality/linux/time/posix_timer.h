/*
 * posix_timer.h - the timers of a process that send a signal of choice (timer_create(2)).
 */
#pragma once

#include "base/list.h"
#include "hal/spinlock.h"

struct linux_process;

/* Of a process. `lock` serialises whoever arms and disarms its timers, the interval timers too;
 * it comes before linux_process.lock. */
struct posix_timers {
    struct spinlock lock;
    struct list list; /* of struct posix_timer, guarded by lock */
    unsigned count;
    int32_t next_id;
    bool wrapped; /* ids have been given out before */
};

void posix_timers_init(struct posix_timers *timers);
/* Exec, and the end: none is left, nor any signal of theirs. */
void posix_timers_clear(struct linux_process *lp);
