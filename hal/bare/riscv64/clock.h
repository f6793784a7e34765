/*
 * clock.h - setting up hal/time.h from the machine's description.
 */
#pragma once

#include "base/types.h"

struct machine;

/* Once, on the boot CPU. */
void clock_init(const struct machine *machine);

/* The timer interrupts on this CPU, interrupts are off: has the deadline come? If not, the
 * timer is set again. */
bool clock_deadline_came(void);
