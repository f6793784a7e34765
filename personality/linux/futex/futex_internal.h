/*
 * futex_internal.h - the waiters of futexes, in hash buckets by the word that they wait for.
 *
 * A bucket's lock is a leaf: no user memory is touched under it. So a waiter is put into its
 * bucket first and looks at the word afterwards, and who changes a word looks at the bucket
 * afterwards: at least one of the two sees the other.
 */
#pragma once

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

/* A word: in private memory by address space and address, in shared by VMO and offset. Both are
 * kept alive by who waits there. */
struct futex_key {
    const void *object;
    uint64_t offset;
};

static inline bool futex_key_equal(const struct futex_key *a, const struct futex_key *b)
{
    return a->object == b->object && a->offset == b->offset;
}

enum futex_kind {
    FUTEX_KIND_PLAIN, /* to be woken */
    FUTEX_KIND_MOVE,  /* to be moved to a lock by CMP_REQUEUE_PI, and by nothing else */
    FUTEX_KIND_LOCK,  /* for a PI lock: in a struct futex_lock_waiter */
};

struct futex_waiter {
    struct waiter waiter; /* on the bucket's list */
    struct futex_key key; /* changes by requeue, under both buckets' locks */
    uint32_t bitset;
    enum futex_kind kind;
    struct futex_key lock; /* of a MOVE: where to */
};

struct futex_bucket {
    struct spinlock lock;
    struct list waiters; /* of futex_waiter.waiter.link, oldest first; under lock */
};

struct futex_bucket *futex_bucket_of(const struct futex_key *key);
/* All of them, one after the other, for a thread that ends: NULL after the last. */
struct futex_bucket *futex_bucket_next(struct futex_bucket *b);

/* ERR_INVALID_ARGS: not aligned. ERR_FAULT. */
status_t futex_make_key(struct aspace *as, user_addr_t addr, bool private,
                        struct futex_key *key) MUST_USE;

void futex_enqueue(struct futex_waiter *w, struct task *task);
/* Idempotent; fired or not. */
void futex_dequeue(struct futex_waiter *w);

/* Up to `count` plain ones; how many. ERR_INVALID_ARGS: one there waits for something else. */
status_t futex_wake(const struct futex_key *key, unsigned count, uint32_t bitset,
                    unsigned *woken) MUST_USE;

/* ERR_SHOULD_WAIT: the word is not what the caller expects. */
status_t futex_compare(struct syscall *call, user_addr_t addr, uint32_t expect) MUST_USE;

/* An absolute timeout of the program, 0: none. */
status_t futex_deadline(struct syscall *call, user_addr_t addr, bool realtime,
                        time_ns_t *deadline) MUST_USE;

/* Sleep while the word is `expect`. OK: woken. ERR_SHOULD_WAIT, ERR_TIMED_OUT, interrupted. */
struct futex_wait {
    struct co co;
    struct syscall *call;
    user_addr_t addr;
    uint32_t expect;
    time_ns_t deadline;
    struct futex_waiter waiter; /* key and kind are the caller's */
    struct timer timer;
};
co_fn futex_wait;

/* FUTEX_REQUEUE, CMP_REQUEUE, WAKE_OP, CMP_REQUEUE_PI. */
status_t futex_requeue(struct syscall *call, bool private, bool compare) MUST_USE;
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
