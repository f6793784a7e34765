/*
 * header_calls.c - sendmsg, recvmsg, sendmmsg, recvmmsg (their manual pages).
 */
#include "hal/time.h"
#include "personality/linux/calls.h"
#include "personality/linux/process/process.h"
#include "personality/linux/socket/header.h"
#include "personality/linux/time/timespec.h"

enum { MESSAGES_MAX = 1024 };

struct sys_sendmsg {
    SYSCALL_FRAME;
    struct send_message message;
};
SYSCALL_WAIT(sys_sendmsg);

CO_FN(sys_sendmsg)
{
    status_t st;

    CO_CALL(st, f->message, send_message, .call = f->call, .at = f->call->arg[1],
            .fd = (int)f->call->arg[0], .flags = (unsigned)f->call->arg[2]);
    CO_RETURN(st);
}
CO_END

struct sys_recvmsg {
    SYSCALL_FRAME;
    struct receive_message message;
};
SYSCALL_WAIT(sys_recvmsg);

CO_FN(sys_recvmsg)
{
    status_t st;

    CO_CALL(st, f->message, receive_message, .call = f->call, .at = f->call->arg[1],
            .fd = (int)f->call->arg[0], .flags = (unsigned)f->call->arg[2]);
    CO_RETURN(st);
}
CO_END

/* Where the `nth` header of the array in argument 1 is. */
static user_addr_t header_at(struct syscall *call, uint32_t nth)
{
    return call->arg[1] + nth * sizeof(struct mmsghdr);
}

static user_addr_t length_at(struct syscall *call, uint32_t nth)
{
    return header_at(call, nth) + offsetof(struct mmsghdr, msg_len);
}

/* How many went counts before what came then. */
static status_t outcome(struct syscall *call, uint32_t done, status_t st)
{
    call->result = done;
    return done ? OK : st;
}

struct sys_sendmmsg {
    SYSCALL_FRAME;
    uint32_t count, done, length;
    union {
        struct send_message message;
        struct result_copy copy;
    };
};
SYSCALL_WAIT(sys_sendmmsg);

CO_FN(sys_sendmmsg)
{
    status_t st;

    f->count = MIN((uint32_t)f->call->arg[2], (uint32_t)MESSAGES_MAX);
    f->done = 0;
    st = OK;
    while (f->done < f->count) {
        CO_CALL(st, f->message, send_message, .call = f->call,
                .at = header_at(f->call, f->done), .fd = (int)f->call->arg[0],
                .flags = (unsigned)f->call->arg[3]);
        if (st != OK)
            break;
        f->length = (uint32_t)f->call->result;
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread,
                .to = length_at(f->call, f->done), .from = &f->length,
                .size = sizeof(f->length));
        if (st != OK)
            break;
        f->done++;
    }
    CO_RETURN(outcome(f->call, f->done, st));
}
CO_END

struct sys_recvmmsg {
    SYSCALL_FRAME;
    uint32_t count, done, length, flags;
    time_ns_t deadline;
    union {
        struct receive_message message;
        struct result_copy copy;
    };
};
SYSCALL_WAIT(sys_recvmmsg);

/* The time limit is looked at between messages only, as recvmmsg(2) laments. */
CO_FN(sys_recvmmsg)
{
    status_t st;

    st = timeout_from_user(f->call, f->call->arg[4], &f->deadline);
    if (st != OK)
        CO_RETURN(st);
    f->count = MIN((uint32_t)f->call->arg[2], (uint32_t)MESSAGES_MAX);
    f->flags = (uint32_t)f->call->arg[3];
    f->done = 0;
    while (f->done < f->count) {
        CO_CALL(st, f->message, receive_message, .call = f->call,
                .at = header_at(f->call, f->done), .fd = (int)f->call->arg[0],
                .flags = f->flags & ~(uint32_t)MSG_WAITFORONE);
        if (st != OK)
            break;
        f->length = (uint32_t)f->call->result;
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread,
                .to = length_at(f->call, f->done), .from = &f->length,
                .size = sizeof(f->length));
        if (st != OK)
            break;
        f->done++;
        if (f->flags & MSG_WAITFORONE)
            f->flags |= MSG_DONTWAIT;
        if (hal_time_now() >= f->deadline)
            break;
    }
    CO_RETURN(outcome(f->call, f->done, st));
}
CO_END
