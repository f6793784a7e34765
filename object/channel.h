/*
 * channel.h - channels: two ends, each with a queue of messages of bytes and handles.
 *
 * A message written to one end is read, whole and in order, from the other. READABLE: there is
 * one; WRITABLE: the peer is open; PEER_CLOSED: it is not, though messages may be left.
 */
#pragma once

#include "object/message.h"

/* Two ends, to be given handles (object/paired.h). */
status_t channel_create(struct object **a, struct object **b) MUST_USE;

/* The message is consumed on OK. ERR_PEER_CLOSED. */
status_t channel_write(struct object *channel, struct message *m) MUST_USE;

enum channel_oversize {
    CHANNEL_KEEP,    /* a message that is too large stays */
    CHANNEL_DISCARD, /* ... is lost */
};

/*
 * The oldest message, whose handles are the caller's now. ERR_SHOULD_WAIT, ERR_PEER_CLOSED (and
 * none is left); ERR_BUFFER_TOO_SMALL: it has more bytes or handles than `*size` and
 * `*handles`, which then say how many.
 */
status_t channel_read(struct object *channel, enum channel_oversize oversize, uint32_t *size,
                      uint32_t *handles, struct message **out) MUST_USE;

/* As on_zero_handles, but what is still queued goes to the end of `messages`. */
void channel_close(struct object *channel, struct list *messages);

/*
 * A message whose first word was overwritten by a transaction number, and the wait for the one
 * that answers it: the first to come back with the same number. Several may be under way;
 * others read the channel as usual. It outlives the frame that waits, so that a wait that was
 * interrupted is taken up again.
 */
struct channel_exchange {
    struct object *channel;  /* reference */
    struct message *request; /* NULL: sent */
    struct message *reply;   /* owned; NULL: none */
    uint32_t number;
    status_t ended;       /* why no reply will come; valid if fired without one */
    struct waiter waiter; /* on channel.callers */
};

/* Takes a reference to the channel; the request, of four bytes at least, is consumed on OK. */
status_t channel_exchange_create(struct object *channel, struct message *request,
                                 struct channel_exchange **out) MUST_USE;
/* With its messages; a reply that still comes is read as any other. NULL is fine. */
void channel_exchange_free(struct channel_exchange *exchange);

/*
 * Send the request, unless it is sent, and wait. ERR_PEER_CLOSED, ERR_TIMED_OUT, ERR_CANCELED
 * (killed, or the last handle was closed). ERR_INTERRUPTED: the exchange goes on, to be waited
 * for by the same task again; what comes meanwhile is kept.
 */
struct channel_call {
    struct co co;
    struct channel_exchange *exchange; /* in */
    time_ns_t deadline;                /* in */
    struct timer timer;
};
co_fn channel_call;
