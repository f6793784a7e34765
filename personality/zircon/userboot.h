/*
 * userboot.h - what the calls tell of the machine that started from a ZBI.
 */
#pragma once

#include "object/process.h"

/* `by` has started `p`: if it is userboot, `p` is the first program, whose end the machine's
 * status tells. */
void userboot_started(const struct process *by, struct process *p);
