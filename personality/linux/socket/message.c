/*
 * message.c - what the calls that send and receive have in common.
 */
#include "personality/linux/socket/message.h"

#include "personality/linux/file/file_io.h"
#include "personality/linux/process/process.h"

status_t message_begin_fd(struct syscall *call, struct message *m, int fd, unsigned flags)
{
    status_t st = call_socket_get(call, fd, &m->file, &m->socket);

    if (st != OK) {
        m->file = NULL;
        return st;
    }
    m->address.size = 0;
    m->r = (struct socket_request){
        .call = call,
        .flags = flags,
        .nonblocking =
            flags & MSG_DONTWAIT ||
            atomic_load_explicit(&m->file->flags, memory_order_relaxed) & FILE_NONBLOCK,
        .io = &m->io,
    };
    return OK;
}

status_t message_address(struct syscall *call, struct message *m, user_addr_t from,
                         int32_t size)
{
    m->r.address = size ? &m->address : NULL;
    return socket_address_from_user(call, from, size, &m->address);
}

status_t message_sent(struct syscall *call, struct message *m, status_t st)
{
    call->result = (int64_t)m->io.done;
    if (st == ERR_PEER_CLOSED && !(m->r.flags & MSG_NOSIGNAL))
        call_raise_sigpipe(call);
    if (st == ERR_INTERRUPTED && m->socket->send_timeout)
        call_no_restart(call);
    return st;
}

status_t message_received(struct syscall *call, struct message *m, status_t st)
{
    bool whole = m->r.flags & MSG_TRUNC && m->socket->type != SOCK_STREAM;

    call->result = (int64_t)(whole ? m->r.full : m->io.done);
    if (st == ERR_INTERRUPTED && m->socket->receive_timeout)
        call_no_restart(call);
    return st;
}
