/*
 * socket_calls.c - making sockets and connections: socket, socketpair, bind, listen, connect,
 * accept, shutdown, getsockname, getpeername (each with its manual page in section 2).
 */
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "personality/linux/socket/socket.h"

static unsigned fd_flags_of(uint32_t flags)
{
    return flags & SOCK_CLOEXEC ? FD_CLOEXEC_ : 0;
}

static unsigned file_flags_of(uint32_t flags)
{
    return flags & SOCK_NONBLOCK ? FILE_NONBLOCK : 0;
}

/* A socket that never had a file. */
static void abandon(struct socket *s)
{
    s->ops->close(s);
    socket_put(s);
}

/* The domain, type and protocol of arguments 0 to 2; `*flags`: SOCK_CLOEXEC, SOCK_NONBLOCK. */
static status_t create(struct syscall *call, struct socket **out, uint32_t *flags)
{
    int32_t family = (int32_t)call->arg[0], protocol = (int32_t)call->arg[2];
    uint32_t type = (uint32_t)call->arg[1];

    *flags = type & ~(uint32_t)SOCK_TYPE_MASK;
    if (*flags & ~(uint32_t)(SOCK_CLOEXEC | SOCK_NONBLOCK))
        return ERR_INVALID_ARGS;
    return socket_create(family, type & SOCK_TYPE_MASK, protocol, out);
}

status_t sys_socket(struct syscall *call)
{
    struct socket *s;
    struct file *file;
    uint32_t flags;
    status_t st = create(call, &s, &flags);

    if (st != OK)
        return st;
    st = socket_file_create(s, file_flags_of(flags), &file);
    if (st != OK) {
        abandon(s);
        return st;
    }
    return call_fd_return(call, file, fd_flags_of(flags));
}

static status_t create_pair(struct syscall *call, struct socket *s[2], uint32_t *flags)
{
    status_t st = create(call, &s[0], flags);

    if (st != OK)
        return st;
    st = create(call, &s[1], flags);
    if (st == OK) {
        st = s[0]->ops->pair(s[0], s[1]);
        if (st == OK)
            return OK;
        abandon(s[1]);
    }
    abandon(s[0]);
    return st;
}

/* Two files; the sockets are consumed in any case. */
static status_t pair_files(struct socket *s[2], unsigned flags, struct file *files[2])
{
    status_t st = socket_file_create(s[0], flags, &files[0]);

    if (st != OK) {
        abandon(s[0]);
        abandon(s[1]);
        return st;
    }
    st = socket_file_create(s[1], flags, &files[1]);
    if (st != OK) {
        abandon(s[1]);
        file_put(files[0]);
    }
    return st;
}

status_t sys_socketpair(struct syscall *call)
{
    struct socket *s[2];
    struct file *files[2];
    uint32_t flags;
    status_t st = create_pair(call, s, &flags);

    if (st == OK)
        st = pair_files(s, file_flags_of(flags), files);
    if (st != OK)
        return st;
    st = call_fd_install_pair(call, files, fd_flags_of(flags), call->arg[3]);
    file_put(files[0]);
    file_put(files[1]);
    return st;
}

status_t sys_bind(struct syscall *call)
{
    struct socket_address address;
    struct socket *s;
    struct file *file;
    status_t st = call_socket_get(call, (int)call->arg[0], &file, &s);

    if (st != OK)
        return st;
    st = socket_address_from_user(call, call->arg[1], (int32_t)call->arg[2], &address);
    if (st == OK)
        st = s->ops->bind(s, call, &address);
    file_put(file);
    return st;
}

status_t sys_listen(struct syscall *call)
{
    uint32_t backlog = (uint32_t)call->arg[1];
    struct socket *s;
    struct file *file;
    status_t st = call_socket_get(call, (int)call->arg[0], &file, &s);

    if (st != OK)
        return st;
    st = s->ops->listen(s, MIN(backlog, (uint32_t)SOMAXCONN));
    file_put(file);
    return st;
}

status_t sys_shutdown(struct syscall *call)
{
    uint32_t how = (uint32_t)call->arg[1];
    struct socket *s;
    struct file *file;
    status_t st = call_socket_get(call, (int)call->arg[0], &file, &s);

    if (st != OK)
        return st;
    st = how <= SHUT_RDWR ? s->ops->shutdown(s, how) : ERR_INVALID_ARGS;
    file_put(file);
    return st;
}

enum whose_name { OWN_NAME, PEER_NAME };

static status_t name(struct syscall *call, enum whose_name whose)
{
    struct socket_address address;
    struct socket *s;
    struct file *file;
    status_t st = call_socket_get(call, (int)call->arg[0], &file, &s);

    if (st != OK)
        return st;
    st = whose == PEER_NAME ? s->ops->peer_name(s, &address) : s->ops->name(s, &address);
    if (st == OK)
        st = socket_address_to_user(call, &address, call->arg[1], call->arg[2]);
    file_put(file);
    return st;
}

status_t sys_getsockname(struct syscall *call)
{
    return name(call, OWN_NAME);
}

status_t sys_getpeername(struct syscall *call)
{
    return name(call, PEER_NAME);
}

/* A wait with a time limit is not begun anew after a signal. */
static status_t interrupted(struct syscall *call, status_t st, time_ns_t timeout)
{
    if (st == ERR_INTERRUPTED && timeout)
        call_no_restart(call);
    return st;
}

static bool is_nonblocking(const struct file *file)
{
    return atomic_load_explicit(&file->flags, memory_order_relaxed) & FILE_NONBLOCK;
}

struct sys_connect {
    SYSCALL_FRAME;
    struct file *file;
    struct socket *socket;
    struct socket_address address;
    struct socket_request r;
    struct socket_attempt attempt;
};
SYSCALL_WAIT(sys_connect);

CO_FN(sys_connect)
{
    status_t st;

    st = call_socket_get(f->call, (int)f->call->arg[0], &f->file, &f->socket);
    if (st != OK)
        CO_RETURN(st);
    st = socket_address_from_user(f->call, f->call->arg[1], (int32_t)f->call->arg[2],
                                  &f->address);
    if (st == OK) {
        f->r = (struct socket_request){
            .call = f->call, .address = &f->address, .nonblocking = is_nonblocking(f->file)};
        CO_CALL(st, f->attempt, socket_attempt, .socket = f->socket, .r = &f->r,
                .attempt = f->socket->ops->try_connect,
                .deadline = socket_deadline(f->socket->send_timeout));
        st = interrupted(f->call, st, f->socket->send_timeout);
    }
    file_put(f->file);
    CO_RETURN(st);
}
CO_END

struct accept_call {
    struct co co;
    struct syscall *call; /* in: arguments 0 to 2 are accept's */
    uint32_t flags;       /* in */
    struct file *file, *accepted;
    struct socket *socket;
    struct socket_address address;
    struct socket_request r;
    int fd;
    union {
        struct socket_attempt attempt;
        struct socket_address_copy copy;
    };
};

/* What arrived gets a file and a descriptor, or stays where it was. */
static status_t install_accepted(struct accept_call *f)
{
    struct socket *s = f->r.accepted;
    status_t st = socket_file_create(s, file_flags_of(f->flags), &f->accepted);

    if (st != OK) {
        f->socket->ops->unaccept(f->socket, s);
        return st;
    }
    st = call_fd_install(f->call, f->accepted, fd_flags_of(f->flags), &f->fd);
    if (st != OK) {
        socket_file_undo(f->accepted);
        f->socket->ops->unaccept(f->socket, s);
    }
    return st;
}

static CO_FN(accept_call)
{
    status_t st;

    if (f->flags & ~(uint32_t)(SOCK_CLOEXEC | SOCK_NONBLOCK))
        CO_RETURN(ERR_INVALID_ARGS);
    st = call_socket_get(f->call, (int)f->call->arg[0], &f->file, &f->socket);
    if (st != OK)
        CO_RETURN(st);
    f->r = (struct socket_request){.call = f->call,
                                   .address = f->call->arg[1] ? &f->address : NULL,
                                   .nonblocking = is_nonblocking(f->file)};
    CO_CALL(st, f->attempt, socket_attempt, .socket = f->socket, .r = &f->r,
            .attempt = f->socket->ops->try_accept, .want = FILE_IN,
            .deadline = socket_deadline(f->socket->receive_timeout));
    st = interrupted(f->call, st, f->socket->receive_timeout);
    if (st == OK)
        st = install_accepted(f);
    file_put(f->file);
    if (st != OK)
        CO_RETURN(st);
    if (f->r.address)
        CO_CALL(st, f->copy, socket_address_copy, .call = f->call, .address = &f->address,
                .to = f->call->arg[1], .size_addr = f->call->arg[2]);
    if (st != OK)
        (void)!fd_close(linux_process_of(f->call)->fds, f->fd);
    file_put(f->accepted);
    f->call->result = f->fd;
    CO_RETURN(st);
}
CO_END

struct sys_accept {
    SYSCALL_FRAME;
    struct accept_call accept;
};
SYSCALL_WAIT(sys_accept);

CO_FN(sys_accept)
{
    status_t st;

    CO_CALL(st, f->accept, accept_call, .call = f->call);
    CO_RETURN(st);
}
CO_END

struct sys_accept4 {
    SYSCALL_FRAME;
    struct accept_call accept;
};
SYSCALL_WAIT(sys_accept4);

CO_FN(sys_accept4)
{
    status_t st;

    CO_CALL(st, f->accept, accept_call, .call = f->call, .flags = (uint32_t)f->call->arg[3]);
    CO_RETURN(st);
}
CO_END
