/*
 * unix_connect.c - connections: pairs, listening, connecting, accepting, shutting down.
 */
#include "personality/linux/socket/unix_internal.h"

/* One end of a connection, in which `peer` (a reference, consumed) is the other. */
static void join_locked(struct unix_socket *u, struct unix_socket *peer,
                        struct unix_identity *identity)
{
    u->state = UNIX_CONNECTED;
    u->identity = identity;
    atomic_store_explicit(&u->peer, peer, memory_order_release);
    unix_show_locked(u, 0);
}

static void join(struct unix_socket *u, struct unix_socket *peer,
                 struct unix_identity *identity)
{
    SPIN_GUARD(unix_lock(u));

    join_locked(u, unix_get(peer), identity);
}

/* Both are new. */
status_t unix_pair(struct socket *a, struct socket *b)
{
    struct unix_identity *id = unix_identity_new();

    if (!id)
        return ERR_NO_MEMORY;
    SPIN_GUARD(&unix_peer_lock);
    join(unix_of(a), unix_of(b), id);
    join(unix_of(b), unix_of(a), unix_identity_get(id));
    if (unix_is_datagram(unix_of(a))) {
        list_push_back(&unix_of(b)->clients, &unix_of(a)->client_link);
        list_push_back(&unix_of(a)->clients, &unix_of(b)->client_link);
    }
    return OK;
}

/* What was there before is the caller's to let go. */
static status_t start_listening(struct unix_socket *u, unsigned backlog,
                                struct unix_identity **id)
{
    struct unix_identity *old;
    SPIN_GUARD(unix_lock(u));

    if (!u->name || u->state == UNIX_CONNECTED)
        return ERR_INVALID_ARGS;
    u->state = UNIX_LISTENING;
    u->backlog = backlog;
    old = u->identity;
    u->identity = *id;
    *id = old;
    unix_show_locked(u, 0);
    return OK;
}

status_t unix_listen(struct socket *s, unsigned backlog)
{
    struct unix_socket *u = unix_of(s);
    struct unix_identity *id;
    status_t st;

    if (unix_is_datagram(u))
        return ERR_NOT_SUPPORTED;
    id = unix_identity_new();
    if (!id)
        return ERR_NO_MEMORY;
    {
        SPIN_GUARD(&unix_peer_lock);
        st = start_listening(u, backlog, &id);
    }
    unix_identity_put(id);
    unix_update_out(u);
    return st;
}

/* What the listening side lends to a connection. */
struct lent {
    struct unix_name *name;
    struct unix_identity *identity;
};

/* Would `to` have one more connection? References in `*lent` if so. */
static status_t ask(struct unix_socket *to, struct lent *lent)
{
    SPIN_GUARD(unix_lock(to));

    if (to->state != UNIX_LISTENING || unix_shut(to) & UNIX_SHUT_RECEIVE)
        return ERR_CONNECTION_REFUSED;
    if (unix_is_full(to))
        return ERR_SHOULD_WAIT;
    lent->name = unix_name_get(to->name);
    lent->identity = unix_identity_get(to->identity);
    return OK;
}

/* `u` becomes the peer of `end`. */
static status_t take_end(struct unix_socket *u, struct unix_socket *end,
                         struct unix_identity *identity)
{
    SPIN_GUARD(unix_lock(u));

    if (u->state != UNIX_UNCONNECTED)
        return u->state == UNIX_CONNECTED ? ERR_IS_CONNECTED : ERR_INVALID_ARGS;
    join_locked(u, unix_get(end), identity);
    return OK;
}

/* Wait to be accepted. */
static void queue_up(struct unix_socket *to, struct unix_socket *end)
{
    SPIN_GUARD(unix_lock(to));

    list_push_back(&to->connections, &end->accept_link);
    atomic_fetch_add_explicit(&to->queued, 1, memory_order_relaxed);
    unix_show_locked(to, FILE_IN);
}

/* `end` (consumed on OK) with the caller's `id` is to be accepted. Under unix_peer_lock only
 * accepting goes on meanwhile. */
static status_t connect_to(struct unix_socket *u, struct unix_socket *to,
                           struct unix_socket *end, struct unix_identity *id)
{
    SPIN_GUARD(&unix_peer_lock);
    struct lent lent;
    status_t st = ask(to, &lent);

    if (st != OK)
        return st;
    st = take_end(u, end, lent.identity);
    if (st != OK) {
        unix_name_put(lent.name);
        unix_identity_put(lent.identity);
        return st;
    }
    {
        SPIN_GUARD(unix_lock(end));
        end->name = lent.name;
        join_locked(end, unix_get(u), unix_identity_get(id));
    }
    queue_up(to, end);
    return OK;
}

/* The other end is made before it is known whether it is wanted: no memory is asked for under
 * a lock. */
static status_t connect_stream(struct unix_socket *u, struct unix_socket *to)
{
    struct unix_socket *end = unix_new(u->socket.type);
    struct unix_identity *id = unix_identity_new();
    status_t st = end && id ? connect_to(u, to, end, id) : ERR_NO_MEMORY;

    if (end && st != OK) {
        unix_close(&end->socket);
        unix_put(end);
    }
    unix_identity_put(id);
    return st;
}

status_t unix_try_connect(struct socket *s, struct socket_request *r)
{
    struct unix_socket *u = unix_of(s), *to;
    status_t st;

    if (unix_is_datagram(u))
        return unix_datagram_connect(u, r);
    st = unix_check_address(r->address);
    if (st == OK)
        st = unix_autobind_if_asked(u);
    if (st == OK)
        st = unix_find(r->call, r->address, s->type, &to);
    if (st != OK)
        return st;
    st = connect_stream(u, to);
    if (st == ERR_SHOULD_WAIT)
        r->until = &to->socket;
    else
        unix_put(to);
    return st;
}

static status_t take_connection(struct unix_socket *u, struct unix_socket **out)
{
    SPIN_GUARD(unix_lock(u));
    struct list *first;

    if (u->state != UNIX_LISTENING)
        return ERR_INVALID_ARGS;
    first = list_pop_front(&u->connections);
    if (!first)
        return unix_shut(u) & UNIX_SHUT_RECEIVE ? ERR_INVALID_ARGS : ERR_SHOULD_WAIT;
    atomic_fetch_sub_explicit(&u->queued, 1, memory_order_relaxed);
    unix_show_locked(u, 0);
    *out = container_of(first, struct unix_socket, accept_link);
    return OK;
}

status_t unix_try_accept(struct socket *s, struct socket_request *r)
{
    struct unix_socket *u = unix_of(s), *accepted;
    status_t st;

    if (unix_is_datagram(u))
        return ERR_NOT_SUPPORTED;
    st = take_connection(u, &accepted);
    if (st != OK)
        return st;
    if (socket_flag(s, SO_PASSCRED))
        atomic_fetch_or_explicit(&accepted->socket.flags, 1u << SO_PASSCRED,
                                 memory_order_relaxed);
    r->accepted = &accepted->socket;
    if (r->address)
        accepted->socket.ops->peer_name(&accepted->socket, r->address);
    return OK;
}

/* The socket's file is the caller's, so it is not closed. */
void unix_unaccept(struct socket *s, struct socket *accepted)
{
    struct unix_socket *u = unix_of(s);
    SPIN_GUARD(unix_lock(u));

    list_insert_before(u->connections.next, &unix_of(accepted)->accept_link);
    atomic_fetch_add_explicit(&u->queued, 1, memory_order_relaxed);
    unix_show_locked(u, FILE_IN);
}

static void shut(struct unix_socket *u, unsigned what)
{
    SPIN_GUARD(unix_lock(u));

    atomic_fetch_or_explicit(&u->shut, what, memory_order_relaxed);
    unix_show_locked(u, FILE_IN | FILE_HUP);
}

/* What one side of a connection no longer sends, the other no longer receives. */
status_t unix_shutdown(struct socket *s, unsigned how)
{
    static const uint8_t mine[] = {[SHUT_RD] = UNIX_SHUT_RECEIVE,
                                   [SHUT_WR] = UNIX_SHUT_SEND,
                                   [SHUT_RDWR] = UNIX_SHUT_BOTH};
    static const uint8_t peers[] = {[SHUT_RD] = UNIX_SHUT_SEND,
                                    [SHUT_WR] = UNIX_SHUT_RECEIVE,
                                    [SHUT_RDWR] = UNIX_SHUT_BOTH};
    struct unix_socket *u = unix_of(s), *peer = unix_is_datagram(u) ? NULL : unix_peer(u);

    shut(u, mine[how]);
    unix_update_clients(u);
    if (peer)
        shut(peer, peers[how]);
    return OK;
}
