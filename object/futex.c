/*
 * futex.c - sleeping on a word of user memory, waking who sleeps there, and moving sleepers.
 */
#include "object/futex.h"

#include "base/hash.h"
#include "object/thread.h"

enum { BUCKETS = 256 };
static struct futex_bucket buckets[BUCKETS];

void futex_init(void)
{
    for (unsigned i = 0; i < BUCKETS; i++)
        list_init(&buckets[i].waiters);
}

struct futex_bucket *futex_bucket_of(const struct futex_key *key)
{
    return &buckets[hash_u64((uint64_t)(uintptr_t)key->object ^ key->offset) % BUCKETS];
}

struct futex_bucket *futex_bucket_next(struct futex_bucket *b)
{
    b = b ? b + 1 : buckets;
    return b < buckets + BUCKETS ? b : NULL;
}

status_t futex_make_key(struct aspace *as, user_addr_t addr, bool private,
                        struct futex_key *key)
{
    struct mapping_info info;

    if (!IS_ALIGNED(addr, 4))
        return ERR_INVALID_ARGS;
    if (addr < HAL_USER_BASE || addr >= HAL_USER_END)
        return ERR_FAULT;
    *key = (struct futex_key){as, addr};
    if (private)
        return OK;
    if (aspace_next_mapping(as, addr, &info) != OK)
        return ERR_FAULT;
    if (info.base > addr) {
        vmo_put(info.vmo);
        return ERR_FAULT;
    }
    if (info.flags & MAPPING_SHARED)
        *key = (struct futex_key){info.vmo, info.offset + (addr - info.base)};
    vmo_put(info.vmo);
    return OK;
}

/* Who owns the word. Caller holds the bucket's lock. */
static koid_t owner_locked(struct futex_bucket *b, const struct futex_key *key)
{
    list_for_each (it, &b->waiters) {
        const struct futex_waiter *w = futex_waiter_of(it);

        if (w->kind == FUTEX_KIND_PLAIN && futex_key_equal(&w->key, key))
            return w->owner;
    }
    return ZX_KOID_INVALID;
}

static void set_owner_locked(struct futex_bucket *b, const struct futex_key *key, koid_t owner)
{
    list_for_each (it, &b->waiters) {
        struct futex_waiter *w = futex_waiter_of(it);

        if (w->kind == FUTEX_KIND_PLAIN && futex_key_equal(&w->key, key))
            w->owner = owner;
    }
}

/* As `owner` has it; `woken` is the thread that was woken, if any. */
static void change_owner_locked(struct futex_bucket *b, const struct futex_key *key,
                                const struct futex_owner *owner, const struct thread *woken)
{
    const struct thread *t = owner->rule == FUTEX_OWNER_WOKEN ? woken : owner->thread;

    if (owner->rule != FUTEX_OWNER_KEEP)
        set_owner_locked(b, key, t ? t->object.koid : ZX_KOID_INVALID);
}

/* Caller holds the bucket's lock. */
static bool waits_locked(struct futex_bucket *b, const struct futex_key *key,
                         const struct thread *t)
{
    list_for_each (it, &b->waiters) {
        const struct futex_waiter *w = futex_waiter_of(it);

        if (t && w->waiter.task == &t->task && futex_key_equal(&w->key, key))
            return true;
    }
    return false;
}

koid_t futex_owner_koid(const struct futex_key *key)
{
    struct futex_bucket *b = futex_bucket_of(key);
    SPIN_GUARD(&b->lock);

    return owner_locked(b, key);
}

void futex_enqueue(struct futex_waiter *w, struct task *task)
{
    struct futex_bucket *b = futex_bucket_of(&w->key);

    waiter_init(&w->waiter, task);
    SPIN_GUARD(&b->lock);
    w->owner = owner_locked(b, &w->key);
    list_push_back(&b->waiters, &w->waiter.link);
}

/* The key may change under us until its bucket is locked; a fired waiter's does not. */
void futex_dequeue(struct futex_waiter *w)
{
    for (;;) {
        struct futex_key key = w->key;
        struct futex_bucket *b = futex_bucket_of(&key);
        SPIN_GUARD(&b->lock);

        if (!futex_key_equal(&key, &w->key))
            continue;
        list_remove(&w->waiter.link);
        return;
    }
}

/* Caller holds the bucket's lock. */
static status_t wake_locked(struct futex_bucket *b, struct futex_wake *wake)
{
    const struct thread *last = NULL;

    wake->woken = 0;
    list_for_each_safe (it, &b->waiters) {
        struct futex_waiter *w = futex_waiter_of(it);

        if (wake->woken == wake->count)
            break;
        if (!futex_key_equal(&w->key, &wake->key))
            continue;
        if (w->kind != FUTEX_KIND_PLAIN)
            return ERR_INVALID_ARGS;
        if (!(w->bitset & wake->bitset))
            continue;
        last = thread_of_task(w->waiter.task);
        waiter_fire(&w->waiter);
        wake->woken++;
    }
    change_owner_locked(b, &wake->key, &wake->owner, last);
    return OK;
}

status_t futex_wake(struct futex_wake *wake)
{
    struct futex_bucket *b = futex_bucket_of(&wake->key);
    SPIN_GUARD(&b->lock);

    return wake_locked(b, wake);
}

/* Moves up to `move_max` plain ones. Both buckets' locks are held. */
static status_t move_locked(struct futex_requeue *rq, struct futex_bucket *from,
                            struct futex_bucket *to)
{
    list_for_each_safe (it, &from->waiters) {
        struct futex_waiter *w = futex_waiter_of(it);

        if (rq->moved == rq->move_max)
            break;
        if (!futex_key_equal(&w->key, &rq->wake.key))
            continue;
        if (w->kind != FUTEX_KIND_PLAIN)
            return ERR_INVALID_ARGS;
        list_remove(&w->waiter.link);
        w->owner = owner_locked(to, &rq->to);
        w->key = rq->to;
        list_push_back(&to->waiters, &w->waiter.link);
        rq->moved++;
    }
    change_owner_locked(to, &rq->to, &rq->owner, NULL);
    return OK;
}

static status_t requeue_locked(struct futex_requeue *rq, struct futex_bucket *from,
                               struct futex_bucket *to)
{
    const struct thread *owner = rq->owner.thread;
    status_t st;

    if (waits_locked(from, &rq->wake.key, owner) || waits_locked(to, &rq->to, owner))
        return ERR_INVALID_ARGS;
    st = wake_locked(from, &rq->wake);
    if (st != OK || futex_key_equal(&rq->wake.key, &rq->to))
        return st;
    return move_locked(rq, from, to);
}

status_t futex_requeue(struct futex_requeue *rq)
{
    struct futex_bucket *from = futex_bucket_of(&rq->wake.key), *to = futex_bucket_of(&rq->to);
    /* In address order, so that two requeues do not wait for each other. */
    struct futex_bucket *first = from < to ? from : to, *second = from < to ? to : from;
    SPIN_GUARD(&first->lock);

    rq->moved = 0;
    if (first == second)
        return requeue_locked(rq, from, to);
    SPIN_GUARD(&second->lock);
    return requeue_locked(rq, from, to);
}

status_t futex_compare(struct user_access *ua, user_addr_t addr, uint32_t expect)
{
    uint32_t value;
    status_t st = user_load_u32(ua, addr, &value);

    return st != OK ? st : value != expect ? ERR_SHOULD_WAIT : OK;
}

/* The wait is on: the word has a new owner, unless we have been woken or moved already. */
static status_t take_owner(struct futex_wait *f)
{
    struct futex_key key = f->waiter.key;
    struct futex_bucket *b = futex_bucket_of(&key);
    SPIN_GUARD(&b->lock);

    if (waiter_fired(&f->waiter.waiter) || !futex_key_equal(&key, &f->waiter.key))
        return OK;
    if (waits_locked(b, &key, f->owner.thread))
        return ERR_INVALID_ARGS;
    change_owner_locked(b, &key, &f->owner, NULL);
    return OK;
}

CO_FN(futex_wait)
{
    status_t st;

    futex_enqueue(&f->waiter, task);
    st = futex_compare(f->ua, f->addr, f->expect);
    if (st == OK && f->owner.rule != FUTEX_OWNER_KEEP)
        st = take_owner(f);
    if (st == OK) {
        timer_arm(&f->timer, task, f->deadline);
        CO_WAIT_UNTIL(waiter_fired(&f->waiter.waiter) || timer_fired(&f->timer));
        timer_disarm(&f->timer);
        st = timer_fired(&f->timer) ? ERR_TIMED_OUT : task_interrupted_status(task);
    }
    futex_dequeue(&f->waiter);
    /* A wake that was meant for us is not lost, whatever else happened. */
    CO_RETURN(waiter_fired(&f->waiter.waiter) ? OK : st);
}
CO_END
