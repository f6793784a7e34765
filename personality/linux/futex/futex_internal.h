/*
 * futex_internal.h - what futex(2) has on top of object/futex.h: its operations, and locks.
 */
#pragma once

#include "object/futex.h"
#include "personality/linux/futex/futex.h"

/* futex(2) */
enum {
    FUTEX_WAIT,
    FUTEX_WAKE,
    FUTEX_REQUEUE = 3,
    FUTEX_CMP_REQUEUE,
    FUTEX_WAKE_OP,
    FUTEX_LOCK_PI,
    FUTEX_UNLOCK_PI,
    FUTEX_TRYLOCK_PI,
    FUTEX_WAIT_BITSET,
    FUTEX_WAKE_BITSET,
    FUTEX_WAIT_REQUEUE_PI,
    FUTEX_CMP_REQUEUE_PI,
    FUTEX_LOCK_PI2,
    FUTEX_PRIVATE = 128,
    FUTEX_CLOCK_REALTIME = 256,
};

/* The word of a lock: its owner, and (robust_futexes, PI) what others must know. */
enum { FUTEX_OWNER_DIED = 0x40000000, FUTEX_TID_MASK = 0x3fffffff };
#define FUTEX_WAITERS 0x80000000u

/* Beside FUTEX_KIND_PLAIN of object/futex.h. */
enum {
    FUTEX_KIND_MOVE = FUTEX_KIND_PLAIN + 1, /* in a struct sys_futex: to be moved to a lock by
                                             * CMP_REQUEUE_PI, and by nothing else */
    FUTEX_KIND_LOCK,                        /* for a PI lock: in a struct futex_lock_waiter */
};

/* An absolute timeout of the program, 0: none. */
status_t futex_deadline(struct syscall *call, user_addr_t addr, bool realtime,
                        time_ns_t *deadline) MUST_USE;

/* Up to `count` plain ones; how many. ERR_INVALID_ARGS: one there waits for something else. */
status_t futex_wake_plain(const struct futex_key *key, unsigned count, uint32_t bitset,
                          unsigned *woken) MUST_USE;

/* FUTEX_REQUEUE, CMP_REQUEUE, WAKE_OP, CMP_REQUEUE_PI. */
status_t futex_requeue_plain(struct syscall *call, bool private, bool compare) MUST_USE;
status_t futex_wake_op(struct syscall *call, bool private) MUST_USE;
status_t futex_requeue_pi(struct syscall *call, bool private) MUST_USE;

/* Waits for a lock. Guarded by the bucket's lock but for what is set before it is enqueued. */
struct futex_lock_waiter {
    struct futex_waiter waiter;
    struct linux_thread *lt; /* who waits */
    int32_t owner;           /* whom it waits for, as far as is known */
    bool granting;           /* the owner is making the word ours: stay until fired */
    bool owned;              /* fired, and the word is ours */
    bool orphaned;           /* fired, since `owner` ended without letting go */
};

/*
 * FUTEX_LOCK_PI: the word is the caller's on OK. ERR_DEADLOCK, ERR_NO_PROCESS (its owner is
 * gone), ERR_TIMED_OUT, interrupted.
 */
struct futex_lock {
    struct co co;
    struct syscall *call;
    user_addr_t addr;
    time_ns_t deadline;
    struct futex_lock_waiter waiter; /* key is the caller's */
    struct timer timer;
};
co_fn futex_lock;

status_t futex_trylock(struct syscall *call, bool private) MUST_USE;
status_t futex_unlock(struct syscall *call, bool private) MUST_USE;
/* The thread ends; those that wait for it look again. After its robust list has been walked. */
void futex_orphan_waiters(struct linux_thread *lt);
