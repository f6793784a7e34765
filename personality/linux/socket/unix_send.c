/*
 * unix_send.c - sending: user bytes into a message, and that into the receiver's queue.
 *
 * The bytes are copied with no lock held. The receiver's lock is taken once, to look at what it
 * is and to put the message there.
 */
#include "personality/linux/socket/unix_internal.h"

enum {
    STREAM_PART = (32 << 10) - sizeof(struct unix_message), /* a message of a stream at most */
    SIZE_RESERVE = 32, /* of the send buffer, never a datagram's */
    OVERFLOW_ID = 65534,
};

/* The credentials that go along: those given, the caller's, or nobody's. */
static struct ucred credentials(struct unix_socket *u, struct unix_socket *to,
                                const struct socket_request *r)
{
    if (r->control && r->control->has_credentials)
        return r->control->credentials;
    if (socket_flag(&u->socket, SO_PASSCRED) || (to && socket_flag(&to->socket, SO_PASSCRED)))
        return unix_caller_ucred();
    return (struct ucred){.uid = OVERFLOW_ID, .gid = OVERFLOW_ID};
}

/* A message of the next `size` bytes; io stands where it stood if it fails. Rights stay with
 * the request. */
static status_t compose(struct socket_request *r, size_t size, struct unix_message **out)
{
    struct unix_message *m = unix_message_new(size);
    struct iobuf before = *r->io;
    size_t moved = 0;
    status_t st;

    if (!m)
        return ERR_NO_MEMORY;
    st = size ? iobuf_take(r->io, m->data, size, &moved) : OK;
    if (st != OK) {
        *r->io = before;
        unix_message_free(m);
        return st;
    }
    *out = m;
    return OK;
}

/* May it go there? `to` is locked. */
static status_t check_receiver_locked(struct unix_socket *u, struct unix_socket *to)
{
    bool datagram = unix_is_datagram(to);
    struct unix_socket *back = unix_peer(to);

    if (datagram && back && back != u)
        return ERR_NOT_PERMITTED;
    if (to->closed)
        return datagram ? ERR_CONNECTION_REFUSED : ERR_PEER_CLOSED;
    if (unix_shut(to) & UNIX_SHUT_RECEIVE)
        return ERR_PEER_CLOSED;
    if (datagram && to != u && back != u && unix_is_full(to))
        return ERR_SHOULD_WAIT;
    return OK;
}

/* `*full`: the queue has just become so. */
static status_t enqueue(struct unix_socket *u, struct unix_socket *to, struct unix_message *m,
                        bool *full)
{
    SPIN_GUARD(unix_lock(to));
    status_t st = check_receiver_locked(u, to);

    if (st != OK)
        return st;
    list_push_back(&to->queue, &m->link);
    *full = atomic_fetch_add_explicit(&to->queued, 1, memory_order_relaxed) == to->backlog;
    unix_show_locked(to, FILE_IN);
    return OK;
}

/* Consumes the message on OK; the request's rights go with it. */
static status_t deliver(struct unix_socket *u, struct unix_socket *to, struct socket_request *r,
                        struct unix_message *m)
{
    struct socket_rights *rights = r->control ? r->control->rights : NULL;
    bool full = false;
    status_t st;

    m->credentials = credentials(u, to, r);
    m->rights = rights;
    if (rights)
        unix_flight_begin(rights);
    unix_message_charge(m, u);
    st = enqueue(u, to, m, &full);
    if (st != OK) {
        unix_message_uncharge(m);
        if (rights)
            unix_flight_end(rights);
        m->rights = NULL;
        return st;
    }
    if (rights)
        r->control->rights = NULL;
    if (full && unix_is_datagram(to))
        unix_update_clients(to);
    return OK;
}

static bool has_room(struct unix_socket *u)
{
    return atomic_load_explicit(&u->sent, memory_order_relaxed) <
           atomic_load_explicit(&u->socket.send_buffer, memory_order_relaxed);
}

static status_t send_part(struct unix_socket *u, struct unix_socket *peer,
                          struct socket_request *r)
{
    struct iobuf before = *r->io;
    struct unix_message *m;
    status_t st;

    if (!has_room(u))
        return ERR_SHOULD_WAIT;
    st = compose(r, MIN(iobuf_left(r->io), (size_t)STREAM_PART), &m);
    if (st != OK)
        return st;
    st = deliver(u, peer, r, m);
    if (st != OK) {
        *r->io = before;
        unix_message_free(m);
    }
    return st;
}

static status_t send_stream(struct unix_socket *u, struct socket_request *r)
{
    struct unix_socket *peer = unix_peer(u);
    status_t st = OK;

    if (r->flags & MSG_OOB)
        return ERR_NOT_SUPPORTED;
    if (r->address)
        return peer ? ERR_IS_CONNECTED : ERR_NOT_SUPPORTED;
    if (!peer)
        return ERR_NOT_CONNECTED;
    if (unix_shut(u) & UNIX_SHUT_SEND)
        return ERR_PEER_CLOSED;
    while (st == OK && iobuf_left(r->io))
        st = send_part(u, peer, r);
    return st;
}

static status_t take_error(struct unix_socket *u)
{
    SPIN_GUARD(unix_lock(u));

    return unix_take_error_locked(u);
}

/* Where a message goes: a reference. */
static status_t find_receiver(struct unix_socket *u, struct socket_request *r,
                              struct unix_socket **out)
{
    if (r->address)
        return unix_find(r->call, r->address, u->socket.type, out);
    *out = unix_peer_get(u);
    return *out ? OK : ERR_NOT_CONNECTED;
}

/* To whom it goes is looked at last. */
static status_t send_composed(struct unix_socket *u, struct socket_request *r,
                              struct unix_message *m)
{
    struct unix_socket *to;
    status_t st = find_receiver(u, r, &to);

    if (st != OK)
        return st;
    m->from = unix_is_datagram(u) ? unix_name_of(u) : NULL;
    st = deliver(u, to, r, m);
    if (st == ERR_CONNECTION_REFUSED && !r->address)
        unix_datagram_disconnect(u, to);
    if (st == ERR_SHOULD_WAIT)
        r->until = &to->socket;
    else
        unix_put(to);
    return st;
}

static status_t check_message(struct unix_socket *u, struct socket_request *r)
{
    unsigned limit = atomic_load_explicit(&u->socket.send_buffer, memory_order_relaxed);
    status_t st;

    if (r->flags & MSG_OOB)
        return ERR_NOT_SUPPORTED;
    st = r->address ? unix_check_address(r->address) : OK;
    if (st != OK)
        return st;
    if (!r->address && !unix_peer(u))
        return ERR_NOT_CONNECTED;
    st = unix_autobind_if_asked(u);
    if (st != OK)
        return st;
    if (iobuf_left(r->io) > limit - SIZE_RESERVE)
        return ERR_MESSAGE_SIZE;
    st = take_error(u);
    if (st == OK && unix_shut(u) & UNIX_SHUT_SEND)
        st = ERR_PEER_CLOSED;
    return st == OK && !has_room(u) ? ERR_SHOULD_WAIT : st;
}

/* One message of all that is there. */
static status_t send_message(struct unix_socket *u, struct socket_request *r)
{
    struct iobuf before = *r->io;
    struct unix_message *m;
    status_t st = check_message(u, r);

    if (st == OK)
        st = compose(r, iobuf_left(r->io), &m);
    if (st == OK) {
        st = send_composed(u, r, m);
        if (st != OK) {
            *r->io = before;
            unix_message_free(m);
        }
    }
    return st == ERR_PEER_CLOSED ? ERR_PEER_SHUT : st;
}

/* On a connection whose sides keep messages apart, an address is passed over. */
static status_t send_packet(struct unix_socket *u, struct socket_request *r)
{
    status_t st = take_error(u);

    if (st != OK)
        return st;
    if (!unix_peer(u))
        return ERR_NOT_CONNECTED;
    r->address = NULL;
    return send_message(u, r);
}

status_t unix_try_send(struct socket *s, struct socket_request *r)
{
    struct unix_socket *u = unix_of(s);

    if (s->type == SOCK_STREAM)
        return send_stream(u, r);
    return s->type == SOCK_SEQPACKET ? send_packet(u, r) : send_message(u, r);
}
