/*
 * message_in.h - a program's bytes and handles as a message: the common part of
 * zx_channel_write and zx_channel_call.
 */
#pragma once

#include "object/message.h"
#include "personality/zircon/call.h"

/*
 * The handles leave the program's table whatever the outcome. Refusals in this order: `before`;
 * ERR_OUT_OF_RANGE (too many bytes or handles); ERR_NO_MEMORY; a bad pointer; of the handles,
 * the first that is ERR_BAD_HANDLE, ERR_NOT_SUPPORTED (the channel itself) or ERR_ACCESS_DENIED
 * (may not be transferred).
 */
struct message_in {
    struct co co;
    struct syscall *call;        /* in */
    status_t before;             /* in: what the call was refused for already; OK: nothing */
    struct object *channel;      /* in: it will go through; NULL if `before` */
    user_addr_t bytes, handles;  /* in */
    uint32_t size, handle_count; /* in */
    struct message *message;     /* out, on OK */
    status_t handle_status;
    uint32_t taken; /* handles that left the table */
    uint32_t count; /* of values */
    handle_t values[16];
    struct transfer transfer;
};
co_fn message_in;
