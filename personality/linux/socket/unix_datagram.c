/*
 * unix_datagram.c - the peers of datagram sockets, which come and go.
 */
#include "personality/linux/socket/unix_internal.h"

/* The peer becomes `to` (a reference, consumed; NULL: none). The old one, whose reference is
 * the caller's. unix_peer_lock held. */
static struct unix_socket *exchange_peer_locked(struct unix_socket *u, struct unix_socket *to)
{
    SPIN_GUARD(unix_lock(u));
    struct unix_socket *old = unix_peer(u);

    list_remove(&u->client_link);
    if (to)
        list_push_back(&to->clients, &u->client_link);
    u->state = to ? UNIX_CONNECTED : UNIX_UNCONNECTED;
    atomic_store_explicit(&u->peer, to, memory_order_release);
    return old;
}

/* Unless somebody is reading it. */
static void take_queue(struct unix_socket *u, struct list *messages)
{
    SPIN_GUARD(unix_lock(u));

    if (u->reading)
        return;
    for (struct list *it = list_pop_front(&u->queue); it; it = list_pop_front(&u->queue))
        list_push_back(messages, it);
    atomic_store_explicit(&u->queued, 0, memory_order_relaxed);
    unix_show_locked(u, 0);
}

static void fail(struct unix_socket *u, status_t error)
{
    SPIN_GUARD(unix_lock(u));

    if (u->closed)
        return;
    u->error = error;
    unix_show_locked(u, FILE_ERR);
}

/* `u` has left `old` (a reference, consumed): what it was sent is void, and `old` learns that
 * it is no longer heard, if it talked to `u` alone. */
static void left(struct unix_socket *u, struct unix_socket *old)
{
    struct list messages;

    list_init(&messages);
    take_queue(u, &messages);
    if (!list_empty(&messages) && unix_peer(old) == u)
        fail(old, ERR_CONNECTION_RESET);
    unix_messages_free(&messages);
    unix_update_out(u);
    unix_update_clients(u);
    unix_put(old);
}

static bool may_send(struct unix_socket *u, struct unix_socket *to)
{
    struct unix_socket *peer = unix_peer(to);

    return !peer || peer == u;
}

static status_t connect_to(struct unix_socket *u, struct unix_socket *to,
                           struct unix_socket **old)
{
    SPIN_GUARD(&unix_peer_lock);

    if (!may_send(u, to))
        return ERR_NOT_PERMITTED;
    *old = exchange_peer_locked(u, unix_get(to));
    return OK;
}

void unix_datagram_disconnect(struct unix_socket *u, struct unix_socket *peer)
{
    struct unix_socket *old = NULL;

    {
        SPIN_GUARD(&unix_peer_lock);
        if (unix_peer(u) == peer)
            old = exchange_peer_locked(u, NULL);
    }
    if (old)
        left(u, old);
}

static status_t disconnect(struct unix_socket *u)
{
    struct unix_socket *peer = unix_peer_get(u);

    if (peer)
        unix_datagram_disconnect(u, peer);
    unix_put(peer);
    return OK;
}

status_t unix_datagram_connect(struct unix_socket *u, struct socket_request *r)
{
    struct unix_socket *to, *old = NULL;
    status_t st;

    if (r->address->size < sizeof(r->address->family))
        return ERR_INVALID_ARGS;
    if (r->address->family == AF_UNSPEC)
        return disconnect(u);
    st = unix_check_address(r->address);
    if (st == OK)
        st = unix_autobind_if_asked(u);
    if (st == OK)
        st = unix_find(r->call, r->address, SOCK_DGRAM, &to);
    if (st != OK)
        return st;
    st = connect_to(u, to, &old);
    if (old && old != to)
        left(u, old);
    else
        unix_put(old);
    unix_put(to);
    unix_update_out(u);
    return st;
}
