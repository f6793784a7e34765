/*
 * message_in.h - a program's bytes and handles as a message: the common part of
 * zx_channel_write and zx_channel_call, and of their etc. forms.
 */
#pragma once

#include "object/message.h"
#include "personality/zircon/call.h"
#include "personality/zircon/message_form.h"
#include "uapi/zircon/syscalls/channel.h"

/*
 * Handles that move leave the program's table whatever the outcome. Refusals in this order:
 * `before`; ERR_OUT_OF_RANGE (too many bytes or handles); ERR_NO_MEMORY; a bad pointer; of the
 * handles, the first that is ERR_BAD_HANDLE, ERR_NOT_SUPPORTED (the channel itself) or
 * ERR_ACCESS_DENIED (may not be transferred), or that is not what its disposition says, whose
 * `result` then tells what of it was refused.
 */
struct message_in {
    struct co co;
    struct syscall *call;        /* in */
    status_t before;             /* in: what the call was refused for already; OK: nothing */
    struct object *channel;      /* in: it will go through; NULL if `before` */
    user_addr_t bytes, handles;  /* in */
    uint32_t size, handle_count; /* in: bytes, or iovecs; handles */
    enum message_form form;      /* in: HANDLE_INFOS: handles are zx_handle_disposition_t */
    bool gather;                 /* in: bytes are given by zx_channel_iovec_t */
    struct message *message;     /* out, on OK */
    status_t handle_status;
    uint32_t taken;             /* handles that are done with */
    uint32_t count;             /* of values or dispositions */
    bool refused;               /* one of the dispositions was */
    zx_channel_iovec_t *vector; /* heap */
    uint32_t index, filled;     /* of vector; bytes of the message */
    union {
        handle_t values[16];
        zx_handle_disposition_t dispositions[4];
    };
    struct transfer transfer;
};
co_fn message_in;
