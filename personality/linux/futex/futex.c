/*
 * futex.c - sleeping on a word of user memory, and waking who sleeps there (futex(2)).
 */
#include "base/hash.h"
#include "hal/time.h"
#include "personality/linux/futex/futex_internal.h"
#include "personality/linux/time/timespec.h"

enum { BUCKETS = 256 };
static struct futex_bucket buckets[BUCKETS];

/* Buckets start as zeroes; their lists are initialised at first use. */
static struct futex_bucket *ready(struct futex_bucket *b)
{
    SPIN_GUARD(&b->lock);

    if (!b->waiters.next)
        list_init(&b->waiters);
    return b;
}

struct futex_bucket *futex_bucket_of(const struct futex_key *key)
{
    return ready(&buckets[hash_u64((uint64_t)(uintptr_t)key->object ^ key->offset) % BUCKETS]);
}

struct futex_bucket *futex_bucket_next(struct futex_bucket *b)
{
    b = b ? b + 1 : buckets;
    return b < buckets + BUCKETS ? ready(b) : NULL;
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

void futex_enqueue(struct futex_waiter *w, struct task *task)
{
    struct futex_bucket *b = futex_bucket_of(&w->key);

    waiter_init(&w->waiter, task);
    SPIN_GUARD(&b->lock);
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
static status_t wake_locked(struct futex_bucket *b, const struct futex_key *key, unsigned count,
                            uint32_t bitset, unsigned *woken)
{
    *woken = 0;
    list_for_each_safe (it, &b->waiters) {
        struct futex_waiter *w = container_of(it, struct futex_waiter, waiter.link);

        if (*woken == count)
            break;
        if (!futex_key_equal(&w->key, key))
            continue;
        if (w->kind != FUTEX_KIND_PLAIN)
            return ERR_INVALID_ARGS;
        if (!(w->bitset & bitset))
            continue;
        waiter_fire(&w->waiter);
        ++*woken;
    }
    return OK;
}

status_t futex_wake(const struct futex_key *key, unsigned count, uint32_t bitset,
                    unsigned *woken)
{
    struct futex_bucket *b = futex_bucket_of(key);
    SPIN_GUARD(&b->lock);

    return wake_locked(b, key, count, bitset, woken);
}

unsigned futex_wake_user(struct aspace *as, user_addr_t addr, unsigned count)
{
    struct futex_key key;
    unsigned woken = 0, more = 0;

    if (futex_make_key(as, addr, true, &key) == OK)
        (void)!futex_wake(&key, count, UINT32_MAX, &woken);
    if (woken < count && futex_make_key(as, addr, false, &key) == OK && key.object != as)
        (void)!futex_wake(&key, count - woken, UINT32_MAX, &more);
    return woken + more;
}

status_t futex_compare(struct syscall *call, user_addr_t addr, uint32_t expect)
{
    uint32_t value;
    status_t st = user_load_u32(&call->thread->user, addr, &value);

    return st != OK ? st : value != expect ? ERR_SHOULD_WAIT : OK;
}

status_t futex_deadline(struct syscall *call, user_addr_t addr, bool realtime,
                        time_ns_t *deadline)
{
    struct timespec ts;
    time_ns_t ns;
    status_t st;

    *deadline = TIME_INFINITE;
    if (!addr)
        return OK;
    st = copy_from_user(&call->thread->user, &ts, addr, sizeof(ts));
    if (st == OK)
        st = timespec_to_ns(&ts, &ns);
    if (st == OK)
        *deadline = realtime ? deadline_at_realtime(ns) : ns;
    return st;
}

CO_FN(futex_wait)
{
    status_t st;

    futex_enqueue(&f->waiter, task);
    st = futex_compare(f->call, f->addr, f->expect);
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

/* Moves up to `max` plain ones. Both buckets' locks are held. */
static status_t requeue_locked(struct futex_bucket *from, struct futex_bucket *to,
                               const struct futex_key *from_key, const struct futex_key *to_key,
                               unsigned max, unsigned *moved)
{
    *moved = 0;
    list_for_each_safe (it, &from->waiters) {
        struct futex_waiter *w = container_of(it, struct futex_waiter, waiter.link);

        if (*moved == max)
            break;
        if (!futex_key_equal(&w->key, from_key))
            continue;
        if (w->kind != FUTEX_KIND_PLAIN)
            return ERR_INVALID_ARGS;
        list_remove(&w->waiter.link);
        w->key = *to_key;
        list_push_back(&to->waiters, &w->waiter.link);
        ++*moved;
    }
    return OK;
}

/* What REQUEUE asks for, and how many it found. */
struct requeue {
    struct futex_key from, to;
    unsigned wake_max, move_max, woken, moved;
};

static status_t requeue_both_locked(struct requeue *rq, struct futex_bucket *from,
                                    struct futex_bucket *to)
{
    status_t st = wake_locked(from, &rq->from, rq->wake_max, UINT32_MAX, &rq->woken);

    if (st != OK || futex_key_equal(&rq->from, &rq->to))
        return st;
    return requeue_locked(from, to, &rq->from, &rq->to, rq->move_max, &rq->moved);
}

static status_t requeue(struct requeue *rq)
{
    struct futex_bucket *from = futex_bucket_of(&rq->from), *to = futex_bucket_of(&rq->to);
    /* In address order, so that two requeues do not wait for each other. */
    struct futex_bucket *first = from < to ? from : to, *second = from < to ? to : from;
    SPIN_GUARD(&first->lock);

    if (first == second)
        return requeue_both_locked(rq, from, to);
    SPIN_GUARD(&second->lock);
    return requeue_both_locked(rq, from, to);
}

status_t futex_requeue(struct syscall *call, bool private, bool compare)
{
    struct requeue rq = {.wake_max = (unsigned)call->arg[2],
                         .move_max = (unsigned)call->arg[3]};
    status_t st;

    if ((int32_t)call->arg[2] < 0 || (int32_t)call->arg[3] < 0)
        return ERR_INVALID_ARGS;
    st = futex_make_key(call->thread->user.aspace, call->arg[0], private, &rq.from);
    if (st == OK)
        st = futex_make_key(call->thread->user.aspace, call->arg[4], private, &rq.to);
    if (st == OK && compare)
        st = futex_compare(call, call->arg[0], (uint32_t)call->arg[5]);
    if (st == OK)
        st = requeue(&rq);
    call->result = rq.woken + rq.moved;
    return st;
}
