/*
 * futex_calls.c - futex(2): its operations.
 */
#include "personality/linux/futex/futex_internal.h"
#include "personality/linux/time/timespec.h"

/* None asked for is one woken. */
static unsigned wake_count(uint64_t arg)
{
    return (int32_t)arg < 1 ? 1 : (unsigned)arg;
}

static status_t call_wake(struct syscall *call, bool private, uint32_t bitset)
{
    struct futex_key key;
    unsigned woken = 0;
    status_t st = futex_make_key(call->thread->user.aspace, call->arg[0], private, &key);

    if (st == OK && !bitset)
        st = ERR_INVALID_ARGS;
    if (st == OK)
        st = futex_wake_plain(&key, wake_count(call->arg[2]), bitset, &woken);
    call->result = woken;
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
    } while (st != OK || seen != old);
    *wake_second = cmp == 0   ? (int32_t)old == cmparg
                   : cmp == 1 ? (int32_t)old != cmparg
                   : cmp == 2 ? (int32_t)old < cmparg
                   : cmp == 3 ? (int32_t)old <= cmparg
                   : cmp == 4 ? (int32_t)old > cmparg
                              : (int32_t)old >= cmparg;
    return st;
}

status_t futex_wake_op(struct syscall *call, bool private)
{
    struct futex_key first, second;
    unsigned woken = 0, more = 0;
    bool wake_second = false;
    status_t st = futex_make_key(call->thread->user.aspace, call->arg[0], private, &first);

    if (st == OK)
        st = futex_make_key(call->thread->user.aspace, call->arg[4], private, &second);
    if (st == OK)
        st = apply_op(call, (uint32_t)call->arg[5], &wake_second);
    if (st == OK)
        st = futex_wake_plain(&first, wake_count(call->arg[2]), UINT32_MAX, &woken);
    if (st == OK && wake_second)
        st = futex_wake_plain(&second, wake_count(call->arg[3]), UINT32_MAX, &more);
    call->result = woken + more;
    return st;
}

/* FUTEX_WAIT and its kin, and the locks; `lock` is where a waiter of kind MOVE is to be moved.
 */
struct sys_futex {
    SYSCALL_FRAME;
    unsigned op;
    uint32_t bitset;
    time_ns_t deadline;
    struct futex_key key, lock;
    union {
        struct futex_wait wait;
        struct futex_lock take;
    };
};
CO_FITS(sys_futex, union syscall_slot);
SYSCALL_WAIT(sys_futex);

/* Fires up to `max` that wait to be moved to `to`: each takes its place there by itself. */
static status_t move_to_lock(const struct futex_key *from, const struct futex_key *to,
                             uint64_t max, unsigned *moved)
{
    struct futex_bucket *b = futex_bucket_of(from);
    SPIN_GUARD(&b->lock);

    *moved = 0;
    list_for_each_safe (it, &b->waiters) {
        struct futex_waiter *w = futex_waiter_of(it);

        if (*moved == max)
            break;
        if (!futex_key_equal(&w->key, from))
            continue;
        if (w->kind != FUTEX_KIND_MOVE ||
            !futex_key_equal(&container_of(w, struct sys_futex, wait.waiter)->lock, to))
            return ERR_INVALID_ARGS;
        waiter_fire(&w->waiter);
        ++*moved;
    }
    return OK;
}

status_t futex_requeue_pi(struct syscall *call, bool private)
{
    struct futex_key from, to;
    unsigned moved = 0;
    status_t st;

    if ((int32_t)call->arg[3] < 0 || (int32_t)call->arg[2] != 1 || call->arg[0] == call->arg[4])
        return ERR_INVALID_ARGS;
    st = futex_make_key(call->thread->user.aspace, call->arg[0], private, &from);
    if (st == OK)
        st = futex_make_key(call->thread->user.aspace, call->arg[4], private, &to);
    if (st == OK)
        st = futex_compare(&call->thread->user, call->arg[0], (uint32_t)call->arg[5]);
    if (st == OK)
        st = move_to_lock(&from, &to, 1 + (call->arg[3] & INT32_MAX), &moved);
    call->result = moved;
    return st;
}

/* What the operations that wait have in common: timeout, bits, and the words' keys. */
static status_t wait_args(struct syscall *call, struct sys_futex *f)
{
    bool realtime = call->arg[1] & FUTEX_CLOCK_REALTIME || f->op == FUTEX_LOCK_PI;
    bool private = call->arg[1] & FUTEX_PRIVATE;
    status_t st;

    f->bitset = f->op == FUTEX_WAIT_BITSET ? (uint32_t)call->arg[5] : UINT32_MAX;
    if (!f->bitset)
        return ERR_INVALID_ARGS;
    st = f->op == FUTEX_WAIT ? timeout_from_user(call, call->arg[3], &f->deadline)
                             : futex_deadline(call, call->arg[3], realtime, &f->deadline);
    if (st == OK)
        st = futex_make_key(call->thread->user.aspace, call->arg[0], private, &f->key);
    if (st != OK || f->op != FUTEX_WAIT_REQUEUE_PI)
        return st;
    if (call->arg[0] == call->arg[4])
        return ERR_INVALID_ARGS;
    return futex_make_key(call->thread->user.aspace, call->arg[4], private, &f->lock);
}

static status_t other_op(struct syscall *call, unsigned op)
{
    bool private = call->arg[1] & FUTEX_PRIVATE;

    if (call->arg[1] & FUTEX_CLOCK_REALTIME)
        return ERR_NO_SYSCALL;
    switch (op) {
    case FUTEX_WAKE:
        return call_wake(call, private, UINT32_MAX);
    case FUTEX_WAKE_BITSET:
        return call_wake(call, private, (uint32_t)call->arg[5]);
    case FUTEX_REQUEUE:
        return futex_requeue_plain(call, private, false);
    case FUTEX_CMP_REQUEUE:
        return futex_requeue_plain(call, private, true);
    case FUTEX_WAKE_OP:
        return futex_wake_op(call, private);
    case FUTEX_TRYLOCK_PI:
        return futex_trylock(call, private);
    case FUTEX_UNLOCK_PI:
        return futex_unlock(call, private);
    case FUTEX_CMP_REQUEUE_PI:
        return futex_requeue_pi(call, private);
    default:
        return ERR_NO_SYSCALL;
    }
}

static bool is_wait(unsigned op)
{
    return op == FUTEX_WAIT || op == FUTEX_WAIT_BITSET || op == FUTEX_WAIT_REQUEUE_PI;
}

static bool is_lock(unsigned op)
{
    return op == FUTEX_LOCK_PI || op == FUTEX_LOCK_PI2;
}

/* What becomes of the call when a signal ends it. */
static void set_restart(struct syscall *call, const struct sys_futex *f)
{
    if (is_lock(f->op) || f->op == FUTEX_WAIT_REQUEUE_PI)
        current_linux(call)->restart = RESTART_ALWAYS;
    else if (f->op == FUTEX_WAIT && f->deadline != TIME_INFINITE)
        call_no_restart(call); /* its timeout would start anew */
}

CO_FN(sys_futex)
{
    status_t st;

    f->op = (unsigned)f->call->arg[1] & ~(unsigned)(FUTEX_PRIVATE | FUTEX_CLOCK_REALTIME);
    if (!is_wait(f->op) && !is_lock(f->op))
        CO_RETURN(other_op(f->call, f->op));
    if (f->op == FUTEX_LOCK_PI && f->call->arg[1] & FUTEX_CLOCK_REALTIME)
        CO_RETURN(ERR_NO_SYSCALL);
    st = wait_args(f->call, f);
    if (st != OK)
        CO_RETURN(st);
    set_restart(f->call, f);
    if (is_lock(f->op)) {
        CO_CALL(st, f->take, futex_lock, .call = f->call, .addr = f->call->arg[0],
                .deadline = f->deadline, .waiter = {.waiter = {.key = f->key}});
        CO_RETURN(st);
    }
    CO_CALL(st, f->wait, futex_wait, .ua = &f->call->thread->user, .addr = f->call->arg[0],
            .expect = (uint32_t)f->call->arg[2], .deadline = f->deadline,
            .waiter = {.key = f->key,
                       .bitset = f->bitset,
                       .kind = f->op == FUTEX_WAIT_REQUEUE_PI ? FUTEX_KIND_MOVE
                                                              : FUTEX_KIND_PLAIN});
    if (st != OK || f->op != FUTEX_WAIT_REQUEUE_PI)
        CO_RETURN(st);
    CO_CALL(st, f->take, futex_lock, .call = f->call, .addr = f->call->arg[4],
            .deadline = f->deadline, .waiter = {.waiter = {.key = f->lock}});
    /* It cannot begin anew: it has been moved. */
    CO_RETURN(st == ERR_INTERRUPTED ? ERR_SHOULD_WAIT : st);
}
CO_END
