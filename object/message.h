/*
 * message.h - what a channel carries: bytes and handles in one allocation, made before any lock
 * is taken.
 */
#pragma once

#include "object/handle.h"

struct message {
    struct list link; /* guarded by the lock of the list that it is on */
    uint32_t size, handle_count;
    struct handle handles[]; /* handle_count; the bytes follow */
};

/* Handles are none, bytes undefined. NULL: out of memory. */
struct message *message_alloc(uint32_t size, uint32_t handle_count) MUST_USE;

/*
 * Drops the handles and frees each message of the list, and what the channels among them still
 * held, and so on: a loop, so that a message in a channel in a message costs no stack.
 */
void messages_free(struct list *messages);
void message_free(struct message *m); /* NULL is fine */

static inline unsigned char *message_bytes(struct message *m)
{
    return (unsigned char *)&m->handles[m->handle_count];
}
