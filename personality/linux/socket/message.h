/*
 * message.h - one message that a call sends or receives: what all the forms of it share.
 */
#pragma once

#include "personality/linux/socket/socket.h"

/* Lies in the call's frame, and does not move: `r` points to its neighbours. */
struct message {
    struct file *file; /* reference; NULL: none */
    struct socket *socket;
    struct iobuf io;
    struct socket_request r;
    struct socket_address address;
};

/* The descriptor's socket and the flags; `io` is the caller's to fill in. `m->file` is a
 * reference or NULL, whatever the outcome. */
status_t message_begin_fd(struct syscall *call, struct message *m, int fd,
                          unsigned flags) MUST_USE;
/* Of argument 0. */
static inline status_t message_begin(struct syscall *call, struct message *m, unsigned flags)
{
    return message_begin_fd(call, m, (int)call->arg[0], flags);
}
/* Send to there. */
status_t message_address(struct syscall *call, struct message *m, user_addr_t from,
                         int32_t size) MUST_USE;

/* Arguments of socket_attempt. */
#define MESSAGE_SEND(m)                                                      \
    .socket = (m).socket, .r = &(m).r, .attempt = (m).socket->ops->try_send, \
    .want = FILE_OUT | FILE_ERR | FILE_HUP,                                  \
    .deadline = socket_deadline((m).socket->send_timeout)
#define MESSAGE_RECEIVE(m)                                                      \
    .socket = (m).socket, .r = &(m).r, .attempt = (m).socket->ops->try_receive, \
    .want = FILE_IN | FILE_ERR | FILE_HUP | FILE_RDHUP,                         \
    .deadline = socket_deadline((m).socket->receive_timeout)

/* The attempt ended with `st`: the call's result, SIGPIPE, no restart after a time limit. */
status_t message_sent(struct syscall *call, struct message *m, status_t st) MUST_USE;
status_t message_received(struct syscall *call, struct message *m, status_t st) MUST_USE;
