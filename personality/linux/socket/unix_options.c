/*
 * unix_options.c - what getsockopt and ioctl tell of AF_UNIX sockets (unix(7)).
 */
#include "base/string.h"
#include "personality/linux/socket/unix_internal.h"

static struct unix_identity *identity_of(struct unix_socket *u)
{
    SPIN_GUARD(unix_lock(u));

    return u->identity ? unix_identity_get(u->identity) : NULL;
}

static status_t give(void *value, uint32_t *size, const void *from, uint32_t there)
{
    *size = MIN(*size, there);
    memcpy(value, from, *size);
    return OK;
}

static status_t peer_credentials(struct unix_socket *u, void *value, uint32_t *size)
{
    struct unix_identity *id = identity_of(u);
    struct ucred none = {.uid = UINT32_MAX, .gid = UINT32_MAX};
    status_t st = give(value, size, id ? &id->ucred : &none, sizeof(none));

    unix_identity_put(id);
    return st;
}

/* All of them or none; the size needed is told in any case. */
static status_t peer_groups(struct unix_socket *u, void *value, uint32_t *size)
{
    struct unix_identity *id = identity_of(u);
    uint32_t needed, room = *size;

    if (!id)
        return ERR_NO_DATA;
    needed = id->group_count * (uint32_t)sizeof(id->groups[0]);
    *size = needed;
    if (room >= needed)
        memcpy(value, id->groups, needed);
    unix_identity_put(id);
    return room < needed ? ERR_OUT_OF_RANGE : OK;
}

static int32_t take_error(struct unix_socket *u)
{
    SPIN_GUARD(unix_lock(u));

    return status_to_errno(unix_take_error_locked(u));
}

static bool is_listening(struct unix_socket *u)
{
    SPIN_GUARD(unix_lock(u));

    return u->state == UNIX_LISTENING;
}

status_t unix_get_option(struct socket *s, int level, int name, void *value, uint32_t *size)
{
    struct unix_socket *u = unix_of(s);
    int32_t word;

    if (level != SOL_SOCKET)
        return ERR_NOT_SUPPORTED;
    switch (name) {
    case SO_PEERCRED:
        return peer_credentials(u, value, size);
    case SO_PEERGROUPS:
        return peer_groups(u, value, size);
    case SO_ERROR:
        word = take_error(u);
        break;
    case SO_ACCEPTCONN:
        word = is_listening(u);
        break;
    default:
        return ERR_NO_OPTION;
    }
    return give(value, size, &word, sizeof(word));
}

/* What can be read: of a connection all, of a datagram socket the next message. */
static status_t bytes_to_read(struct unix_socket *u, int32_t *out)
{
    SPIN_GUARD(unix_lock(u));

    if (u->state == UNIX_LISTENING)
        return ERR_INVALID_ARGS;
    *out = 0;
    list_for_each (it, &u->queue) {
        struct unix_message *m = container_of(it, struct unix_message, link);

        *out += (int32_t)(m->size - m->consumed);
        if (unix_is_datagram(u))
            break;
    }
    return OK;
}

status_t unix_ioctl(struct socket *s, struct user_access *ua, uint32_t request, user_addr_t arg,
                    int64_t *result)
{
    struct unix_socket *u = unix_of(s);
    int32_t value;
    status_t st = OK;

    switch (request) {
    case SIOCINQ:
        st = bytes_to_read(u, &value);
        break;
    case SIOCOUTQ:
        value = (int32_t)atomic_load_explicit(&u->sent, memory_order_relaxed);
        break;
    default:
        return ERR_NOT_TTY;
    }
    *result = 0;
    return st == OK ? copy_to_user(ua, arg, &value, sizeof(value)) : st;
}
