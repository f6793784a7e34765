/*
 * message_calls.c - sendto, recvfrom (send(2), recv(2)).
 */
#include "personality/linux/calls.h"
#include "personality/linux/process/process.h"
#include "personality/linux/socket/message.h"
#include "personality/linux/user_data.h"

struct sys_sendto {
    SYSCALL_FRAME;
    struct message m;
    struct socket_attempt attempt;
};
SYSCALL_WAIT(sys_sendto);

static status_t begin_sendto(struct syscall *call, struct message *m)
{
    status_t st = check_user_range(call->arg[1], call->arg[2]);

    if (st == OK)
        st = message_begin(call, m, (unsigned)call->arg[3]);
    if (st == OK && call->arg[4])
        st = message_address(call, m, call->arg[4], (int32_t)call->arg[5]);
    iobuf_init_user(&m->io, &call->thread->user, call->arg[1], MIN(call->arg[2], IO_BYTES_MAX));
    return st;
}

CO_FN(sys_sendto)
{
    status_t st;

    f->m.file = NULL;
    st = begin_sendto(f->call, &f->m);
    if (st == OK) {
        CO_CALL(st, f->attempt, socket_attempt, MESSAGE_SEND(f->m));
        st = message_sent(f->call, &f->m, st);
    }
    file_put(f->m.file);
    CO_RETURN(st);
}
CO_END

struct sys_recvfrom {
    SYSCALL_FRAME;
    struct message m;
    union {
        struct socket_attempt attempt;
        struct socket_address_copy copy;
    };
};
SYSCALL_WAIT(sys_recvfrom);

static status_t begin_recvfrom(struct syscall *call, struct message *m)
{
    status_t st = check_user_range(call->arg[1], call->arg[2]);

    if (st == OK)
        st = message_begin(call, m, (unsigned)call->arg[3]);
    if (st == OK && call->arg[4])
        m->r.address = &m->address;
    iobuf_init_user(&m->io, &call->thread->user, call->arg[1], MIN(call->arg[2], IO_BYTES_MAX));
    return st;
}

CO_FN(sys_recvfrom)
{
    status_t st;

    f->m.file = NULL;
    st = begin_recvfrom(f->call, &f->m);
    if (st == OK) {
        CO_CALL(st, f->attempt, socket_attempt, MESSAGE_RECEIVE(f->m));
        st = message_received(f->call, &f->m, st);
    }
    file_put(f->m.file);
    if (st == OK && f->m.r.address)
        CO_CALL(st, f->copy, socket_address_copy, .call = f->call, .address = &f->m.address,
                .to = f->call->arg[4], .size_addr = f->call->arg[5]);
    CO_RETURN(st);
}
CO_END
