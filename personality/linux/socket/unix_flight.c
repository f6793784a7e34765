/*
 * unix_flight.c - sockets whose files are in messages, and the collection of those that nothing
 * but such messages leads to (unix(7), SCM_RIGHTS).
 *
 * A socket is a candidate while all references to its file are in messages. A reference from a
 * message that waits in a candidate explains one; a candidate with one left over is reached
 * from outside, and so is what its own queue holds. The others are garbage: a circle, or what
 * hangs on it. Taking a file out of a message, or copying it by MSG_PEEK, needs flight_lock,
 * and needs a reference to the socket whose queue it is; so what is found unreachable under the
 * lock stays so. A message that is on no queue explains nothing, which errs on the safe side.
 */
#include "mm/slab.h"
#include "personality/linux/socket/unix_internal.h"

static struct spinlock flight_lock;
static struct list in_flight; /* of flight_link; guarded by flight_lock; zeroed when empty */
static atomic_uint flights;   /* in all; a quick answer for closing files */
static atomic_uint closes;    /* of sockets, since the last collection */

static bool holds_sockets(const struct socket_rights *rights)
{
    for (unsigned i = 0; i < rights->count; i++)
        if (unix_of_file(rights->files[i]))
            return true;
    return false;
}

void unix_flight_begin(struct socket_rights *rights)
{
    if (!holds_sockets(rights))
        return;
    SPIN_GUARD(&flight_lock);
    if (!in_flight.next)
        list_init(&in_flight);
    for (unsigned i = 0; i < rights->count; i++) {
        struct unix_socket *u = unix_of_file(rights->files[i]);

        if (!u)
            continue;
        if (u->flights++ == 0)
            list_push_back(&in_flight, &u->flight_link);
        atomic_fetch_add_explicit(&flights, 1, memory_order_relaxed);
    }
}

void unix_flight_end(struct socket_rights *rights)
{
    if (!holds_sockets(rights))
        return;
    SPIN_GUARD(&flight_lock);
    for (unsigned i = 0; i < rights->count; i++) {
        struct unix_socket *u = unix_of_file(rights->files[i]);

        if (!u)
            continue;
        if (--u->flights == 0)
            list_remove(&u->flight_link);
        atomic_fetch_sub_explicit(&flights, 1, memory_order_relaxed);
    }
}

void unix_flight_copy(const struct socket_rights *from, struct socket_rights *to)
{
    SPIN_GUARD(&flight_lock);

    for (unsigned i = 0; i < from->count; i++)
        to->files[i] = file_get(from->files[i]);
    to->count = from->count;
}

/* Calls back for each candidate that a message in the queue of `u` holds. */
static void for_each_in_queue(struct unix_socket *u,
                              void (*fn)(struct unix_socket *held, struct list *work),
                              struct list *work)
{
    SPIN_GUARD(unix_lock(u));

    list_for_each (it, &u->queue) {
        struct socket_rights *rights = container_of(it, struct unix_message, link)->rights;

        for (unsigned i = 0; rights && i < rights->count; i++) {
            struct unix_socket *held = unix_of_file(rights->files[i]);

            if (held && held->candidate)
                fn(held, work);
        }
    }
}

/*
 * The same for all that is kept by the candidate `u`: its queue, and those of connections that
 * wait for it to accept. That list stands still: a connect would need unix_peer_lock, an accept
 * a reference to the file.
 */
static void for_each_held(struct unix_socket *u,
                          void (*fn)(struct unix_socket *held, struct list *work),
                          struct list *work)
{
    for_each_in_queue(u, fn, work);
    list_for_each (it, &u->connections)
        for_each_in_queue(container_of(it, struct unix_socket, accept_link), fn, work);
}

static void explain(struct unix_socket *held, struct list *work)
{
    (void)work;
    held->unexplained--;
}

/* It can be reached, so it is looked into. */
static void reach(struct unix_socket *held, struct list *work)
{
    held->candidate = false;
    list_push_back(work, &held->work_link);
}

static void find_candidates_locked(void)
{
    list_for_each (it, &in_flight) {
        struct unix_socket *u = container_of(it, struct unix_socket, flight_link);
        unsigned refs =
            atomic_load_explicit(&u->socket.file->object.refs, memory_order_acquire);

        u->unexplained = u->flights;
        u->candidate = refs == u->flights;
    }
}

static void find_garbage_locked(void)
{
    struct list work;

    list_init(&work);
    find_candidates_locked();
    list_for_each (it, &in_flight) {
        struct unix_socket *u = container_of(it, struct unix_socket, flight_link);

        if (u->candidate)
            for_each_held(u, explain, NULL);
    }
    list_for_each (it, &in_flight) {
        struct unix_socket *u = container_of(it, struct unix_socket, flight_link);

        if (u->candidate && u->unexplained)
            reach(u, &work);
    }
    for (struct list *it = list_pop_front(&work); it; it = list_pop_front(&work))
        for_each_held(container_of(it, struct unix_socket, work_link), reach, &work);
}

static void take_messages(struct unix_socket *u, struct list *messages)
{
    SPIN_GUARD(unix_lock(u));

    list_for_each_safe (it, &u->queue) {
        if (!container_of(it, struct unix_message, link)->rights)
            continue;
        list_remove(it);
        list_push_back(messages, it);
        atomic_fetch_sub_explicit(&u->queued, 1, memory_order_relaxed);
    }
    unix_show_locked(u, 0);
}

static void take_garbage(struct list *messages)
{
    SPIN_GUARD(&unix_peer_lock);
    SPIN_GUARD(&flight_lock);

    if (!in_flight.next)
        return;
    find_garbage_locked();
    list_for_each (it, &in_flight) {
        struct unix_socket *u = container_of(it, struct unix_socket, flight_link);

        if (!u->candidate)
            continue;
        take_messages(u, messages);
        list_for_each (waiting, &u->connections)
            take_messages(container_of(waiting, struct unix_socket, accept_link), messages);
    }
}

/* A sender that is garbage itself goes with the first of the messages that hold it, so all are
 * paid back before. */
void unix_collect(void)
{
    struct list messages;

    if (!atomic_load_explicit(&flights, memory_order_relaxed))
        return;
    atomic_store_explicit(&closes, 0, memory_order_relaxed);
    list_init(&messages);
    take_garbage(&messages);
    list_for_each (it, &messages)
        unix_message_uncharge(container_of(it, struct unix_message, link));
    unix_messages_free(&messages);
}

/* A collection looks at all that is in flight, so it has to be earned: a few steps a close. */
void unix_closed(void)
{
    enum { STEPS_A_CLOSE = 64 };
    unsigned count = atomic_load_explicit(&flights, memory_order_relaxed);

    if (count && (atomic_fetch_add_explicit(&closes, 1, memory_order_relaxed) + 1) >=
                     DIV_ROUND_UP(count, STEPS_A_CLOSE))
        unix_collect();
}
