/*
 * unix_receive.c - receiving: from the queue to user memory.
 *
 * Bytes are copied with no lock held. A reader marks the socket as being read, so that the
 * messages it looks at stay; senders go on behind them. Another reader who comes meanwhile
 * takes the readiness away, says ERR_SHOULD_WAIT, and the end of the reading brings it back.
 */
#include "base/string.h"
#include "personality/linux/socket/unix_internal.h"

static struct unix_message *first_locked(struct unix_socket *u)
{
    return list_empty(&u->queue) ? NULL
                                 : container_of(u->queue.next, struct unix_message, link);
}

/* Nothing is there: an error, the end (OK), or not yet. A datagram socket that does not wait is
 * not told of an end. */
static status_t nothing_locked(struct unix_socket *u, const struct socket_request *r)
{
    status_t st = unix_take_error_locked(u);

    if (st != OK)
        return st;
    if (!(unix_shut(u) & UNIX_SHUT_RECEIVE) || (unix_is_datagram(u) && r->nonblocking))
        return ERR_SHOULD_WAIT;
    return OK;
}

/* Become the reader of the first message; NULL: OK is the end. */
static status_t begin(struct unix_socket *u, const struct socket_request *r,
                      struct unix_message **out)
{
    SPIN_GUARD(unix_lock(u));

    *out = NULL;
    if (u->error && u->socket.type != SOCK_STREAM)
        return unix_take_error_locked(u);
    if (list_empty(&u->queue))
        return nothing_locked(u, r);
    if (u->reading) {
        u->reader_waits = true;
        unix_show_locked(u, 0);
        return ERR_SHOULD_WAIT;
    }
    u->reading = true;
    *out = first_locked(u);
    return OK;
}

static void end_locked(struct unix_socket *u)
{
    u->reading = u->reader_waits = false;
    unix_show_locked(u, 0);
}

static void end(struct unix_socket *u)
{
    SPIN_GUARD(unix_lock(u));

    end_locked(u);
}

/* Off the queue. True: a full queue has room again. */
static bool remove_locked(struct unix_socket *u, struct unix_message *m)
{
    list_remove(&m->link);
    return atomic_fetch_sub_explicit(&u->queued, 1, memory_order_relaxed) == u->backlog + 1;
}

/* A second set of references to the files that a message holds; without memory, none. */
static struct socket_rights *copy_rights(struct unix_message *m)
{
    struct socket_rights *copy = rights_new(m->rights->count);

    if (copy)
        unix_flight_copy(m->rights, copy);
    return copy;
}

static struct socket_rights *take_rights(struct unix_message *m)
{
    struct socket_rights *rights = m->rights;

    unix_flight_end(rights);
    m->rights = NULL;
    return rights;
}

/* What goes along with the message. */
static void give_control(struct unix_socket *u, struct socket_request *r,
                         struct unix_message *m)
{
    struct socket_rights *rights = NULL;

    if (m->rights && !(r->flags & MSG_PEEK))
        rights = take_rights(m);
    else if (m->rights && r->control)
        rights = copy_rights(m);
    if (!r->control) {
        rights_drop(rights);
        return;
    }
    if (rights) {
        rights_drop(r->control->rights); /* of an attempt before this one, which only looked */
        r->control->rights = rights;
    }
    if (socket_flag(&u->socket, SO_PASSCRED)) {
        r->control->has_credentials = true;
        r->control->credentials = m->credentials;
    }
}

static void give_name(struct socket_request *r, const struct unix_name *name)
{
    if (r->address && name)
        unix_name_to_address(name, r->address);
}

static void give_peer_name(struct unix_socket *u, struct socket_request *r)
{
    struct unix_name *name;

    if (!r->address)
        return;
    name = unix_name_of(unix_peer(u));
    give_name(r, name);
    unix_name_put(name);
}

/* Streams. */
struct reading {
    struct unix_socket *u;
    struct socket_request *r;
    struct list done;
};

/* `size` bytes of `m` are through; the next message if `more` is wanted, else that was all. */
static struct unix_message *advance(struct reading *reading, struct unix_message *m,
                                    size_t size, bool more)
{
    struct unix_socket *u = reading->u;
    struct unix_message *next = NULL;
    SPIN_GUARD(unix_lock(u));

    if (reading->r->flags & MSG_PEEK) {
        if (m->link.next != &u->queue)
            next = container_of(m->link.next, struct unix_message, link);
    } else {
        m->consumed += (uint32_t)size;
        if (m->consumed == m->size) {
            remove_locked(u, m);
            list_push_back(&reading->done, &m->link);
            next = first_locked(u);
        }
    }
    if (next && more)
        return next;
    end_locked(u);
    return NULL;
}

/* Messages of different senders are not read as one, where it would show. */
static bool is_of_another(const struct reading *reading, const struct unix_message *m)
{
    const struct socket_control *control = reading->r->control;

    return control && control->has_credentials &&
           memcmp(&control->credentials, &m->credentials, sizeof(m->credentials));
}

/* Copy from one message after the other; the reading is over then. `*stopped`: more would not
 * have been taken even if it were there. */
static status_t read_on(struct reading *reading, struct unix_message *m, bool *stopped)
{
    struct socket_request *r = reading->r;
    status_t st = OK;

    while (m) {
        size_t moved = 0;
        bool had_rights = m->rights;

        if (is_of_another(reading, m)) {
            *stopped = true;
            end(reading->u);
            break;
        }
        st = iobuf_put(r->io, m->data + m->consumed, m->size - m->consumed, &moved);
        if (moved)
            give_control(reading->u, r, m);
        *stopped = had_rights && moved;
        m = advance(reading, m, moved, st == OK && iobuf_left(r->io) && !*stopped);
    }
    return st;
}

/* How much has to be there before a reader that waits is satisfied. */
static size_t target(struct unix_socket *u, const struct socket_request *r)
{
    if (r->flags & MSG_PEEK)
        return 1;
    if (r->flags & MSG_WAITALL)
        return r->io->size;
    return MIN(r->io->size, (size_t)MAX(1u, atomic_load_explicit(&u->socket.low_water,
                                                                 memory_order_relaxed)));
}

static status_t receive_stream(struct unix_socket *u, struct socket_request *r)
{
    struct reading reading = {.u = u, .r = r};
    struct iobuf before = *r->io;
    struct unix_message *m;
    bool stopped = false;
    status_t st;

    if (!unix_peer(u))
        return ERR_INVALID_ARGS;
    if (r->flags & MSG_OOB)
        return ERR_INVALID_ARGS;
    st = begin(u, r, &m);
    if (st != OK || !m)
        return st;
    list_init(&reading.done);
    give_peer_name(u, r);
    st = read_on(&reading, m, &stopped);
    unix_messages_free(&reading.done);
    if (st == ERR_USER_PAGE && r->flags & MSG_PEEK)
        *r->io = before;
    if (st == OK && !stopped && r->io->done < target(u, r))
        return ERR_SHOULD_WAIT;
    return st;
}

/* The one message is through: it stays for the next one if it was only looked at. */
static void finish(struct unix_socket *u, struct unix_message *m, bool keep)
{
    bool room = false;

    {
        SPIN_GUARD(unix_lock(u));
        if (!keep)
            room = remove_locked(u, m);
        end_locked(u);
    }
    if (!keep)
        unix_message_free(m);
    if (room && unix_is_datagram(u))
        unix_update_clients(u);
}

/* What does not fit is lost, and so is a message that meets a bad address. */
static status_t receive_message(struct unix_socket *u, struct socket_request *r)
{
    struct iobuf before = *r->io;
    struct unix_message *m;
    size_t moved = 0;
    status_t st;

    if (r->flags & MSG_OOB)
        return ERR_NOT_SUPPORTED;
    if (u->socket.type == SOCK_SEQPACKET && !unix_peer(u))
        return ERR_NOT_CONNECTED;
    st = begin(u, r, &m);
    if (st != OK || !m)
        return st;
    if (m->size && iobuf_left(r->io))
        st = iobuf_put(r->io, m->data, m->size, &moved);
    if (st == OK) {
        r->full = m->size;
        r->out_flags |= moved < m->size ? MSG_TRUNC : 0;
        if (unix_is_datagram(u))
            give_name(r, m->from);
        else
            give_peer_name(u, r);
        give_control(u, r, m);
    } else {
        *r->io = before;
    }
    finish(u, m, st == ERR_USER_PAGE || r->flags & MSG_PEEK);
    return st;
}

status_t unix_try_receive(struct socket *s, struct socket_request *r)
{
    struct unix_socket *u = unix_of(s);

    return s->type == SOCK_STREAM ? receive_stream(u, r) : receive_message(u, r);
}
