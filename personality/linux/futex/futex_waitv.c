/*
 * futex_waitv.c - waiting for any of several words (futex_waitv(2)).
 */
#include "mm/slab.h"
#include "personality/linux/futex/futex_internal.h"
#include "personality/linux/time/timespec.h"

enum { WAITV_MAX = 128, FUTEX2_SIZE_U32 = 2, FUTEX2_PRIVATE = 128 };

/* struct futex_waitv */
struct waitv_word {
    uint64_t value, addr;
    uint32_t flags, reserved;
};

struct waitv_entry {
    struct waitv_word word;
    struct futex_waiter waiter;
};

struct sys_futex_waitv {
    SYSCALL_FRAME;
    struct waitv_entry *entries; /* heap */
    unsigned count;
    time_ns_t deadline;
    struct timer timer;
};
SYSCALL_WAIT(sys_futex_waitv);

static status_t read_word(struct syscall *call, unsigned i, struct waitv_entry *e)
{
    status_t st = copy_from_user(&call->thread->user, &e->word,
                                 call->arg[0] + i * sizeof(e->word), sizeof(e->word));

    if (st != OK)
        return st;
    if (e->word.reserved || (e->word.flags & ~(uint32_t)FUTEX2_PRIVATE) != FUTEX2_SIZE_U32)
        return ERR_INVALID_ARGS;
    e->waiter = (struct futex_waiter){.bitset = UINT32_MAX, .kind = FUTEX_KIND_PLAIN};
    return futex_make_key(call->thread->user.aspace, e->word.addr,
                          e->word.flags & FUTEX2_PRIVATE, &e->waiter.key);
}

static status_t read_args(struct syscall *call, struct sys_futex_waitv *f)
{
    int32_t clock = (int32_t)call->arg[4];
    status_t st = OK;

    f->count = (unsigned)call->arg[1];
    if (call->arg[2] || !f->count || f->count > WAITV_MAX || !call->arg[0])
        return ERR_INVALID_ARGS;
    f->deadline = TIME_INFINITE;
    if (call->arg[3] && clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return ERR_INVALID_ARGS;
    if (call->arg[3])
        st = futex_deadline(call, call->arg[3], clock == CLOCK_REALTIME, &f->deadline);
    if (st != OK)
        return st;
    f->entries = kmalloc(f->count * sizeof(*f->entries));
    if (!f->entries)
        return ERR_NO_MEMORY;
    for (unsigned i = 0; st == OK && i < f->count; i++)
        st = read_word(call, i, &f->entries[i]);
    if (st != OK)
        kfree(f->entries);
    return st;
}

/* All are enqueued, whatever comes of it. OK: each word is as expected. */
static status_t begin(struct sys_futex_waitv *f, struct task *task)
{
    status_t st = OK;

    for (unsigned i = 0; i < f->count; i++)
        futex_enqueue(&f->entries[i].waiter, task);
    for (unsigned i = 0; st == OK && i < f->count; i++)
        st = futex_compare(&f->call->thread->user, f->entries[i].word.addr,
                           (uint32_t)f->entries[i].word.value);
    return st;
}

/* The last one that was woken; -1: none. */
static int woken(struct sys_futex_waitv *f)
{
    for (unsigned i = f->count; i-- > 0;)
        if (waiter_fired(&f->entries[i].waiter.waiter))
            return (int)i;
    return -1;
}

CO_FN(sys_futex_waitv)
{
    status_t st;

    st = read_args(f->call, f);
    if (st != OK)
        CO_RETURN(st);
    st = begin(f, task);
    if (st == OK) {
        timer_arm(&f->timer, task, f->deadline);
        CO_WAIT_UNTIL(woken(f) >= 0 || timer_fired(&f->timer));
        timer_disarm(&f->timer);
        st = timer_fired(&f->timer) ? ERR_TIMED_OUT : task_interrupted_status(task);
    }
    for (unsigned i = 0; i < f->count; i++)
        futex_dequeue(&f->entries[i].waiter);
    if (woken(f) >= 0) {
        f->call->result = woken(f);
        st = OK;
    }
    kfree(f->entries);
    CO_RETURN(st);
}
CO_END
