/*
 * channel.h - options and structs of the channel calls (zircon/types.h).
 */
#pragma once

#include "uapi/zircon/types.h"

#define ZX_CHANNEL_READ_MAY_DISCARD 1u

/* zx_channel_call: one message out, and the answer with the same transaction id in. */
typedef struct zx_channel_call_args {
    const void *wr_bytes;
    const zx_handle_t *wr_handles;
    void *rd_bytes;
    zx_handle_t *rd_handles;
    uint32_t wr_num_bytes, wr_num_handles;
    uint32_t rd_num_bytes, rd_num_handles;
} zx_channel_call_args_t;
