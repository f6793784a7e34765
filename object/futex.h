/*
 * futex.h - sleeping on a word of user memory: those who wait, in hash buckets by the word.
 * Both personalities' futexes stand on it.
 *
 * A bucket's lock is outside only of ready lists: no user memory is touched under it. So a
 * waiter is put into its bucket first and looks at the word afterwards, and who changes a word
 * looks at the bucket afterwards: at least one of the two sees the other.
 */
#pragma once

#include "co/timer.h"
#include "object/object.h"
#include "vm/user_copy.h"

struct thread;

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

/* What a waiter is there for. Whoever wants something else of a word has a kind of its own, and
 * neither wakes nor moves others. */
enum { FUTEX_KIND_PLAIN /* to be woken, or moved to another word */ };

struct futex_waiter {
    struct waiter waiter; /* on the bucket's list */
    struct futex_key key; /* changes by requeue, under both buckets' locks */
    uint32_t bitset;      /* which wakes are for it */
    unsigned kind;        /* FUTEX_KIND_* */
    koid_t owner; /* of the word, the same in all its plain waiters; by the bucket's lock */
};

struct futex_bucket {
    struct spinlock lock;
    struct list waiters; /* of futex_waiter.waiter.link, oldest first; under lock */
};

/* Once, at boot, before the first thread. */
void futex_init(void);

struct futex_bucket *futex_bucket_of(const struct futex_key *key);
/* All of them, one after the other, for a thread that ends: NULL after the last. */
struct futex_bucket *futex_bucket_next(struct futex_bucket *b);

static inline struct futex_waiter *futex_waiter_of(struct list *link)
{
    return container_of(link, struct futex_waiter, waiter.link);
}

/* ERR_INVALID_ARGS: not aligned. ERR_FAULT. */
status_t futex_make_key(struct aspace *as, user_addr_t addr, bool private,
                        struct futex_key *key) MUST_USE;

void futex_enqueue(struct futex_waiter *w, struct task *task);
/* Idempotent; fired or not. */
void futex_dequeue(struct futex_waiter *w);

/* Who owns a word from now on. Nothing follows from that but what futex_owner says. */
struct futex_owner {
    enum {
        FUTEX_OWNER_KEEP, /* who did before */
        FUTEX_OWNER_SET,  /* `thread` */
        FUTEX_OWNER_WOKEN /* the thread that is woken */
    } rule;
    const struct thread *thread; /* the caller keeps it alive; NULL: nobody */
};

/* Wakes up to `count` plain waiters that have one of the bits. */
struct futex_wake {
    struct futex_key key;     /* in */
    unsigned count;           /* in */
    uint32_t bitset;          /* in */
    struct futex_owner owner; /* in */
    unsigned woken;           /* out */
};
/* ERR_INVALID_ARGS: one that waits there is of another kind. */
status_t futex_wake(struct futex_wake *wake) MUST_USE;

/* Wakes some, then moves up to `move_max` plain ones to `to`. */
struct futex_requeue {
    struct futex_wake wake;
    struct futex_key to;      /* in */
    unsigned move_max;        /* in */
    struct futex_owner owner; /* in: of `to` */
    unsigned moved;           /* out */
};
/* ERR_INVALID_ARGS as above, or: the new owner waits for one of the words. */
status_t futex_requeue(struct futex_requeue *rq) MUST_USE;

/* Its koid; ZX_KOID_INVALID: nobody owns the word, or nobody waits. */
koid_t futex_owner_koid(const struct futex_key *key);

/* ERR_SHOULD_WAIT: the word is not what the caller expects. ERR_FAULT, ERR_USER_PAGE. */
status_t futex_compare(struct user_access *ua, user_addr_t addr, uint32_t expect) MUST_USE;

/*
 * Sleeps while the word is `expect`. OK: woken. ERR_SHOULD_WAIT, ERR_TIMED_OUT, interrupted;
 * ERR_INVALID_ARGS: the new owner waits for the word.
 */
struct futex_wait {
    struct co co;
    struct user_access *ua;     /* in */
    user_addr_t addr;           /* in */
    uint32_t expect;            /* in */
    time_ns_t deadline;         /* in */
    struct futex_owner owner;   /* in */
    struct futex_waiter waiter; /* in: key, kind and bitset */
    struct timer timer;
};
co_fn futex_wait;
