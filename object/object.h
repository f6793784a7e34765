/*
 * object.h - the kernel object: identity, lifetime, signals, and waiting for signals.
 *
 * A concrete object embeds `struct object` as its first member and supplies one const ops
 * table.
 *
 * Lifetime: `refs` counts pointers, `handles` counts user-visible handles (in tables and in
 * messages). When the last handle closes the object learns of it (peers get PEER_CLOSED, waits
 * end); when the last reference goes the memory does. A handle holds a reference, so handles
 * reach zero first.
 *
 * Lock order: handle_table.lock -> object.lock -> executor.ready_lock. object.lock is a leaf
 * but for wakes: no other object's lock is taken under it, except that of a handle's file
 * (personality/zircon/fd_calls.c).
 */
#pragma once

#include "co/timer.h"
#include "uapi/zircon/types.h"

typedef uint32_t signals_t;
typedef uint32_t rights_t;
typedef uint64_t koid_t; /* never reused while the system is up */

/* Beyond Zircon's 32 signals: delivered to waiters only, never stored. Bit 23 is HANDLE_CLOSED.
 */
#define SIGNAL_HANDLE_CLOSED ZX_SIGNAL_HANDLE_CLOSED

struct object;

struct object_ops {
    const char *name;
    uint32_t type;                       /* ZX_OBJ_TYPE_*; 0: never in a Zircon handle table */
    rights_t rights;                     /* default rights of a new handle */
    signals_t user_signals;              /* what zx_object_signal may touch */
    void (*destroy)(struct object *obj); /* last reference is gone; frees the memory */
    void (*on_zero_handles)(struct object *obj); /* optional; no lock held */
    /* Optional: the peer, a reference of the caller's, or NULL. */
    struct object *(*peer)(struct object *obj);
};

struct object {
    const struct object_ops *ops;
    koid_t koid;
    atomic_uint refs;
    atomic_uint handles;

    struct spinlock lock;
    signals_t signals;     /* changes under lock */
    struct list observers; /* of observer.waiter.link; guarded by lock */
};

/* Someone waiting for `want` on `obj`, come in through handle value `handle` (0: none). */
struct observer {
    struct waiter waiter;
    struct object *obj; /* whoever arms the observer keeps it alive */
    signals_t want;
    signals_t seen; /* valid once fired: the signals that fired it */
    uint32_t handle;
    /* Notify for every change that has a wanted bit, and stay linked, until unobserved. */
    bool persistent;
    /* Persistent ones: notify when a wanted bit falls, too. */
    bool falls;
    /* Fires only for a wanted bit that rises after arming. */
    bool edge;
    /* Instead of waking a task: called under obj->lock, once, unlinked; takes leaf locks only.
     * NULL: wake waiter.task. For ports and epoll. */
    void (*notify)(struct observer *ob);
};

/* Born with one reference, which is the creator's. */
void object_init(struct object *obj, const struct object_ops *ops, signals_t initial);
struct object *object_get(struct object *obj);
void object_put(struct object *obj); /* NULL is fine */
/* From a list that holds no reference, under the lock that `destroy` takes to leave it: false
 * when the last reference is already gone. */
bool object_try_get(struct object *obj) MUST_USE;

/* One more / one less user handle; the last calls on_zero_handles. References are apart. */
void object_handle_get(struct object *obj);
void object_handle_put(struct object *obj);
/* One less; true: it was the last, and the caller does what on_zero_handles would. For objects
 * that hold handles of their own kind, so that a chain of them is closed without recursion. */
bool object_handle_put_last(struct object *obj) MUST_USE;

/* Of now. No lock needed. */
static inline signals_t object_signals(const struct object *obj)
{
    return __atomic_load_n(&obj->signals, __ATOMIC_ACQUIRE);
}

/* First clear, then set; fires every observer that now sees a wanted bit. */
void object_signal(struct object *obj, signals_t clear, signals_t set);
/* The same with obj->lock held. */
void object_signal_locked(struct object *obj, signals_t clear, signals_t set);

/* The handle went away: observers that came in through it fire with SIGNAL_HANDLE_CLOSED. */
void object_cancel_handle(struct object *obj, uint32_t handle);

/* Arm: obj, want, handle, notify are set. Fires at once if a wanted signal is asserted. */
void object_observe(struct observer *ob, struct task *task);
/* Disarm; idempotent. The signals that fired it, or those asserted now if nothing did. */
signals_t object_unobserve(struct observer *ob);

/*
 * Wait until an armed observer fires, `deadline` passes or the task is interrupted; then disarm
 * it. OK, ERR_TIMED_OUT, ERR_CANCELED (handle closed under us, or killed), ERR_INTERRUPTED. An
 * asserted signal beats a deadline that has passed. `observed` is filled in whatever the
 * outcome.
 */
struct object_wait {
    struct co co;
    struct observer *observer; /* in */
    time_ns_t deadline;        /* in */
    signals_t observed;        /* out */
    struct timer timer;
};
co_fn object_wait;

/* Objects alive, for leak tests. */
unsigned object_count(void);
