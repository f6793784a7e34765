/*
 * futex_calls.c - zx_futex_*. A futex is a word of one process: its address is its identity.
 */
#include "object/futex.h"
#include "personality/zircon/policy.h"

static status_t word_key(struct syscall *call, unsigned arg, struct futex_key *key)
{
    return futex_make_key(call_user(call)->aspace, call->arg[arg], true, key);
}

/* Does `t` run in the caller's process? */
static status_t check_owner(struct syscall *call, const struct thread *t)
{
    if (t->process != call_process(call))
        return ERR_INVALID_ARGS;
    SPIN_GUARD(&t->process->object.lock);

    return t->state == THREAD_INITIAL ? ERR_INVALID_ARGS : OK;
}

/* The handle argument's thread as the owner to be; `*obj` is a reference of the caller's. */
static status_t owner_of(struct syscall *call, unsigned arg, struct futex_owner *owner,
                         struct object **obj)
{
    status_t st;

    *owner = (struct futex_owner){.rule = FUTEX_OWNER_SET};
    *obj = NULL;
    if ((handle_t)call->arg[arg] == HANDLE_INVALID)
        return OK;
    st = call_object(call, arg, ZX_OBJ_TYPE_THREAD, 0, obj);
    if (st != OK) {
        *obj = NULL;
        return st;
    }
    owner->thread = container_of(*obj, struct thread, object);
    return check_owner(call, owner->thread);
}

struct zircon_futex_wait {
    SYSCALL_FRAME;
    struct object *owner; /* reference; NULL: none */
    struct futex_key key;
    struct futex_owner new_owner;
    struct futex_wait wait;
};
CO_FITS(zircon_futex_wait, union syscall_slot);
SYSCALL_WAIT(zircon_futex_wait);

/* A word that has changed is told before an owner that is wrong: it may just have ended. */
static status_t wait_begin(struct zircon_futex_wait *f)
{
    status_t st, owner;

    f->owner = NULL;
    st = word_key(f->call, 0, &f->key);
    if (st != OK)
        return st;
    owner = owner_of(f->call, 2, &f->new_owner, &f->owner);
    if (owner == OK)
        return OK;
    st = futex_compare(call_user(f->call), f->call->arg[0], (uint32_t)f->call->arg[1]);
    return st == OK ? owner : st;
}

CO_FN(zircon_futex_wait)
{
    status_t st;

    st = wait_begin(f);
    if (st == OK)
        CO_CALL(st, f->wait, futex_wait, .ua = call_user(f->call), .addr = f->call->arg[0],
                .expect = (uint32_t)f->call->arg[1],
                .deadline = call_deadline(f->call, (time_ns_t)f->call->arg[3]),
                .owner = f->new_owner,
                .waiter = {.key = f->key, .bitset = UINT32_MAX, .kind = FUTEX_KIND_PLAIN});
    object_put(f->owner);
    CO_RETURN(st == ERR_SHOULD_WAIT ? ERR_BAD_STATE : st);
}
CO_END

static status_t wake(struct syscall *call, unsigned count, struct futex_owner owner)
{
    struct futex_wake wake = {.count = count, .bitset = UINT32_MAX, .owner = owner};
    status_t st = word_key(call, 0, &wake.key);

    return st == OK ? futex_wake(&wake) : st;
}

status_t zircon_futex_wake(struct syscall *call)
{
    return wake(call, (uint32_t)call->arg[1], (struct futex_owner){.rule = FUTEX_OWNER_SET});
}

struct zircon_futex_wake_handle_close_thread_exit {
    SYSCALL_FRAME;
    int32_t value;
    struct transfer transfer;
};
CO_FITS(zircon_futex_wake_handle_close_thread_exit, union syscall_slot);
SYSCALL_WAIT(zircon_futex_wake_handle_close_thread_exit);

/* From the store on the caller's stack may be gone. So there is nobody to tell of an error: the
 * vDSO traps on return. */
CO_FN(zircon_futex_wake_handle_close_thread_exit)
{
    status_t st;

    f->value = (int32_t)f->call->arg[2];
    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = TO_USER,
            .kernel = &f->value, .user = f->call->arg[0], .size = sizeof(f->value));
    if (st == OK)
        st = zircon_futex_wake(f->call);
    if (st == OK && (handle_t)f->call->arg[3] != HANDLE_INVALID)
        st = handle_close(call_handles(f->call), (handle_t)f->call->arg[3]);
    CO_RETURN(st == OK ? zircon_thread_exit(f->call) : st);
}
CO_END

status_t zircon_futex_wake_single_owner(struct syscall *call)
{
    return wake(call, 1, (struct futex_owner){.rule = FUTEX_OWNER_WOKEN});
}

/* What both forms of requeueing do; `at` is the first argument that they have in common. */
static status_t requeue(struct syscall *call, struct futex_requeue *rq, unsigned at)
{
    struct object *owner;
    status_t st = word_key(call, 0, &rq->wake.key);

    if (st == OK)
        st = word_key(call, at + 1, &rq->to);
    if (st == OK && futex_key_equal(&rq->wake.key, &rq->to))
        st = ERR_INVALID_ARGS;
    if (st == OK)
        st = futex_compare(call_user(call), call->arg[0], (uint32_t)call->arg[at]);
    if (st != OK)
        return st == ERR_SHOULD_WAIT ? ERR_BAD_STATE : st;
    rq->move_max = (uint32_t)call->arg[at + 2];
    st = owner_of(call, at + 3, &rq->owner, &owner);
    if (st == OK)
        st = futex_requeue(rq);
    object_put(owner);
    return st;
}

status_t zircon_futex_requeue(struct syscall *call)
{
    struct futex_requeue rq = {.wake = {.count = (uint32_t)call->arg[1],
                                        .bitset = UINT32_MAX,
                                        .owner = {.rule = FUTEX_OWNER_SET}}};

    return requeue(call, &rq, 2);
}

status_t zircon_futex_requeue_single_owner(struct syscall *call)
{
    struct futex_requeue rq = {
        .wake = {.count = 1, .bitset = UINT32_MAX, .owner = {.rule = FUTEX_OWNER_WOKEN}}};

    return requeue(call, &rq, 1);
}

/* A thread that has ended owns nothing. */
static bool runs(struct process *p, koid_t koid)
{
    SPIN_GUARD(&p->object.lock);

    list_for_each (it, &p->threads) {
        const struct thread *t = container_of(it, struct thread, process_link);

        if (t->object.koid == koid)
            return t->state == THREAD_RUNNING;
    }
    return false;
}

status_t zircon_futex_get_owner(struct syscall *call)
{
    struct futex_key key;
    koid_t owner;
    status_t st = word_key(call, 0, &key);

    if (st != OK)
        return st;
    owner = futex_owner_koid(&key);
    if (!runs(call_process(call), owner))
        owner = ZX_KOID_INVALID;
    return copy_to_user(call_user(call), call->arg[1], &owner, sizeof(owner));
}
