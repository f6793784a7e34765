/*
 * syscalls-next.h - what Fuchsia has here: restricted mode. The calls are with the others.
 */
#pragma once

#include "uapi/zircon/syscalls/restricted.h"
#include "zircon/syscalls.h"

#if defined(__x86_64__)
typedef zx_x86_64_restricted_state_t zx_restricted_state_t;
#elif defined(__riscv)
typedef zx_riscv64_restricted_state_t zx_restricted_state_t;
#endif
