/*
 * select.c - select and pselect6 (select(2)).
 */
#include "base/bitmap.h"
#include "hal/time.h"
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/poll/poll.h"
#include "personality/linux/poll/wait_mask.h"
#include "personality/linux/process/process.h"
#include "personality/linux/time/timespec.h"
#include "uapi/linux/poll.h"

enum { SETS = 3 };

/* What each of the three sets asks poll for, and what of its answer counts. */
static const struct {
    uint32_t ask, count;
} kinds[SETS] = {
    {POLLIN | POLLRDNORM | POLLRDBAND, POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR},
    {POLLOUT | POLLWRNORM | POLLWRBAND, POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR},
    {POLLPRI, POLLPRI},
};

/* What both forms do. Arguments: the number of descriptors, three sets or 0. */
struct select_call {
    struct co co;
    struct syscall *call; /* in */
    time_ns_t deadline;   /* in */
    unsigned count, words;
    uint64_t *sets; /* SETS times `words`, heap */
    struct poll_set set;
    struct poll_wait wait;
};

static uint64_t *set_of(struct select_call *f, unsigned kind)
{
    return f->sets + (size_t)kind * f->words;
}

static status_t read_sets(struct syscall *call, struct select_call *f)
{
    for (unsigned kind = 0; kind < SETS; kind++) {
        status_t st;

        if (!call->arg[1 + kind])
            continue;
        st = copy_from_user(&call->thread->user, set_of(f, kind), call->arg[1 + kind],
                            f->words * sizeof(uint64_t));
        if (st != OK)
            return st;
    }
    return OK;
}

/* One entry per descriptor; those in no set ask for nothing. */
static status_t fill(struct syscall *call, struct select_call *f)
{
    for (unsigned fd = 0; fd < f->count; fd++) {
        uint32_t events = 0;

        for (unsigned kind = 0; kind < SETS; kind++)
            events |= bitmap_test(set_of(f, kind), fd) ? kinds[kind].ask : 0;
        if (!events)
            continue;
        poll_set_add(call, poll_set_entry(&f->set, fd), (int)fd, events);
        if (!poll_set_entry(&f->set, fd)->file)
            return ERR_BAD_FD;
    }
    return OK;
}

static status_t prepare(struct syscall *call, struct select_call *f)
{
    int32_t count = (int32_t)call->arg[0];
    status_t st;

    if (count < 0)
        return ERR_INVALID_ARGS;
    /* What lies beyond the table is not looked at (Linux says so nowhere, and does it). */
    f->count = MIN((uint32_t)count, fd_table_capacity(linux_process_of(call)->fds));
    f->words = BITMAP_WORDS(f->count);
    st = poll_set_create(f->count, &f->set);
    if (st != OK || !f->count)
        return st;
    f->sets = kzalloc(SETS * (size_t)f->words * sizeof(uint64_t));
    if (!f->sets)
        return ERR_NO_MEMORY;
    st = read_sets(call, f);
    return st == OK ? fill(call, f) : st;
}

/* Only bits that were asked for stay, and none beyond `count`; how many. */
static int64_t answer(struct select_call *f, unsigned kind)
{
    int64_t bits = 0;

    for (unsigned fd = f->count; fd < f->words * BITMAP_WORD_BITS; fd++)
        bitmap_clear(set_of(f, kind), fd);
    for (unsigned fd = 0; fd < f->count; fd++) {
        if (!bitmap_test(set_of(f, kind), fd))
            continue;
        if (poll_set_entry(&f->set, fd)->ready & kinds[kind].count)
            bits++;
        else
            bitmap_clear(set_of(f, kind), fd);
    }
    return bits;
}

static status_t give(struct syscall *call, struct select_call *f)
{
    status_t st = OK;

    for (unsigned kind = 0; kind < SETS && st == OK; kind++) {
        call->result += answer(f, kind);
        if (call->arg[1 + kind] && f->words)
            st = copy_to_user(&call->thread->user, call->arg[1 + kind], set_of(f, kind),
                              f->words * sizeof(uint64_t));
    }
    return st;
}

static CO_FN(select_call)
{
    status_t st;

    f->call->result = 0;
    st = prepare(f->call, f);
    if (st == OK)
        CO_CALL(st, f->wait, poll_wait, .set = &f->set, .deadline = f->deadline);
    if (st == ERR_INTERRUPTED)
        call_no_restart(f->call);
    if (st == OK)
        st = give(f->call, f);
    poll_set_free(&f->set);
    kfree(f->sets);
    CO_RETURN(st);
}
CO_END

struct sys_select {
    SYSCALL_FRAME;
    time_ns_t deadline;
    struct select_call select;
};
SYSCALL_WAIT(sys_select);

/* select's timeout is a timeval. */
static status_t timeval_deadline(struct syscall *call, user_addr_t from, time_ns_t *deadline)
{
    struct timeval tv;
    struct timespec ts;
    time_ns_t duration;
    status_t st;

    *deadline = TIME_INFINITE;
    if (!from)
        return OK;
    st = copy_from_user(&call->thread->user, &tv, from, sizeof(tv));
    if (st != OK)
        return st;
    if (tv.sec < 0 || tv.usec < 0)
        return ERR_INVALID_ARGS;
    ts = (struct timespec){.sec = (int64_t)((uint64_t)tv.sec + (uint64_t)(tv.usec / 1000000)),
                           .nsec = tv.usec % 1000000 * 1000};
    st = timespec_to_ns(&ts, &duration);
    if (st == OK)
        *deadline = call_deadline(call, duration);
    return st;
}

static void timeval_left(struct syscall *call, user_addr_t to, time_ns_t deadline)
{
    struct timespec left = timespec_of(MAX(deadline - hal_time_now(), (time_ns_t)0));
    struct timeval tv = {.sec = left.sec, .usec = left.nsec / NS_PER_US};

    (void)!copy_to_user(&call->thread->user, to, &tv, sizeof(tv)); /* as for the timespec */
}

CO_FN(sys_select)
{
    status_t st;

    st = timeval_deadline(f->call, f->call->arg[4], &f->deadline);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->select, select_call, .call = f->call, .deadline = f->deadline);
    if (f->call->arg[4] && st != ERR_USER_PAGE)
        timeval_left(f->call, f->call->arg[4], f->deadline);
    CO_RETURN(st);
}
CO_END

struct sys_pselect6 {
    SYSCALL_FRAME;
    time_ns_t deadline;
    struct select_call select;
};
SYSCALL_WAIT(sys_pselect6);

/* The last argument points at the mask's address and its size. */
static status_t pselect_begin(struct syscall *call, time_ns_t *deadline)
{
    uint64_t mask[2] = {0, 0};
    status_t st = OK;

    if (call->arg[5])
        st = copy_from_user(&call->thread->user, mask, call->arg[5], sizeof(mask));
    if (st == OK)
        st = timeout_from_user(call, call->arg[4], deadline);
    return st == OK ? wait_mask_begin(call, mask[0], mask[1]) : st;
}

CO_FN(sys_pselect6)
{
    status_t st;

    st = pselect_begin(f->call, &f->deadline);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->select, select_call, .call = f->call, .deadline = f->deadline);
    wait_mask_end(f->call, st);
    CO_RETURN(wait_time_left(f->call, f->call->arg[4], f->deadline, st));
}
CO_END
