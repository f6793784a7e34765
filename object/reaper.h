/*
 * reaper.h - processes whose address space the machine lost: on the library OS a host process
 * can be killed from outside, and takes only its guest process with it.
 */
#pragma once

#include "object/process.h"

/* Once, at boot: starts the reaper's task. */
void reaper_init(void);

/* hal_upcalls.space_died: notes it and wakes the reaper. Takes leaf locks only. */
void reaper_space_died(struct hal_pt *pt);

/* By process.c: birth and end of every process. */
void reaper_add(struct process *p);
void reaper_remove(struct process *p);
