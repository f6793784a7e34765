/*
 * host.h - whether this host lets a library OS run.
 */
#pragma once

#include <stdint.h>

/* For a machine with so many bytes of memory. Raises soft limits as far as it has to. What is
 * lacking ends the launcher with one line and status 125 (docs/host.md). */
void host_check(uint64_t memory);
