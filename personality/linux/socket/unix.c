/*
 * unix.c - AF_UNIX sockets: birth, readiness, and the end (unix(7)).
 */
#include "mm/slab.h"
#include "personality/linux/socket/unix_internal.h"

struct spinlock unix_peer_lock;
SLAB_CACHE(unix_socket_cache, struct unix_socket);

/* What unix_show_locked looks after. */
enum { SHOWN = FILE_IN | FILE_RDHUP | FILE_HUP | FILE_ERR | SOCKET_ROOM };

static void unix_destroy(struct object *obj)
{
    struct unix_socket *u = container_of(obj, struct unix_socket, socket.object);

    unix_name_put(u->name);
    unix_identity_put(u->identity);
    slab_free(&unix_socket_cache, u);
}

static const struct object_ops object_ops = {.name = "unix", .destroy = unix_destroy};

static status_t own_name(struct socket *s, struct socket_address *out)
{
    struct unix_name *name = unix_name_of(unix_of(s));

    unix_name_to_address(name, out);
    unix_name_put(name);
    return OK;
}

static status_t peer_name(struct socket *s, struct socket_address *out)
{
    struct unix_socket *peer = unix_peer_get(unix_of(s));

    if (!peer)
        return ERR_NOT_CONNECTED;
    own_name(&peer->socket, out);
    unix_put(peer);
    return OK;
}

static void option_changed(struct socket *s)
{
    unix_update_out(unix_of(s));
}

static const struct socket_ops unix_ops = {
    .family = AF_UNIX,
    .pair = unix_pair,
    .bind = unix_bind,
    .listen = unix_listen,
    .shutdown = unix_shutdown,
    .name = own_name,
    .peer_name = peer_name,
    .try_connect = unix_try_connect,
    .try_accept = unix_try_accept,
    .unaccept = unix_unaccept,
    .try_send = unix_try_send,
    .try_receive = unix_try_receive,
    .get_option = unix_get_option,
    .ioctl = unix_ioctl,
    .option_changed = option_changed,
    .close = unix_close,
};

struct unix_socket *unix_new(unsigned type)
{
    struct unix_socket *u = slab_alloc_zeroed(&unix_socket_cache);

    if (!u)
        return NULL;
    socket_init(&u->socket, &unix_ops, &object_ops, type, FILE_OUT);
    u->backlog = UNIX_DATAGRAMS_MAX;
    list_init(&u->queue);
    list_init(&u->connections);
    list_init(&u->accept_link);
    list_init(&u->clients);
    list_init(&u->client_link);
    list_init(&u->name_link);
    list_init(&u->flight_link);
    list_init(&u->work_link);
    {
        SPIN_GUARD(unix_lock(u));
        unix_show_locked(u, 0);
    }
    SPIN_GUARD(&unix_name_lock);
    if (!unix_sockets.next)
        list_init(&unix_sockets);
    list_push_back(&unix_sockets, &u->all_link);
    return u;
}

status_t unix_socket_create(unsigned type, int protocol, struct socket **out)
{
    struct unix_socket *u;

    if (protocol && protocol != AF_UNIX)
        return ERR_PROTOCOL_NOT_SUPPORTED;
    if (type == SOCK_RAW)
        type = SOCK_DGRAM;
    if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
        return ERR_TYPE_NOT_SUPPORTED;
    u = unix_new(type);
    if (!u)
        return ERR_NO_MEMORY;
    *out = &u->socket;
    return OK;
}

struct unix_socket *unix_of_file(const struct file *file)
{
    struct socket *s = socket_of_file(file);

    return s && s->ops == &unix_ops ? unix_of(s) : NULL;
}

/* A second reader must not see what it would be refused; see unix_receive.c. */
static signals_t readiness_locked(struct unix_socket *u)
{
    unsigned shut = unix_shut(u);
    signals_t now = unix_is_full(u) ? 0 : SOCKET_ROOM;

    if (u->reader_waits)
        return now;
    if (!list_empty(&u->queue) || !list_empty(&u->connections))
        now |= FILE_IN;
    if (shut & UNIX_SHUT_RECEIVE)
        now |= FILE_IN | FILE_RDHUP;
    if (shut == UNIX_SHUT_BOTH || (!unix_is_datagram(u) && u->state == UNIX_UNCONNECTED))
        now |= FILE_HUP;
    return now | (u->error ? FILE_ERR : 0);
}

/* Observers of other signals are not told that some ended. */
static void show_locked(struct object *obj, signals_t mask, signals_t now, signals_t again)
{
    if (now & (~obj->signals | again))
        object_signal_locked(obj, mask & ~now, now);
    else
        obj->signals = (obj->signals & ~mask) | now;
}

void unix_show_locked(struct unix_socket *u, signals_t again)
{
    show_locked(&u->socket.object, SHOWN, readiness_locked(u), again);
}

/* A datagram's peer has its own queue limit, except for one that sends to us. */
static bool peer_is_full_locked(struct unix_socket *u)
{
    struct unix_socket *peer = unix_is_datagram(u) ? unix_peer(u) : NULL;

    return peer && unix_peer(peer) != u && unix_is_full(peer);
}

static bool is_writable_locked(struct unix_socket *u)
{
    return u->state != UNIX_LISTENING &&
           atomic_load_explicit(&u->sent, memory_order_relaxed) <=
               atomic_load_explicit(&u->socket.send_buffer, memory_order_relaxed) / 4 &&
           !peer_is_full_locked(u);
}

void unix_update_out(struct unix_socket *u)
{
    SPIN_GUARD(unix_lock(u));

    show_locked(&u->socket.object, FILE_OUT, is_writable_locked(u) ? FILE_OUT : 0, 0);
}

void unix_update_clients(struct unix_socket *u)
{
    SPIN_GUARD(&unix_peer_lock);

    list_for_each (it, &u->clients)
        unix_update_out(container_of(it, struct unix_socket, client_link));
}

status_t unix_take_error_locked(struct unix_socket *u)
{
    status_t st = u->error;

    u->error = OK;
    if (st != OK)
        unix_show_locked(u, 0);
    return st;
}

struct unix_socket *unix_peer_get(struct unix_socket *u)
{
    SPIN_GUARD(unix_lock(u));
    struct unix_socket *peer = unix_peer(u);

    return peer ? unix_get(peer) : NULL;
}

static void move_all(struct list *to, struct list *from)
{
    list_init(to);
    for (struct list *it = list_pop_front(from); it; it = list_pop_front(from))
        list_push_back(to, it);
}

/* Nothing comes in any more; what had come is the caller's. */
static void close_locked(struct unix_socket *u, struct list *messages, struct list *connections)
{
    SPIN_GUARD(unix_lock(u));

    u->closed = true;
    atomic_store_explicit(&u->shut, UNIX_SHUT_BOTH, memory_order_relaxed);
    atomic_store_explicit(&u->queued, 0, memory_order_relaxed);
    move_all(messages, &u->queue);
    move_all(connections, &u->connections);
    unix_show_locked(u, SOCKET_ROOM);
}

/* A connection's other end: what it sent and was not read is lost to it. */
static void tell_peer(struct unix_socket *u, bool lost)
{
    struct unix_socket *peer = unix_peer(u);

    if (!peer || unix_is_datagram(u))
        return;
    SPIN_GUARD(unix_lock(peer));
    atomic_store_explicit(&peer->shut, UNIX_SHUT_BOTH, memory_order_relaxed);
    if (lost && !peer->closed)
        peer->error = ERR_CONNECTION_RESET;
    unix_show_locked(peer, FILE_IN | FILE_HUP);
}

static struct unix_socket *take_peer(struct unix_socket *u)
{
    SPIN_GUARD(&unix_peer_lock);
    SPIN_GUARD(unix_lock(u));

    list_remove(&u->client_link);
    return atomic_exchange_explicit(&u->peer, NULL, memory_order_relaxed);
}

/* One that was accepted, or not (`lost`); not a listening one's connections. */
static void close_one(struct unix_socket *u, bool lost, struct list *connections)
{
    struct list messages;

    unix_unbind(u);
    {
        /* No connect is half done. */
        SPIN_GUARD(&unix_peer_lock);
        close_locked(u, &messages, connections);
    }
    tell_peer(u, lost || !list_empty(&messages));
    unix_messages_free(&messages);
    unix_update_clients(u);
    unix_put(take_peer(u));
}

void unix_close(struct socket *s)
{
    struct list connections, none;

    close_one(unix_of(s), false, &connections);
    for (struct list *it = list_pop_front(&connections); it;
         it = list_pop_front(&connections)) {
        struct unix_socket *waiting = container_of(it, struct unix_socket, accept_link);

        close_one(waiting, true, &none);
        unix_put(waiting);
    }
}
