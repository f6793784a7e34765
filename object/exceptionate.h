/*
 * exceptionate.h - where the exceptions of a task go: a place for one channel, whose other end
 * a handler reads.
 *
 * A thread has one, a process and a job two: for handlers and for debuggers. It is empty most
 * of the time, and exceptions_bound() tells that nobody in the whole system listens.
 */
#pragma once

#include "object/handle.h"

struct exceptionate {
    struct spinlock lock; /* -> object.lock */
    bool shut : 1;        /* the task is dying: nobody listens any more; guarded by lock */
    rights_t rights : 31; /* of the task handle that bound it, which its handler's tasks have
                             too; guarded by lock */
    struct object *end;   /* the kernel's, with a handle count; NULL: nobody listens; by lock */
};

/*
 * A new channel; `*out` is the handler's end, a reference of the caller's, who gives it a
 * handle. ERR_ALREADY_BOUND: somebody listens; ERR_BAD_STATE: the task is dying.
 */
status_t exceptionate_bind(struct exceptionate *e, rights_t rights,
                           struct object **out) MUST_USE;

/* The task is dying: its handler sees PEER_CLOSED once it has read what is there. Idempotent;
 * no lock held. */
void exceptionate_shut(struct exceptionate *e);

/* Somebody listens, or did so until just now. */
bool exceptionate_bound(struct exceptionate *e);

/* The kernel's end, a reference of the caller's, for a message to the handler; `*rights` are
 * those of the task handle that bound it. NULL: nobody listens. */
struct object *exceptionate_end(struct exceptionate *e, rights_t *rights);

/* False: no exceptionate is bound anywhere, so there is none to ask. */
bool exceptions_bound(void);
