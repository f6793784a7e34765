/*
 * message_out.h - a message into a program's buffers and handle table: the common part of
 * zx_channel_read, zx_channel_read_etc and zx_channel_call.
 */
#pragma once

#include "object/message.h"
#include "personality/zircon/call.h"
#include "personality/zircon/message_form.h"

/* The message fits and is consumed. If the program cannot be told of its handles, they close.
 */
struct message_out {
    struct co co;
    struct syscall *call;       /* in */
    struct message *message;    /* in */
    enum message_form form;     /* in */
    user_addr_t bytes, handles; /* in */
    uint32_t given;             /* handles in the program's table */
    uint32_t count;             /* of infos */
    zx_handle_info_t infos[8];
    handle_t values[8]; /* of infos, for the other form */
    struct transfer transfer;
};
co_fn message_out;

/* Sizes of a message, to wherever the program wants to know them; 0: it does not. */
struct sizes_out {
    struct co co;
    struct thread *thread;             /* in */
    uint32_t size, handles;            /* in */
    user_addr_t size_out, handles_out; /* in */
    struct transfer transfer;
};
co_fn sizes_out;
