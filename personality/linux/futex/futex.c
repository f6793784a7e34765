/*
 * futex.c - futexes: sleeping on a word of user memory (futex(2)).
 *
 * Waiters hang in hash buckets by key. Nothing is lost because a waiter enqueues first and
 * looks at the word after: waiter:  enqueue;  load word;  sleep unless it differs waker: store
 * word (user mode);  scan the bucket A store that the load did not see comes before a scan that
 * sees the waiter: both bucket operations are under the bucket's lock.
 */
#include "personality/linux/futex/futex.h"

#include "base/hash.h"
#include "hal/time.h"
#include "personality/linux/time/timespec.h"

enum {
    FUTEX_WAIT,
    FUTEX_WAKE,
    FUTEX_REQUEUE = 3,
    FUTEX_CMP_REQUEUE,
    FUTEX_WAKE_OP,
    FUTEX_WAIT_BITSET = 9,
    FUTEX_WAKE_BITSET,
    FUTEX_PRIVATE = 128,
    FUTEX_CLOCK_REALTIME = 256,
};

/* A word: in private memory by address space and address, in shared by VMO and offset. Both are
 * kept alive by who waits there. */
struct futex_key {
    const void *object;
    uint64_t offset;
};

struct futex_waiter {
    struct waiter waiter; /* on the bucket's list */
    struct futex_key key; /* changes by requeue, under both buckets' locks */
    uint32_t bitset;
};

struct bucket {
    struct spinlock lock;
    struct list waiters; /* of futex_waiter.waiter.link, oldest first; under lock */
};

enum { BUCKETS = 256 };
static struct bucket buckets[BUCKETS];

static struct bucket *bucket_of(const struct futex_key *key)
{
    struct bucket *b =
        &buckets[hash_u64((uint64_t)(uintptr_t)key->object ^ key->offset) % BUCKETS];

    SPIN_GUARD(&b->lock);
    if (!b->waiters.next)
        list_init(&b->waiters);
    return b;
}

static bool key_equal(const struct futex_key *a, const struct futex_key *b)
{
    return a->object == b->object && a->offset == b->offset;
}

static status_t make_key(struct aspace *as, user_addr_t addr, bool private,
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

static void enqueue(struct futex_waiter *w, struct task *task)
{
    struct bucket *b = bucket_of(&w->key);

    waiter_init(&w->waiter, task);
    SPIN_GUARD(&b->lock);
    list_push_back(&b->waiters, &w->waiter.link);
}

/* The key may change under us until its bucket is locked; a fired waiter's does not. */
static void dequeue(struct futex_waiter *w)
{
    for (;;) {
        struct futex_key key = w->key;
        struct bucket *b = bucket_of(&key);
        SPIN_GUARD(&b->lock);

        if (!key_equal(&key, &w->key))
            continue;
        list_remove(&w->waiter.link);
        return;
    }
}

/* Caller holds the bucket's lock. */
static unsigned wake_locked(struct bucket *b, const struct futex_key *key, unsigned count,
                            uint32_t bitset)
{
    unsigned woken = 0;

    list_for_each_safe (it, &b->waiters) {
        struct futex_waiter *w = container_of(it, struct futex_waiter, waiter.link);

        if (woken == count)
            break;
        if (!key_equal(&w->key, key) || !(w->bitset & bitset))
            continue;
        waiter_fire(&w->waiter);
        woken++;
    }
    return woken;
}

static unsigned wake(const struct futex_key *key, unsigned count, uint32_t bitset)
{
    struct bucket *b = bucket_of(key);
    SPIN_GUARD(&b->lock);

    return wake_locked(b, key, count, bitset);
}

unsigned futex_wake_user(struct aspace *as, user_addr_t addr, unsigned count)
{
    struct futex_key key;
    unsigned woken = 0;

    if (make_key(as, addr, true, &key) == OK)
        woken = wake(&key, count, UINT32_MAX);
    if (woken < count && make_key(as, addr, false, &key) == OK && key.object != as)
        woken += wake(&key, count - woken, UINT32_MAX);
    return woken;
}

struct futex_wait {
    struct co co;
    struct syscall *call;
    user_addr_t addr;
    uint32_t expect;
    time_ns_t deadline;
    struct futex_waiter waiter;
    struct timer timer;
};
static co_fn futex_wait;

static status_t value_differs(struct syscall *call, user_addr_t addr, uint32_t expect)
{
    uint32_t value;
    status_t st = user_load_u32(&call->thread->user, addr, &value);

    return st != OK ? st : value != expect ? ERR_SHOULD_WAIT : OK;
}

static CO_FN(futex_wait)
{
    status_t st;

    enqueue(&f->waiter, task);
    st = value_differs(f->call, f->addr, f->expect);
    if (st == OK) {
        timer_arm(&f->timer, task, f->deadline);
        CO_WAIT_UNTIL(waiter_fired(&f->waiter.waiter) || timer_fired(&f->timer));
        timer_disarm(&f->timer);
        st = timer_fired(&f->timer) ? ERR_TIMED_OUT : task_interrupted_status(task);
    }
    dequeue(&f->waiter);
    /* A wake that was meant for us is not lost, whatever else happened. */
    CO_RETURN(waiter_fired(&f->waiter.waiter) ? OK : st);
}
CO_END

/* Both locks in address order, so that two requeues do not wait for each other. */
static unsigned requeue_locked(struct bucket *from, struct bucket *to,
                               const struct futex_key *from_key, const struct futex_key *to_key,
                               unsigned max)
{
    unsigned moved = 0;

    list_for_each_safe (it, &from->waiters) {
        struct futex_waiter *w = container_of(it, struct futex_waiter, waiter.link);

        if (moved == max)
            break;
        if (!key_equal(&w->key, from_key))
            continue;
        list_remove(&w->waiter.link);
        w->key = *to_key;
        list_push_back(&to->waiters, &w->waiter.link);
        moved++;
    }
    return moved;
}

static unsigned wake_and_requeue(const struct futex_key *from_key,
                                 const struct futex_key *to_key, unsigned wake_max,
                                 unsigned move_max, unsigned *woken)
{
    struct bucket *from = bucket_of(from_key), *to = bucket_of(to_key);
    struct bucket *first = from < to ? from : to, *second = from < to ? to : from;
    SPIN_GUARD(&first->lock);

    if (first == second) {
        *woken = wake_locked(from, from_key, wake_max, UINT32_MAX);
        return key_equal(from_key, to_key)
                   ? 0
                   : requeue_locked(from, to, from_key, to_key, move_max);
    }
    SPIN_GUARD(&second->lock);
    *woken = wake_locked(from, from_key, wake_max, UINT32_MAX);
    return requeue_locked(from, to, from_key, to_key, move_max);
}

static status_t call_requeue(struct syscall *call, bool private, bool compare)
{
    struct futex_key from, to;
    unsigned woken, moved;
    status_t st = make_key(call->thread->user.aspace, call->arg[0], private, &from);

    if ((int32_t)call->arg[2] < 0 || (int32_t)call->arg[3] < 0)
        return ERR_INVALID_ARGS;
    if (st == OK)
        st = make_key(call->thread->user.aspace, call->arg[4], private, &to);
    if (st == OK && compare)
        st = value_differs(call, call->arg[0], (uint32_t)call->arg[5]);
    if (st != OK)
        return st;
    moved =
        wake_and_requeue(&from, &to, (unsigned)call->arg[2], (unsigned)call->arg[3], &woken);
    call->result = woken + moved;
    return OK;
}

static status_t call_wake(struct syscall *call, bool private, uint32_t bitset)
{
    struct futex_key key;
    status_t st = make_key(call->thread->user.aspace, call->arg[0], private, &key);

    if (st == OK && !bitset)
        st = ERR_INVALID_ARGS;
    if (st == OK)
        call->result = wake(&key, MAX((unsigned)call->arg[2], 1u), bitset);
    return st;
}

/* The second word's operation of FUTEX_WAKE_OP: op(4) cmp(4) oparg(12) cmparg(12). */
static status_t apply_op(struct syscall *call, uint32_t code, bool *wake_second)
{
    enum { OP_SET, OP_ADD, OP_OR, OP_ANDN, OP_XOR };
    uint32_t op = code >> 28 & 7, cmp = code >> 24 & 15, oparg = code >> 12 & 0xfff, old, seen;
    int32_t cmparg = (int32_t)(code << 20) >> 20;
    status_t st = user_load_u32(&call->thread->user, call->arg[4], &seen);

    if (code >> 31)
        oparg = 1u << (oparg & 31);
    else
        oparg = (uint32_t)((int32_t)(code << 8) >> 20);
    do {
        uint32_t want;

        if (st != OK)
            return st;
        old = seen;
        want = op == OP_SET    ? oparg
               : op == OP_ADD  ? old + oparg
               : op == OP_OR   ? old | oparg
               : op == OP_ANDN ? old & ~oparg
                               : old ^ oparg;
        if (op > OP_XOR || cmp > 5)
            return ERR_NO_SYSCALL;
        st = user_cmpxchg_u32(&call->thread->user, call->arg[4], old, want, &seen);
    } while (st == OK && seen != old);
    *wake_second = cmp == 0   ? (int32_t)old == cmparg
                   : cmp == 1 ? (int32_t)old != cmparg
                   : cmp == 2 ? (int32_t)old < cmparg
                   : cmp == 3 ? (int32_t)old <= cmparg
                   : cmp == 4 ? (int32_t)old > cmparg
                              : (int32_t)old >= cmparg;
    return st;
}

static status_t call_wake_op(struct syscall *call, bool private)
{
    struct futex_key first, second;
    bool wake_second = false;
    status_t st = make_key(call->thread->user.aspace, call->arg[0], private, &first);

    if (st == OK)
        st = make_key(call->thread->user.aspace, call->arg[4], private, &second);
    if (st == OK)
        st = apply_op(call, (uint32_t)call->arg[5], &wake_second);
    if (st != OK)
        return st;
    call->result = wake(&first, (unsigned)call->arg[2], UINT32_MAX);
    if (wake_second)
        call->result += wake(&second, (unsigned)call->arg[3], UINT32_MAX);
    return OK;
}

/* FUTEX_WAIT's timeout is relative, FUTEX_WAIT_BITSET's absolute on the clock asked for. */
static status_t wait_deadline(struct syscall *call, bool absolute, bool realtime,
                              time_ns_t *deadline)
{
    struct timespec ts;
    time_ns_t ns;
    status_t st;

    if (!absolute)
        return timeout_from_user(call, call->arg[3], deadline);
    *deadline = TIME_INFINITE;
    if (!call->arg[3])
        return OK;
    st = copy_from_user(&call->thread->user, &ts, call->arg[3], sizeof(ts));
    if (st == OK)
        st = timespec_to_ns(&ts, &ns);
    if (st == OK)
        *deadline = realtime ? deadline_at_realtime(ns) : ns;
    return st;
}

struct sys_futex {
    SYSCALL_FRAME;
    struct futex_wait wait;
    struct futex_key key;
    time_ns_t deadline;
    uint32_t bitset;
};
SYSCALL_WAIT(sys_futex);

static status_t wait_args(struct syscall *call, struct sys_futex *f, unsigned op)
{
    bool bitset = op == FUTEX_WAIT_BITSET;
    status_t st;

    f->bitset = bitset ? (uint32_t)call->arg[5] : UINT32_MAX;
    if (!f->bitset)
        return ERR_INVALID_ARGS;
    st = wait_deadline(call, bitset, call->arg[1] & FUTEX_CLOCK_REALTIME, &f->deadline);
    return st == OK ? make_key(call->thread->user.aspace, call->arg[0],
                               call->arg[1] & FUTEX_PRIVATE, &f->key)
                    : st;
}

static status_t other_op(struct syscall *call, unsigned op)
{
    bool private = call->arg[1] & FUTEX_PRIVATE;

    switch (op) {
    case FUTEX_WAKE:
        return call_wake(call, private, UINT32_MAX);
    case FUTEX_WAKE_BITSET:
        return call_wake(call, private, (uint32_t)call->arg[5]);
    case FUTEX_REQUEUE:
        return call_requeue(call, private, false);
    case FUTEX_CMP_REQUEUE:
        return call_requeue(call, private, true);
    case FUTEX_WAKE_OP:
        return call_wake_op(call, private);
    default:
        return ERR_NO_SYSCALL;
    }
}

static unsigned op_of(const struct syscall *call)
{
    return (unsigned)call->arg[1] & ~(unsigned)(FUTEX_PRIVATE | FUTEX_CLOCK_REALTIME);
}

CO_FN(sys_futex)
{
    status_t st;

    if (op_of(f->call) != FUTEX_WAIT && op_of(f->call) != FUTEX_WAIT_BITSET)
        CO_RETURN(other_op(f->call, op_of(f->call)));
    st = wait_args(f->call, f, op_of(f->call));
    if (st != OK)
        CO_RETURN(st);
    if (f->deadline != TIME_INFINITE && op_of(f->call) == FUTEX_WAIT)
        call_no_restart(f->call); /* its timeout would start anew */
    CO_CALL(st, f->wait, futex_wait, .call = f->call, .addr = f->call->arg[0],
            .expect = (uint32_t)f->call->arg[2], .deadline = f->deadline,
            .waiter = {.key = f->key, .bitset = f->bitset});
    CO_RETURN(st);
}
CO_END
