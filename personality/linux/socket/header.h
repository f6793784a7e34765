/*
 * header.h - sending and receiving by struct msghdr: sendmsg, recvmsg and their repeating
 * forms.
 */
#pragma once

#include "personality/linux/result_copy.h"
#include "personality/linux/socket/control.h"
#include "personality/linux/socket/message.h"

/* One message, described by the struct msghdr at `at`. */
struct header_message {
    struct msghdr header;
    struct iovec_user *iov; /* heap */
    struct socket_control control;
    struct message m;
};

struct send_message {
    struct co co;
    struct syscall *call; /* in */
    user_addr_t at;       /* in */
    int fd;               /* in */
    unsigned flags;       /* in */
    struct header_message h;
    struct socket_attempt attempt;
};
/* call->result is the number of bytes. */
co_fn send_message;

struct receive_message {
    struct co co;
    struct syscall *call; /* in */
    user_addr_t at;       /* in */
    int fd;               /* in */
    unsigned flags;       /* in */
    struct header_message h;
    struct control_bytes bytes;
    union {
        struct socket_attempt attempt;
        struct result_copy copy;
    };
};
co_fn receive_message;
