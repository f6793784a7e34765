/*
 * poll.c - poll and ppoll (poll(2)).
 */
#include "uapi/linux/poll.h"

#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/poll/poll.h"
#include "personality/linux/poll/wait_mask.h"
#include "personality/linux/process/process.h"
#include "personality/linux/time/timespec.h"

/* What both forms do: structures in, wait, structures out. */
struct poll_call {
    struct co co;
    struct syscall *call; /* in: arguments 0 and 1 are the array and its size */
    time_ns_t deadline;   /* in */
    struct pollfd *fds;
    struct poll_set set;
    struct poll_wait wait;
};

static status_t fill(struct syscall *call, struct poll_call *f)
{
    status_t st = copy_from_user(&call->thread->user, f->fds, call->arg[0],
                                 f->set.count * sizeof(*f->fds));

    if (st != OK)
        return st;
    /* A negative descriptor is passed over. */
    for (unsigned i = 0; i < f->set.count; i++)
        if (f->fds[i].fd >= 0)
            poll_set_add(call, &f->set.entries[i], f->fds[i].fd, (uint16_t)f->fds[i].events);
    return OK;
}

static status_t prepare(struct syscall *call, struct poll_call *f)
{
    uint32_t count = (uint32_t)call->arg[1];
    status_t st;

    if (count > call_fd_limit(call))
        return ERR_INVALID_ARGS;
    st = poll_set_create(count, &f->set);
    if (st != OK || !count)
        return st;
    f->fds = kmalloc(count * sizeof(*f->fds));
    return f->fds ? fill(call, f) : ERR_NO_MEMORY;
}

static status_t give(struct syscall *call, struct poll_call *f)
{
    for (unsigned i = 0; i < f->set.count; i++)
        f->fds[i].revents = (int16_t)f->set.entries[i].ready;
    call->result = f->set.ready;
    if (!f->set.count)
        return OK;
    return copy_to_user(&call->thread->user, call->arg[0], f->fds,
                        f->set.count * sizeof(*f->fds));
}

static CO_FN(poll_call)
{
    status_t st;

    st = prepare(f->call, f);
    if (st == OK)
        CO_CALL(st, f->wait, poll_wait, .set = &f->set, .deadline = f->deadline);
    if (st == ERR_INTERRUPTED)
        call_no_restart(f->call);
    if (st == OK)
        st = give(f->call, f);
    poll_set_free(&f->set);
    kfree(f->fds);
    CO_RETURN(st);
}
CO_END

struct sys_poll {
    SYSCALL_FRAME;
    struct poll_call poll;
};
SYSCALL_WAIT(sys_poll);

CO_FN(sys_poll)
{
    status_t st;

    CO_CALL(st, f->poll, poll_call, .call = f->call,
            .deadline = deadline_of_ms(f->call, f->call->arg[2]));
    CO_RETURN(st);
}
CO_END

struct sys_ppoll {
    SYSCALL_FRAME;
    time_ns_t deadline;
    struct poll_call poll;
};
SYSCALL_WAIT(sys_ppoll);

CO_FN(sys_ppoll)
{
    status_t st;

    st = timeout_from_user(f->call, f->call->arg[2], &f->deadline);
    if (st == OK)
        st = wait_mask_begin(f->call, f->call->arg[3], f->call->arg[4]);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->poll, poll_call, .call = f->call, .deadline = f->deadline);
    wait_mask_end(f->call, st);
    CO_RETURN(wait_time_left(f->call, f->call->arg[2], f->deadline, st));
}
CO_END
