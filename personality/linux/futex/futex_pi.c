/*
 * futex_pi.c - locks whose word names the owner (futex(2), "Priority-inheritance futexes").
 *
 * The word is 0, or the owner's tid with FUTEX_WAITERS while somebody waits in the kernel. An
 * owner that lets go with waiters makes the word the first one's and then fires it, so that a
 * lock with waiters is never free. Nobody inherits a priority: all threads have the same.
 *
 * The word cannot be changed under a bucket's lock, so that the two sides meet like this:
 *     waiter: enqueue;      compare and exchange the word (sets FUTEX_WAITERS);  sleep
 *     owner:  compare and exchange the word;  look into the bucket for whom it must tell
 * The exchange that comes second finds what the first side did, and starts over.
 */
#include "personality/linux/futex/futex_internal.h"
#include "personality/linux/process/pid.h"

static struct futex_lock_waiter *lock_waiter_of(struct list *link)
{
    return container_of(link, struct futex_lock_waiter, waiter.waiter.link);
}

static bool waits_for(struct list *link, const struct futex_key *key)
{
    const struct futex_waiter *w = container_of(link, struct futex_waiter, waiter.link);

    return w->kind == FUTEX_KIND_LOCK && futex_key_equal(&w->key, key);
}

/* Somebody waits otherwise for the word of a lock: the program mixes the two. */
static bool is_misused(const struct futex_key *key)
{
    struct futex_bucket *b = futex_bucket_of(key);
    SPIN_GUARD(&b->lock);

    list_for_each (it, &b->waiters) {
        const struct futex_waiter *w = container_of(it, struct futex_waiter, waiter.link);

        if (w->kind != FUTEX_KIND_LOCK && futex_key_equal(&w->key, key))
            return true;
    }
    return false;
}

/* Does anyone wait for the lock? */
static bool contended(const struct futex_key *key)
{
    struct futex_bucket *b = futex_bucket_of(key);
    SPIN_GUARD(&b->lock);

    list_for_each (it, &b->waiters)
        if (waits_for(it, key))
            return true;
    return false;
}

/* `lt` has got the lock: who waits waits for it now, and its end is of interest. */
static void change_owner_locked(struct futex_bucket *b, const struct futex_key *key,
                                struct linux_thread *lt)
{
    list_for_each (it, &b->waiters) {
        struct futex_lock_waiter *w;

        if (!waits_for(it, key))
            continue;
        w = lock_waiter_of(it);
        w->owner = lt->tid;
        atomic_store_explicit(&w->lt->waits_for, lt->tid, memory_order_relaxed);
        atomic_store_explicit(&lt->waited_for, true, memory_order_relaxed);
    }
}

/* One step towards the lock: OK: got it. ERR_SHOULD_WAIT: `*value` is the word, with an owner
 * that is someone else, or was when it was read. ERR_DEADLOCK: it is the caller's already. */
static status_t take_free(struct syscall *call, user_addr_t addr, const struct futex_key *key,
                          int32_t dead, uint32_t *value)
{
    struct linux_thread *lt = current_linux(call);
    uint32_t seen, owner, want;
    status_t st = user_load_u32(&call->thread->user, addr, value);

    for (;; *value = seen) {
        if (st != OK)
            return st;
        owner = *value & FUTEX_TID_MASK;
        if (owner == (uint32_t)lt->tid)
            return ERR_DEADLOCK;
        if (owner && owner != (uint32_t)dead)
            return ERR_SHOULD_WAIT;
        want = (uint32_t)lt->tid | (*value & FUTEX_OWNER_DIED) |
               (owner ? FUTEX_OWNER_DIED : 0) | (contended(key) ? FUTEX_WAITERS : 0);
        st = user_cmpxchg_u32(&call->thread->user, addr, *value, want, &seen);
        if (st == OK && seen == *value)
            break;
    }
    struct futex_bucket *b = futex_bucket_of(key);
    SPIN_GUARD(&b->lock);
    change_owner_locked(b, key, lt);
    return OK;
}

/* Would the caller wait for itself, by way of others? family_lock is held. */
static bool closes_circle_locked(const struct linux_thread *lt, pid_t_ owner)
{
    enum { LONGEST = 1024 };

    for (int steps = 0; owner && steps < LONGEST; steps++) {
        struct linux_thread *next = tid_find_locked(owner);

        if (!next)
            return false;
        owner = atomic_load_explicit(&next->waits_for, memory_order_relaxed);
        if (owner == lt->tid)
            return true;
    }
    return false;
}

/* We wait for the owner from here on, unless it has seen us already. */
static void note_wait(struct futex_lock_waiter *w, struct linux_thread *owner)
{
    struct futex_bucket *b = futex_bucket_of(&w->waiter.key);
    SPIN_GUARD(&b->lock);

    if (w->granting || waiter_fired(&w->waiter.waiter))
        return;
    atomic_store_explicit(&owner->waited_for, true, memory_order_relaxed);
    atomic_store_explicit(&w->lt->waits_for, w->owner, memory_order_relaxed);
}

/* ERR_DEADLOCK. ERR_NO_PROCESS: there is no such thread, or its end would not be noticed any
 * more. Otherwise it will. */
static status_t follow(struct futex_lock_waiter *w)
{
    SPIN_GUARD(&family_lock);
    struct linux_thread *owner = tid_find_locked(w->owner);

    if (!owner || owner->past_futexes)
        return ERR_NO_PROCESS;
    if (closes_circle_locked(w->lt, w->owner))
        return ERR_DEADLOCK;
    note_wait(w, owner);
    return OK;
}

/* Enqueued: see that the word says so, and whom to wait for. OK; ERR_SHOULD_WAIT: it changed.
 */
static status_t announce(struct syscall *call, user_addr_t addr, struct futex_lock_waiter *w,
                         uint32_t value)
{
    uint32_t seen;
    status_t st =
        user_cmpxchg_u32(&call->thread->user, addr, value, value | FUTEX_WAITERS, &seen);

    if (st != OK)
        return st;
    if (seen != value)
        return ERR_SHOULD_WAIT;
    st = follow(w);
    if (st != ERR_NO_PROCESS)
        return st;
    st = futex_compare(&call->thread->user, addr, value | FUTEX_WAITERS);
    return st == OK ? ERR_NO_PROCESS : st;
}

/* Off the bucket. False: the lock is being made ours, and we are fired soon. */
static bool leave(struct futex_lock_waiter *w)
{
    struct futex_bucket *b = futex_bucket_of(&w->waiter.key);
    SPIN_GUARD(&b->lock);

    if (w->granting)
        return false;
    list_remove(&w->waiter.waiter.link);
    atomic_store_explicit(&w->lt->waits_for, 0, memory_order_relaxed);
    return true;
}

/* Into the bucket. */
static void begin(struct futex_lock_waiter *w, struct linux_thread *lt, uint32_t value,
                  struct task *task)
{
    w->waiter.kind = FUTEX_KIND_LOCK;
    w->lt = lt;
    w->owner = (int32_t)(value & FUTEX_TID_MASK);
    w->granting = w->owned = w->orphaned = false;
    futex_enqueue(&w->waiter, task);
}

/* Tries, and if that does not do, enqueues. OK: got it; ERR_SHOULD_WAIT: enqueued. */
static status_t try_or_enqueue(struct futex_lock *f, struct task *task)
{
    struct futex_lock_waiter *w = &f->waiter;
    uint32_t value;
    status_t st;

    for (;;) {
        st = take_free(f->call, f->addr, &w->waiter.key, w->orphaned ? w->owner : 0, &value);
        if (st != ERR_SHOULD_WAIT)
            return st;
        if (is_misused(&w->waiter.key))
            return ERR_INVALID_ARGS;
        begin(w, current_linux(f->call), value, task);
        st = announce(f->call, f->addr, w, value);
        if (st == OK || !leave(w))
            return ERR_SHOULD_WAIT;
        if (w->owned)
            return OK;
        if (st != ERR_SHOULD_WAIT && !w->orphaned)
            return st;
    }
}

CO_FN(futex_lock)
{
    status_t st;

    f->waiter.orphaned = false;
    timer_arm(&f->timer, task, f->deadline);
    for (;;) {
        st = try_or_enqueue(f, task);
        if (st != ERR_SHOULD_WAIT)
            break;
        CO_WAIT_UNTIL(waiter_fired(&f->waiter.waiter.waiter) || timer_fired(&f->timer));
        if (!leave(&f->waiter)) {
            CO_BLOCK_UNTIL(waiter_fired(&f->waiter.waiter.waiter)); /* the owner is at it */
            (void)leave(&f->waiter);
        }
        if (f->waiter.owned) {
            st = OK;
            break;
        }
        if (waiter_fired(&f->waiter.waiter.waiter))
            continue;
        st = timer_fired(&f->timer) ? ERR_TIMED_OUT : task_interrupted_status(task);
        break;
    }
    timer_disarm(&f->timer);
    CO_RETURN(st);
}
CO_END

status_t futex_trylock(struct syscall *call, bool private)
{
    struct futex_key key;
    uint32_t value;
    status_t st = futex_make_key(call->thread->user.aspace, call->arg[0], private, &key);

    return st == OK ? take_free(call, call->arg[0], &key, 0, &value) : st;
}

/* The waiter that gets the lock; it stays where it is until `conclude`. NULL: none. */
static struct futex_lock_waiter *choose(const struct futex_key *key)
{
    struct futex_bucket *b = futex_bucket_of(key);
    SPIN_GUARD(&b->lock);

    list_for_each (it, &b->waiters)
        if (waits_for(it, key)) {
            lock_waiter_of(it)->granting = true;
            return lock_waiter_of(it);
        }
    return NULL;
}

/* The word is the chosen one's, or (it could not be written) it looks again. */
static void conclude(struct futex_lock_waiter *w, bool owned)
{
    struct futex_key key = w->waiter.key;
    struct futex_bucket *b = futex_bucket_of(&key);
    SPIN_GUARD(&b->lock);

    w->granting = false;
    w->owned = owned;
    atomic_store_explicit(&w->lt->waits_for, 0, memory_order_relaxed);
    list_remove(&w->waiter.waiter.link);
    if (owned)
        change_owner_locked(b, &key, w->lt);
    waiter_fire(&w->waiter.waiter);
}

/* Replaces the word while it is the caller's. ERR_NOT_PERMITTED: it is not. */
static status_t give(struct syscall *call, uint32_t to)
{
    uint32_t value, seen;
    status_t st = user_load_u32(&call->thread->user, call->arg[0], &value);

    for (;; value = seen) {
        if (st != OK)
            return st;
        if ((value & FUTEX_TID_MASK) != (uint32_t)current_linux(call)->tid)
            return ERR_NOT_PERMITTED;
        st = user_cmpxchg_u32(&call->thread->user, call->arg[0], value, to, &seen);
        if (st == OK && seen == value)
            return OK;
    }
}

status_t futex_unlock(struct syscall *call, bool private)
{
    struct futex_lock_waiter *next;
    struct futex_key key;
    uint32_t value;
    status_t st = futex_make_key(call->thread->user.aspace, call->arg[0], private, &key);

    if (st == OK)
        st = user_load_u32(&call->thread->user, call->arg[0], &value);
    if (st == OK && (value & FUTEX_TID_MASK) != (uint32_t)current_linux(call)->tid)
        st = ERR_NOT_PERMITTED;
    if (st == OK && is_misused(&key))
        st = ERR_INVALID_ARGS;
    if (st != OK)
        return st;
    next = choose(&key);
    st = give(call, next ? (uint32_t)next->lt->tid | FUTEX_WAITERS : 0);
    if (next)
        conclude(next, st == OK);
    else if (st == OK && (next = choose(&key))) /* came meanwhile, and saw us */
        conclude(next, false);
    return st;
}

/* Caller holds the bucket's lock. */
static void orphan_locked(struct futex_bucket *b, pid_t_ owner)
{
    list_for_each_safe (it, &b->waiters) {
        struct futex_waiter *w = container_of(it, struct futex_waiter, waiter.link);
        struct futex_lock_waiter *lw = lock_waiter_of(it);

        if (w->kind != FUTEX_KIND_LOCK || lw->owner != owner || lw->granting)
            continue;
        lw->orphaned = true;
        waiter_fire(&w->waiter);
    }
}

void futex_orphan_waiters(struct linux_thread *lt)
{
    {
        /* Whoever comes later finds out by itself; see follow. */
        SPIN_GUARD(&family_lock);
        lt->past_futexes = true;
    }
    if (!atomic_load_explicit(&lt->waited_for, memory_order_relaxed))
        return;
    for (struct futex_bucket *b = NULL; (b = futex_bucket_next(b));) {
        SPIN_GUARD(&b->lock);
        orphan_locked(b, lt->tid);
    }
}
