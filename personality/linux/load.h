/*
 * load.h - load averages: how many threads run or could, over the last 1, 5 and 15 minutes
 * (getloadavg(3)).
 */
#pragma once

#include "base/types.h"

enum { LOAD_SHIFT = 11 }; /* averages are fractions of 1 << 11 */

/* Once per boot; an average is 0 until then. */
void load_init(void);
void load_averages(uint32_t out[3]);

struct thread;
/* It runs or could: it is not parked. Caller holds the object.lock of its process. */
bool load_is_running(struct thread *t);

struct load_threads {
    unsigned running, all;
};
/* Of every process, now. Takes family_lock. */
struct load_threads load_threads_now(void);
