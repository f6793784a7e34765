/*
 * pty_ioctl.c - requests to the master of a pseudo terminal (ioctl_tty(2), pts(4)).
 */
#include "base/format.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/tty/pty_internal.h"
#include "uapi/linux/fcntl.h"

static status_t put_number(struct syscall *call, user_addr_t to, int32_t number)
{
    return copy_to_user(&call->thread->user, to, &number, sizeof(number));
}

/* TIOCGPTLCK, TIOCGPKT, FIONREAD. */
static status_t get_state(struct syscall *call, struct tty *tty, uint32_t request,
                          user_addr_t to)
{
    int32_t state;

    {
        SPIN_GUARD(&tty->object.lock);
        if (request == FIONREAD)
            state = (int32_t)ring_used(&tty->out);
        else
            state = request == TIOCGPKT ? tty->packet_mode : pty_of(tty)->locked;
    }
    return put_number(call, to, state);
}

/* TIOCSPTLCK, TIOCPKT. */
static status_t set_state(struct syscall *call, struct tty *tty, uint32_t request,
                          user_addr_t from)
{
    int32_t on;
    status_t st = copy_from_user(&call->thread->user, &on, from, sizeof(on));

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&tty->object.lock);
        if (request == TIOCSPTLCK) {
            pty_of(tty)->locked = on;
        } else if (tty->packet_mode != !!on) {
            tty->packet_mode = on;
            tty->packet = 0;
        }
    }
    pty_update(tty);
    return OK;
}

/* The ids of the terminal's session, whosever it is: TIOCGPGRP and TIOCGSID. */
static status_t get_id(struct syscall *call, struct tty *tty, uint32_t request, user_addr_t to)
{
    int32_t id;

    {
        SPIN_GUARD(&family_lock);
        id = request == TIOCGSID ? tty->sid : tty->pgrp;
    }
    return request == TIOCGSID && !id ? ERR_NOT_TTY : put_number(call, to, id);
}

static status_t send_signal(struct tty *tty, uint64_t signo)
{
    if (signo != SIGINT && signo != SIGQUIT && signo != SIGTSTP)
        return ERR_INVALID_ARGS;
    tty_signal_foreground(tty, (int)signo);
    return OK;
}

/* TCFLSH on this side: what was shown and not read. What was typed is the terminal's already.
 */
static status_t flush_queue(struct tty *tty, uint64_t which)
{
    if (which > TCIOFLUSH)
        return ERR_INVALID_ARGS;
    if (which != TCOFLUSH) {
        SPIN_GUARD(&tty->object.lock);
        if (!tty->flushing)
            ring_drop(&tty->out, ring_used(&tty->out));
        tty_update_locked(tty);
    }
    pty_update(tty);
    return OK;
}

/* Where the terminal is for the caller. ERR_NOT_FOUND: his /dev/pts is something else. */
static status_t find_place(struct syscall *call, struct tty *tty, struct path *out)
{
    struct walk_env env;
    char text[32];
    status_t st;

    format(text, sizeof(text), "/dev/pts/%u", pty_of(tty)->index);
    walk_begin(call, &env);
    env.override_dac = true;
    st = path_walk(&env, NULL, text, 0, out, NULL);
    walk_end(&env);
    if (st != OK)
        return st;
    if (out->dentry->inode->attr.type == INODE_CHAR &&
        out->dentry->inode->attr.rdev == tty->rdev)
        return OK;
    path_put(out);
    return ERR_NOT_FOUND;
}

/* TIOCGPTPEER: the terminal, whatever its permissions. */
static status_t open_peer(struct syscall *call, struct tty *tty, uint64_t flags)
{
    static const unsigned by_mode[] = {FILE_READ, FILE_WRITE, FILE_READ | FILE_WRITE};
    struct file *file;
    struct path path;
    status_t st;

    if ((flags & O_ACCMODE) >= countof(by_mode))
        return ERR_INVALID_ARGS;
    if (pty_is_locked(tty))
        return ERR_IO;
    st = find_place(call, tty, &path);
    if (st != OK)
        return st;
    st = tty_file_create(
        tty, by_mode[flags & O_ACCMODE] | (flags & O_NONBLOCK ? FILE_NONBLOCK : 0), &file);
    if (st == OK) {
        tty_file_place(file, &path);
        if (!(flags & O_NOCTTY))
            tty_opened(call, file);
        st = call_fd_return(call, file, flags & O_CLOEXEC ? FD_CLOEXEC_ : 0);
    }
    path_put(&path);
    return st;
}

/* Of either end, and the same for both. */
static bool is_shared(uint32_t request)
{
    static const uint32_t shared[] = {
        TCGETS,   TCSETS,   TCSETSW,    TCSETSF,    TCGETS2,   TCSETS2,
        TCSETSW2, TCSETSF2, TIOCGWINSZ, TIOCSWINSZ, TIOCSPGRP,
    };

    for (size_t i = 0; i < countof(shared); i++)
        if (shared[i] == request)
            return true;
    return false;
}

status_t pty_ioctl(struct syscall *call, struct tty *tty, uint32_t request, user_addr_t arg)
{
    switch (request) {
    case TIOCGPTN:
        return put_number(call, arg, (int32_t)pty_of(tty)->index);
    case TIOCGPTLCK:
    case TIOCGPKT:
    case FIONREAD:
        return get_state(call, tty, request, arg);
    case TIOCSPTLCK:
    case TIOCPKT:
        return set_state(call, tty, request, arg);
    case TIOCGPTPEER:
        return open_peer(call, tty, arg);
    case TIOCSIG:
        return send_signal(tty, arg);
    case TIOCGPGRP:
    case TIOCGSID:
        return get_id(call, tty, request, arg);
    case TCFLSH:
        return flush_queue(tty, arg);
    case TIOCOUTQ: /* what was written has been typed */
        return put_number(call, arg, 0);
    default:
        return is_shared(request) ? tty_request(call, tty, request, arg) : ERR_NOT_TTY;
    }
}
