/*
 * process_internal.h - what process.c and thread.c do for each other.
 */
#pragma once

#include "object/process.h"

struct personality;

/* The last thread is gone (state is DEAD): give back handles and memory, tell everybody. */
void process_end(struct process *p, const struct personality *personality);
