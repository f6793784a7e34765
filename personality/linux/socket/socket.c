/*
 * socket.c - sockets of any family: birth, files, and attempts that wait (socket(2)).
 */
#include "personality/linux/socket/socket.h"

#include "fs/anon.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "personality/linux/socket/unix_internal.h"
#include "personality/linux/time/timespec.h"

enum { BUFFER_DEFAULT = 212992, SOCKET_TYPES = 11 };

void socket_init(struct socket *s, const struct socket_ops *ops,
                 const struct object_ops *object_ops, unsigned type, signals_t initial)
{
    object_init(&s->object, object_ops, initial);
    s->ops = ops;
    s->type = (uint16_t)type;
    atomic_init(&s->send_buffer, BUFFER_DEFAULT);
    atomic_init(&s->receive_buffer, BUFFER_DEFAULT);
    atomic_init(&s->low_water, 1);
}

status_t socket_create(int family, unsigned type, int protocol, struct socket **out)
{
    if (type >= SOCKET_TYPES)
        return ERR_INVALID_ARGS;
    if (family != AF_UNIX)
        return ERR_FAMILY_NOT_SUPPORTED;
    return unix_socket_create(type, protocol, out);
}

/* The kernel itself has no process. */
static void owner(uint32_t *uid, uint32_t *gid)
{
    struct linux_thread *lt = linux_caller();

    *uid = *gid = 0;
    if (!lt)
        return;
    SPIN_GUARD(&lt->process->lock);
    *uid = lt->process->cred.fsuid;
    *gid = lt->process->cred.fsgid;
}

static struct socket_request request_of_file(struct file *file, struct iobuf *io)
{
    bool nonblocking = atomic_load_explicit(&file->flags, memory_order_relaxed) & FILE_NONBLOCK;

    return (struct socket_request){.io = io, .nonblocking = nonblocking};
}

static status_t file_try_receive(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct socket *s = file->data;
    struct socket_request r = request_of_file(file, io);

    (void)pos;
    return s->ops->try_receive(s, &r);
}

/* Who is full shows in the readiness of this socket, too. */
static status_t file_try_send(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct socket *s = file->data;
    struct socket_request r = request_of_file(file, io);
    status_t st = s->ops->try_send(s, &r);

    (void)pos;
    socket_put(r.until);
    return st;
}

static struct object *file_poll_object_of(struct file *file)
{
    return &((struct socket *)file->data)->object;
}

static status_t file_ioctl_of(struct file *file, struct user_access *ua, uint32_t request,
                              user_addr_t arg, int64_t *result)
{
    struct socket *s = file->data;

    return s->ops->ioctl(s, ua, request, arg, result);
}

static time_ns_t file_timeout(struct file *file, enum file_direction direction)
{
    struct socket *s = file->data;

    return atomic_load_explicit(direction == FILE_TRANSFER_WRITE ? &s->send_timeout
                                                                 : &s->receive_timeout,
                                memory_order_relaxed);
}

static void file_close(struct file *file)
{
    struct socket *s = file->data;

    if (!s)
        return; /* undone */
    s->ops->close(s);
    socket_put(s);
}

static const struct file_ops socket_file_ops = {
    .name = "socket",
    .try_read = file_try_receive,
    .try_write = file_try_send,
    .poll_object = file_poll_object_of,
    .tells = true,
    .ioctl = file_ioctl_of,
    .timeout = file_timeout,
    .close = file_close,
};

status_t socket_file_create(struct socket *s, unsigned flags, struct file **out)
{
    struct inode *inode;
    uint32_t uid, gid;
    status_t st;

    owner(&uid, &gid);
    st = anon_inode_create(INODE_SOCKET, 0777, uid, gid, &inode);
    if (st != OK)
        return st;
    flags |= FILE_READ | FILE_WRITE | (s->type == SOCK_STREAM ? 0 : FILE_MESSAGES);
    st = file_create(&socket_file_ops, flags, s, inode, out);
    if (st != OK) {
        inode_put(inode);
        return st;
    }
    s->file = *out;
    s->ino = inode->attr.ino;
    return OK;
}

void socket_file_undo(struct file *file)
{
    ((struct socket *)file->data)->file = NULL;
    file->data = NULL;
    file_put(file);
}

struct socket *socket_of_file(const struct file *file)
{
    return file->ops == &socket_file_ops ? file->data : NULL;
}

void socket_collect(void)
{
    unix_collect();
}

void socket_closed(void)
{
    unix_closed();
}

status_t call_socket_get(struct syscall *call, int fd, struct file **file, struct socket **out)
{
    status_t st = call_fd_get(call, fd, file);

    if (st != OK)
        return st;
    *out = socket_of_file(*file);
    if (*out)
        return OK;
    file_put(*file);
    return ERR_NOT_SOCKET;
}

/* What has to change is shown by the socket, or by the one that the attempt named. */
static void arm(struct socket_attempt *f, struct task *task)
{
    struct socket *until = f->r->until;

    f->observer = (struct observer){
        .obj = until ? &until->object : &f->socket->object,
        .want = until ? SOCKET_ROOM : f->want,
    };
    object_observe(&f->observer, task);
}

static status_t outcome(const struct socket_attempt *f, status_t st)
{
    if (f->r->io && f->r->io->done)
        return OK;
    return st == ERR_TIMED_OUT ? ERR_SHOULD_WAIT : st;
}

CO_FN(socket_attempt)
{
    status_t st;

    for (;;) {
        st = f->attempt(f->socket, f->r);
        if (st == ERR_USER_PAGE) {
            THREAD_PAGE_IN(st, f->r->call->thread);
            if (st == ERR_ACCESS_DENIED || st == ERR_OUT_OF_RANGE)
                st = ERR_FAULT;
        } else if (st == ERR_SHOULD_WAIT && !f->r->nonblocking) {
            arm(f, task);
            CO_CALL(st, f->wait, object_wait, .observer = &f->observer,
                    .deadline = f->deadline);
            socket_put(f->r->until);
            f->r->until = NULL;
        } else {
            break;
        }
        if (st != OK)
            break;
    }
    socket_put(f->r->until);
    CO_RETURN(outcome(f, st));
}
CO_END
