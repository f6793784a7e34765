/*
 * memory.h - how much memory this host can spare.
 */
#pragma once

#include <stdint.h>

/* Bytes that the host, and each cgroup that we are in, has available. */
uint64_t memory_available(void);
