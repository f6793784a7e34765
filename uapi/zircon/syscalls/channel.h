/*
 * channel.h - options and structs of the channel calls (zircon/types.h).
 */
#pragma once

#include "uapi/zircon/types.h"

#define ZX_CHANNEL_READ_MAY_DISCARD 1u
/* zx_channel_write and its kin: the bytes are given by zx_channel_iovec_t. */
#define ZX_CHANNEL_WRITE_USE_IOVEC 2u

typedef struct zx_channel_iovec {
    const void *buffer;
    uint32_t capacity; /* bytes */
    uint32_t reserved; /* 0 */
} zx_channel_iovec_t;

#define ZX_HANDLE_OP_MOVE      0u
#define ZX_HANDLE_OP_DUPLICATE 1u

/* A handle to send: how, what it has to be, and the rights that its receiver gets. */
typedef struct zx_handle_disposition {
    uint32_t operation;
    zx_handle_t handle;
    zx_obj_type_t type; /* NONE: any */
    zx_rights_t rights;
    zx_status_t result; /* out, when some handle of the message is refused */
} zx_handle_disposition_t;

/* zx_channel_call: one message out, and the answer with the same transaction id in. */
typedef struct zx_channel_call_args {
    const void *wr_bytes;
    const zx_handle_t *wr_handles;
    void *rd_bytes;
    zx_handle_t *rd_handles;
    uint32_t wr_num_bytes, wr_num_handles;
    uint32_t rd_num_bytes, rd_num_handles;
} zx_channel_call_args_t;

typedef struct zx_channel_call_etc_args {
    const void *wr_bytes;
    zx_handle_disposition_t *wr_handles;
    void *rd_bytes;
    zx_handle_info_t *rd_handles;
    uint32_t wr_num_bytes, wr_num_handles;
    uint32_t rd_num_bytes, rd_num_handles;
} zx_channel_call_etc_args_t;
