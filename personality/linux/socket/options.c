/*
 * options.c - getsockopt and setsockopt: the options that all sockets have (socket(7)).
 */
#include "base/string.h"
#include "personality/linux/calls.h"
#include "personality/linux/process/process.h"
#include "personality/linux/socket/socket.h"
#include "personality/linux/time/timespec.h"

enum {
    BUFFER_MOST = 212992, /* net.core.wmem_max, rmem_max */
    SEND_LEAST = 4608,
    RECEIVE_LEAST = 2304,
    USEC_PER_SEC = 1000000,
};

/* On or off, and kept for whoever asks. */
static bool is_flag(int name)
{
    switch (name) {
    case SO_DEBUG:
    case SO_REUSEADDR:
    case SO_DONTROUTE:
    case SO_BROADCAST:
    case SO_KEEPALIVE:
    case SO_OOBINLINE:
    case SO_NO_CHECK:
    case SO_REUSEPORT:
    case SO_PASSCRED:
        return true;
    default:
        return false;
    }
}

static struct timeval timeval_of(time_ns_t ns)
{
    return (struct timeval){ns / NS_PER_SEC, ns % NS_PER_SEC / NS_PER_US};
}

static struct linger linger_of(struct socket *s)
{
    SPIN_GUARD(&s->object.lock);

    return s->linger;
}

/* A word, unless it is something else, which is then in `value` with its size. */
static status_t get_common(struct socket *s, int name, int32_t *word, void *value,
                           uint32_t *size)
{
    struct timeval time;
    struct linger linger;

    switch (name) {
    case SO_TYPE:
        *word = s->type;
        return OK;
    case SO_DOMAIN:
        *word = s->ops->family;
        return OK;
    case SO_PROTOCOL:
        *word = s->protocol;
        return OK;
    case SO_SNDBUF:
        *word = (int32_t)s->send_buffer;
        return OK;
    case SO_RCVBUF:
        *word = (int32_t)s->receive_buffer;
        return OK;
    case SO_RCVLOWAT:
        *word = (int32_t)s->low_water;
        return OK;
    case SO_SNDLOWAT:
        *word = 1;
        return OK;
    case SO_RCVTIMEO:
    case SO_SNDTIMEO:
        time = timeval_of(name == SO_RCVTIMEO ? s->receive_timeout : s->send_timeout);
        *size = MIN(*size, (uint32_t)sizeof(time));
        memcpy(value, &time, *size);
        return OK;
    case SO_LINGER:
        linger = linger_of(s);
        *size = MIN(*size, (uint32_t)sizeof(linger));
        memcpy(value, &linger, *size);
        return OK;
    default:
        return ERR_NO_OPTION;
    }
}

static bool is_word(int name)
{
    return name != SO_RCVTIMEO && name != SO_SNDTIMEO && name != SO_LINGER;
}

static status_t get(struct socket *s, int level, int name, void *value, uint32_t *size)
{
    int32_t word;
    status_t st = OK;

    if (level == SOL_SOCKET && is_flag(name))
        word = socket_flag(s, name);
    else
        st = level == SOL_SOCKET ? get_common(s, name, &word, value, size) : ERR_NO_OPTION;
    if (st == ERR_NO_OPTION)
        return s->ops->get_option(s, level, name, value, size);
    if (is_word(name)) {
        *size = MIN(*size, (uint32_t)sizeof(word));
        memcpy(value, &word, *size);
    }
    return st;
}

static status_t give(struct syscall *call, struct socket *s)
{
    struct user_access *ua = &call->thread->user;
    unsigned char value[SOCKET_OPTION_MAX];
    int32_t room;
    uint32_t size;
    status_t st = copy_from_user(ua, &room, call->arg[4], sizeof(room)), told;

    if (st != OK)
        return st;
    if (room < 0)
        return ERR_INVALID_ARGS;
    size = MIN((uint32_t)room, (uint32_t)sizeof(value));
    st = get(s, (int)call->arg[1], (int)call->arg[2], value, &size);
    if (st != OK && st != ERR_OUT_OF_RANGE)
        return st;
    if (st == OK)
        st = copy_to_user(ua, call->arg[3], value, size);
    told = copy_to_user(ua, call->arg[4], &size, sizeof(size));
    return told != OK ? told : st;
}

status_t sys_getsockopt(struct syscall *call)
{
    struct socket *s;
    struct file *file;
    status_t st = call_socket_get(call, (int)call->arg[0], &file, &s);

    if (st != OK)
        return st;
    st = give(call, s);
    file_put(file);
    return st;
}

static status_t set_timeout(_Atomic time_ns_t *timeout, const struct timeval *tv)
{
    if (tv->usec < 0 || tv->usec >= USEC_PER_SEC)
        return ERR_DOMAIN;
    /* Less than nothing is as little as can be; nothing is for ever. */
    if (tv->sec < 0)
        *timeout = 1;
    else if (tv->sec >= TIME_INFINITE / NS_PER_SEC - 1)
        *timeout = 0;
    else
        *timeout = tv->sec * NS_PER_SEC + tv->usec * NS_PER_US;
    return OK;
}

/* Twice what is asked for: the rest is for keeping the books, says socket(7). */
static void set_buffer(struct socket *s, atomic_uint *buffer, uint32_t asked, uint32_t most,
                       uint32_t least)
{
    atomic_store_explicit(buffer, MAX(MIN(asked, most) * 2, least), memory_order_relaxed);
    s->ops->option_changed(s);
}

static status_t force_buffer(struct syscall *call, struct socket *s, int name, uint32_t asked)
{
    struct linux_process *lp = linux_process_of(call);
    bool send = name == SO_SNDBUFFORCE;

    {
        SPIN_GUARD(&lp->lock);
        if (!credentials_has(&lp->cred, CAP_NET_ADMIN))
            return ERR_NOT_PERMITTED;
    }
    set_buffer(s, send ? &s->send_buffer : &s->receive_buffer, asked, INT32_MAX / 2,
               send ? SEND_LEAST : RECEIVE_LEAST);
    return OK;
}

static void set_flag(struct socket *s, int name, bool on)
{
    if (on)
        atomic_fetch_or_explicit(&s->flags, 1u << name, memory_order_relaxed);
    else
        atomic_fetch_and_explicit(&s->flags, ~(1u << name), memory_order_relaxed);
}

static status_t set_word(struct syscall *call, struct socket *s, int name, int32_t word)
{
    switch (name) {
    case SO_SNDBUF:
        set_buffer(s, &s->send_buffer, (uint32_t)word, BUFFER_MOST, SEND_LEAST);
        return OK;
    case SO_RCVBUF:
        set_buffer(s, &s->receive_buffer, (uint32_t)word, BUFFER_MOST, RECEIVE_LEAST);
        return OK;
    case SO_SNDBUFFORCE:
    case SO_RCVBUFFORCE:
        return force_buffer(call, s, name, (uint32_t)word);
    case SO_RCVLOWAT:
        s->low_water = word < 0 ? INT32_MAX : MAX((uint32_t)word, 1u);
        return OK;
    default:
        if (!is_flag(name))
            return ERR_NO_OPTION;
        set_flag(s, name, word);
        return OK;
    }
}

static status_t take(struct syscall *call, void *to, size_t size)
{
    if ((uint32_t)call->arg[4] < size)
        return ERR_INVALID_ARGS;
    return copy_from_user(&call->thread->user, to, call->arg[3], size);
}

static status_t set_linger(struct syscall *call, struct socket *s)
{
    struct linger linger;
    status_t st = take(call, &linger, sizeof(linger));

    if (st != OK)
        return st;
    SPIN_GUARD(&s->object.lock);
    s->linger = linger;
    return OK;
}

static status_t set(struct syscall *call, struct socket *s)
{
    int name = (int)call->arg[2];
    struct timeval tv;
    int32_t word;
    status_t st;

    if ((int32_t)call->arg[4] < 0)
        return ERR_INVALID_ARGS;
    if ((int)call->arg[1] != SOL_SOCKET)
        return ERR_NOT_SUPPORTED;
    st = take(call, &word, sizeof(word));
    if (st != OK)
        return st;
    if (is_word(name))
        return set_word(call, s, name, word);
    if (name == SO_LINGER)
        return set_linger(call, s);
    st = take(call, &tv, sizeof(tv));
    return st == OK
               ? set_timeout(name == SO_RCVTIMEO ? &s->receive_timeout : &s->send_timeout, &tv)
               : st;
}

status_t sys_setsockopt(struct syscall *call)
{
    struct socket *s;
    struct file *file;
    status_t st = call_socket_get(call, (int)call->arg[0], &file, &s);

    if (st != OK)
        return st;
    st = set(call, s);
    file_put(file);
    return st;
}
