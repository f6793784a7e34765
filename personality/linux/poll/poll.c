/*
 * poll.c - poll and ppoll (poll(2)).
 */
#include "uapi/linux/poll.h"

#include "hal/time.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/poll/poll.h"
#include "personality/linux/poll/wait_mask.h"
#include "personality/linux/process/process.h"
#include "personality/linux/time/timespec.h"

/* What both forms do: look once, and if that is not enough, structures in, wait, structures
 * out.
 */
struct poll_call {
    struct co co;
    struct syscall *call; /* in: arguments 0 and 1 are the array and its size */
    time_ns_t deadline;   /* in */
    struct poll_set set;
    struct poll_wait wait;
};

/* A negative descriptor is passed over. */
static uint32_t ready_now(struct syscall *call, const struct pollfd *p)
{
    struct file *file;
    uint32_t ready;

    if (p->fd < 0)
        return 0;
    if (call_fd_get(call, p->fd, &file) != OK)
        return POLLNVAL;
    ready = poll_file(file) & ((uint16_t)p->events | POLLERR | POLLHUP);
    file_put(file);
    return ready;
}

/* The structures of the chunk that begins at entry `first`; adds up what is ready. */
static status_t look_at_chunk(struct syscall *call, unsigned first, unsigned total)
{
    struct pollfd fds[POLL_CHUNK];
    unsigned count = MIN(total - first, (unsigned)POLL_CHUNK);
    user_addr_t at = call->arg[0] + first * sizeof(fds[0]);
    status_t st = copy_from_user(&call->thread->user, fds, at, count * sizeof(fds[0]));

    for (unsigned i = 0; st == OK && i < count; i++) {
        fds[i].revents = (int16_t)ready_now(call, &fds[i]);
        call->result += fds[i].revents != 0;
    }
    return st == OK ? copy_to_user(&call->thread->user, at, fds, count * sizeof(fds[0])) : st;
}

/* Without memory for waiting. */
static status_t look_once(struct syscall *call)
{
    uint32_t count = (uint32_t)call->arg[1];
    status_t st = OK;

    if (count > call_fd_limit(call))
        return ERR_INVALID_ARGS;
    call->result = 0;
    for (unsigned i = 0; st == OK && i < count; i += POLL_CHUNK)
        st = look_at_chunk(call, i, count);
    return st;
}

/* The structures of the chunk that begins at entry `first`. */
static status_t fill(struct syscall *call, struct poll_set *set, unsigned first)
{
    struct pollfd fds[POLL_CHUNK];
    unsigned count = MIN(set->count - first, (unsigned)POLL_CHUNK);
    status_t st = copy_from_user(&call->thread->user, fds,
                                 call->arg[0] + first * sizeof(fds[0]), count * sizeof(fds[0]));

    for (unsigned i = 0; st == OK && i < count; i++) {
        struct poll_entry *e = poll_set_entry(set, first + i);

        e->fd = fds[i].fd;
        e->asked = (uint16_t)fds[i].events;
        /* A negative descriptor is passed over. */
        if (e->fd >= 0)
            poll_set_add(call, e, e->fd, e->asked);
    }
    return st;
}

static status_t prepare(struct syscall *call, struct poll_call *f)
{
    uint32_t count = (uint32_t)call->arg[1];
    status_t st = poll_set_create(count, &f->set);

    for (unsigned i = 0; st == OK && i < count; i += POLL_CHUNK)
        st = fill(call, &f->set, i);
    return st;
}

static status_t give_chunk(struct syscall *call, struct poll_set *set, unsigned first)
{
    struct pollfd fds[POLL_CHUNK];
    unsigned count = MIN(set->count - first, (unsigned)POLL_CHUNK);

    for (unsigned i = 0; i < count; i++) {
        const struct poll_entry *e = poll_set_entry(set, first + i);

        fds[i] = (struct pollfd){e->fd, (int16_t)e->asked, (int16_t)e->ready};
    }
    return copy_to_user(&call->thread->user, call->arg[0] + first * sizeof(fds[0]), fds,
                        count * sizeof(fds[0]));
}

static status_t give(struct syscall *call, struct poll_call *f)
{
    status_t st = OK;

    for (unsigned i = 0; st == OK && i < f->set.count; i += POLL_CHUNK)
        st = give_chunk(call, &f->set, i);
    call->result = f->set.ready;
    return st;
}

static CO_FN(poll_call)
{
    status_t st;

    st = look_once(f->call);
    if (st != OK || f->call->result || time_has_come(f->deadline))
        CO_RETURN(st);
    st = prepare(f->call, f);
    if (st == OK)
        CO_CALL(st, f->wait, poll_wait, .set = &f->set, .deadline = f->deadline);
    if (st == ERR_INTERRUPTED)
        call_no_restart(f->call);
    if (st == OK)
        st = give(f->call, f);
    poll_set_free(&f->set);
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
