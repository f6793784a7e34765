/*
 * header.c - one message by struct msghdr, sent or received (sendmsg(2), recvmsg(2)).
 */
#include "personality/linux/socket/header.h"

#include "mm/slab.h"
#include "object/thread.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/user_data.h"

static status_t read_header(struct syscall *call, user_addr_t at, struct msghdr *h)
{
    status_t st = copy_from_user(&call->thread->user, h, at, sizeof(*h));

    if (st != OK)
        return st;
    if (!h->msg_name)
        h->msg_namelen = 0;
    if (h->msg_namelen < 0)
        return ERR_INVALID_ARGS;
    h->msg_namelen = MIN(h->msg_namelen, (int32_t)SOCKADDR_MAX);
    return h->msg_iovlen > IOV_MAX_COUNT ? ERR_MESSAGE_SIZE : OK;
}

static status_t read_iov(struct syscall *call, struct header_message *h)
{
    struct user_access *ua = &call->thread->user;
    size_t total;
    status_t st = iovec_from_user(ua, h->header.msg_iov, h->header.msg_iovlen, &h->iov, &total);

    if (st == OK)
        iobuf_init_iov(&h->m.io, ua, h->iov, (unsigned)h->header.msg_iovlen, total);
    return st;
}

/* What both ways begin with; header_end in any case. */
static status_t begin(struct syscall *call, struct header_message *h, user_addr_t at, int fd,
                      unsigned flags)
{
    status_t st =
        flags & MSG_CMSG_COMPAT ? ERR_INVALID_ARGS : message_begin_fd(call, &h->m, fd, flags);

    return st == OK ? read_header(call, at, &h->header) : st;
}

static void end(struct header_message *h)
{
    control_free(&h->control);
    kfree(h->iov);
    file_put(h->m.file);
}

static status_t begin_send(struct send_message *f)
{
    struct header_message *h = &f->h;
    status_t st = begin(f->call, h, f->at, f->fd, f->flags);

    if (st == OK && h->header.msg_namelen)
        st = message_address(f->call, &h->m, h->header.msg_name, h->header.msg_namelen);
    if (st == OK)
        st = read_iov(f->call, h);
    if (st == OK && h->header.msg_controllen) {
        st = control_from_user(f->call, h->header.msg_control, h->header.msg_controllen,
                               &h->control);
        h->m.r.control = &h->control;
    }
    return st;
}

CO_FN(send_message)
{
    status_t st;

    st = begin_send(f);
    if (st == OK) {
        CO_CALL(st, f->attempt, socket_attempt, MESSAGE_SEND(f->h.m));
        st = message_sent(f->call, &f->h.m, st);
    }
    end(&f->h);
    CO_RETURN(st);
}
CO_END

static status_t begin_receive(struct receive_message *f)
{
    struct header_message *h = &f->h;
    status_t st = begin(f->call, h, f->at, f->fd, f->flags);

    if (st == OK)
        st = read_iov(f->call, h);
    if (h->header.msg_name)
        h->m.r.address = &h->m.address;
    h->m.r.control = &h->control;
    return st;
}

/* The message is ours, so it is told as far as it can be. */
static status_t take_control(struct receive_message *f)
{
    struct msghdr *h = &f->h.header;
    status_t st = control_to_bytes(f->call, &f->h.control, h->msg_controllen,
                                   f->flags & MSG_CMSG_CLOEXEC ? FD_CLOEXEC_ : 0, &f->bytes);

    h->msg_controllen = f->bytes.size;
    h->msg_flags = f->h.m.r.out_flags | (f->bytes.truncated ? MSG_CTRUNC : 0) |
                   (f->flags & MSG_CMSG_CLOEXEC);
    return st;
}

/* As much of the sender's name as there is room for. */
static size_t name_size(const struct header_message *h)
{
    return MIN((uint32_t)h->header.msg_namelen, h->m.address.size);
}

#define COPY(member) f->at + offsetof(struct msghdr, member)

CO_FN(receive_message)
{
    status_t st;

    st = begin_receive(f);
    if (st != OK)
        goto out;
    CO_CALL(st, f->attempt, socket_attempt, MESSAGE_RECEIVE(f->h.m));
    st = message_received(f->call, &f->h.m, st);
    if (st == OK)
        st = take_control(f);
    if (st == OK && f->h.header.msg_name) {
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread, .to = f->h.header.msg_name,
                .from = f->h.m.address.bytes, .size = name_size(&f->h));
        if (st == OK)
            CO_CALL(st, f->copy, result_copy, .thread = f->call->thread,
                    .to = COPY(msg_namelen), .from = &f->h.m.address.size,
                    .size = sizeof(f->h.m.address.size));
    }
    if (st == OK && f->bytes.size)
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread,
                .to = f->h.header.msg_control, .from = f->bytes.data, .size = f->bytes.size);
    if (st == OK)
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread, .to = COPY(msg_flags),
                .from = &f->h.header.msg_flags, .size = sizeof(f->h.header.msg_flags));
    if (st == OK)
        CO_CALL(st, f->copy, result_copy, .thread = f->call->thread, .to = COPY(msg_controllen),
                .from = &f->h.header.msg_controllen,
                .size = sizeof(f->h.header.msg_controllen));
out:
    kfree(f->bytes.data);
    end(&f->h);
    CO_RETURN(st);
}
CO_END
