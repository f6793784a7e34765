/*
 * ioctl.c - ioctl(2): the requests that every descriptor knows; the others go to the file.
 */
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/file/file_owner.h"
#include "personality/linux/process/process.h"
#include "personality/linux/socket/socket.h"
#include "personality/linux/tty/tty.h"
#include "uapi/linux/socket.h"
#include "uapi/linux/termios.h"

static status_t set_nonblock(struct syscall *call, struct file *file)
{
    int32_t on;
    status_t st = copy_from_user(&call->thread->user, &on, call->arg[2], sizeof(on));

    if (st == OK)
        file_set_flags(file, FILE_NONBLOCK, on ? FILE_NONBLOCK : 0);
    return st;
}

static status_t set_async(struct syscall *call, struct file *file)
{
    int32_t on;
    status_t st = copy_from_user(&call->thread->user, &on, call->arg[2], sizeof(on));

    if (st != OK)
        return st;
    if (!file_can_tell(file))
        return on ? ERR_NOT_TTY : OK;
    return file_set_tells(call, file, (int)call->arg[0], on);
}

/* Sockets have them, too, by fcntl's meaning. */
static status_t socket_owner(struct syscall *call, struct file *file, uint32_t number)
{
    int32_t id = 0;
    status_t st = OK;

    if (!socket_of_file(file))
        return ERR_NOT_TTY;
    if (number == SIOCGPGRP || number == FIOGETOWN) {
        id = file_owner_get(file);
        return copy_to_user(&call->thread->user, call->arg[2], &id, sizeof(id));
    }
    st = copy_from_user(&call->thread->user, &id, call->arg[2], sizeof(id));
    return st == OK ? file_owner_set(call, file, id) : st;
}

/* What is left to read of a regular file. */
static status_t left_to_read(struct syscall *call, struct file *file)
{
    struct inode_attr attr;
    int32_t left;

    inode_attr_get(file->inode, &attr);
    left = (int32_t)(attr.size - file->position);
    return copy_to_user(&call->thread->user, call->arg[2], &left, sizeof(left));
}

static status_t request(struct syscall *call, struct file *file)
{
    struct fd_table *t = linux_process_of(call)->fds;
    uint32_t number = (uint32_t)call->arg[1];
    status_t st;

    switch (number) {
    case FIOCLEX:
        return fd_set_flags(t, (int)call->arg[0], FD_CLOEXEC_);
    case FIONCLEX:
        return fd_set_flags(t, (int)call->arg[0], 0);
    case FIONBIO:
        return set_nonblock(call, file);
    case FIOASYNC:
        return set_async(call, file);
    case FIOSETOWN:
    case SIOCSPGRP:
    case FIOGETOWN:
    case SIOCGPGRP:
        return socket_owner(call, file, number);
    case FIONREAD:
        if (file->inode && file->inode->attr.type == INODE_FILE)
            return left_to_read(call, file);
        break;
    default:
        break;
    }
    st = tty_ioctl(call, file, number, call->arg[2]);
    if (st != ERR_NOT_TTY)
        return st;
    return file_ioctl(file, &call->thread->user, number, call->arg[2], &call->result);
}

/* Only terminals make a call wait, for their output to drain. */
struct sys_ioctl {
    SYSCALL_FRAME;
    struct file *file;
    struct tty *tty;
    struct tty_drain drain;
};
SYSCALL_WAIT(sys_ioctl);

CO_FN(sys_ioctl)
{
    status_t st;

    st = call_fd_get(f->call, (int)f->call->arg[0], &f->file);
    if (st != OK)
        CO_RETURN(st);
    f->tty = tty_ioctl_drains(f->file, (uint32_t)f->call->arg[1]);
    if (f->tty) {
        st = tty_check_change(f->call, f->tty);
        if (st == OK)
            CO_CALL(st, f->drain, tty_drain, .tty = f->tty);
    }
    if (st == OK)
        st = request(f->call, f->file);
    file_put(f->file);
    CO_RETURN(st);
}
CO_END
