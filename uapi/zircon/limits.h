/*
 * limits.h - sizes that calls refuse to exceed (zircon/limits.h).
 */
#pragma once

#define ZX_MAX_NAME_LEN              32u /* with the final NUL */
#define ZX_CHANNEL_MAX_MSG_BYTES     65536u
#define ZX_CHANNEL_MAX_MSG_HANDLES   64u
#define ZX_CHANNEL_MAX_MSG_IOVECS    8192u
#define ZX_FIFO_MAX_SIZE_BYTES       4096u
#define ZX_WAIT_MANY_MAX_ITEMS       64u
#define ZX_CPRNG_DRAW_MAX_LEN        256u
#define ZX_CPRNG_ADD_ENTROPY_MAX_LEN 256u
#define ZX_CPU_SET_MAX_CPUS          512u
