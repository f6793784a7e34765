/*
 * unix_internal.h - what the files of the AF_UNIX family share (unix(7)).
 *
 * A socket's lock is its object's. Locks of two sockets are never held together: what concerns
 * both is done in steps, one lock each, and where no other change may come in between, under
 * unix_peer_lock.
 *
 * Lock order: unix_peer_lock -> flight_lock (unix_flight.c) -> object.lock;
 * unix_name_lock -> object.lock.
 */
#pragma once

#include "personality/linux/socket/rights.h"
#include "personality/linux/socket/socket.h"

enum unix_state { UNIX_UNCONNECTED, UNIX_LISTENING, UNIX_CONNECTED };
enum { UNIX_SHUT_RECEIVE = 1, UNIX_SHUT_SEND = 2, UNIX_SHUT_BOTH = 3 };
enum { UNIX_DATAGRAMS_MAX = 10 }; /* net.unix.max_dgram_qlen */

/* The bytes of sun_path that count: a path with its NUL, or, from a NUL on, an abstract name.
 */
struct unix_name {
    atomic_uint refs;
    uint32_t size;
    char text[];
};

/* Who was at the other end when the connection was made. */
struct unix_identity {
    atomic_uint refs;
    struct ucred ucred;
    uint32_t group_count, groups[];
};

struct unix_message {
    struct list link;             /* of the receiver's queue; guarded by its lock */
    struct unix_socket *sender;   /* pays for it; a reference if a datagram's */
    struct unix_name *from;       /* reference; datagrams only, NULL: it has none */
    struct socket_rights *rights; /* in flight; NULL: none */
    struct ucred credentials;
    uint32_t size, consumed; /* bytes; `consumed` of streams, guarded by the receiver's lock */
    char data[];
};

struct unix_socket {
    struct socket socket;

    /* Guarded by the socket's lock. */
    enum unix_state state;
    /*
     * A reference. Of a stream or seqpacket socket it is set once, while unconnected, and stays
     * until close, so it may be read without a lock; then state is CONNECTED. Of a datagram
     * socket it changes, under unix_peer_lock and the lock.
     */
    struct unix_socket *_Atomic peer;
    struct unix_name *name;         /* reference; set once, under unix_name_lock too */
    struct unix_identity *identity; /* reference: the peer's; the own one while listening */
    status_t error;                 /* SO_ERROR */
    atomic_uint shut;               /* UNIX_SHUT_*; only grows; read without the lock */
    bool closed;
    bool reading, reader_waits; /* somebody copies from the queue; another wants to */
    struct list queue;          /* of unix_message.link, oldest first */
    struct list connections;    /* of unix_socket.accept_link, not accepted yet */
    atomic_uint queued;         /* messages or connections; read without the lock */
    unsigned backlog;           /* there is room while queued <= backlog */

    /* Bytes sent and not yet received, with their messages. It crosses a quarter of the send
     * buffer up or down; whoever made it do so calls unix_update_out. */
    atomic_uint sent;

    struct list accept_link;
    /* Datagram sockets whose peer this is; guarded by unix_peer_lock. */
    struct list clients, client_link;
    struct list all_link; /* guarded by unix_name_lock */
    /* The bound name: guarded by unix_name_lock. */
    struct list name_link;
    struct path path; /* keeps the inode that is the key; empty for abstract names */

    /* The collector's, see unix_flight.c; guarded by flight_lock. */
    struct list flight_link;
    unsigned flights; /* references to our file that messages hold */
    unsigned unexplained;
    bool candidate;
    struct list work_link;
};

extern struct spinlock unix_peer_lock, unix_name_lock;
extern struct list unix_sockets; /* of all_link; may be zeroed when empty */

static inline struct unix_socket *unix_of(struct socket *s)
{
    return container_of(s, struct unix_socket, socket);
}
static inline struct spinlock *unix_lock(struct unix_socket *u)
{
    return &u->socket.object.lock;
}
static inline struct unix_socket *unix_get(struct unix_socket *u)
{
    object_get(&u->socket.object);
    return u;
}
static inline void unix_put(struct unix_socket *u)
{
    if (u)
        object_put(&u->socket.object);
}
static inline struct unix_socket *unix_peer(struct unix_socket *u)
{
    return atomic_load_explicit(&u->peer, memory_order_acquire);
}
static inline unsigned unix_shut(struct unix_socket *u)
{
    return atomic_load_explicit(&u->shut, memory_order_relaxed);
}
/* Others have to wait. One that receives nothing more refuses at once. */
static inline bool unix_is_full(struct unix_socket *u)
{
    return atomic_load_explicit(&u->queued, memory_order_relaxed) > u->backlog &&
           !(unix_shut(u) & UNIX_SHUT_RECEIVE);
}
static inline bool unix_is_datagram(const struct unix_socket *u)
{
    return u->socket.type == SOCK_DGRAM;
}
/* The AF_UNIX socket of a file, borrowed; NULL: it is none. */
struct unix_socket *unix_of_file(const struct file *file);

/* unix.c */
struct unix_socket *unix_new(unsigned type); /* NULL: no memory */
/* Show what the state amounts to; those of `again` that hold count as new. FILE_OUT apart. */
void unix_show_locked(struct unix_socket *u, signals_t again);
/* FILE_OUT anew; no lock held, or unix_peer_lock. */
void unix_update_out(struct unix_socket *u);
/* The same for those that send datagrams to `u`, whose queue became full or has room again. */
void unix_update_clients(struct unix_socket *u);
/* The pending error, which is thereby over; OK: none. */
status_t unix_take_error_locked(struct unix_socket *u);
/* A reference to the peer of now, or NULL. */
struct unix_socket *unix_peer_get(struct unix_socket *u);
/* The file is gone, or will never be. */
void unix_close(struct socket *s);

/* unix_identity.c */
/* Of the calling thread's process; all zero in the kernel itself. NULL: no memory. */
struct unix_identity *unix_identity_new(void);
struct unix_identity *unix_identity_get(struct unix_identity *id);
void unix_identity_put(struct unix_identity *id); /* NULL is fine */
/* The calling thread's process; zeroes in the kernel itself. */
struct ucred unix_caller_ucred(void);

/* unix_name.c */
struct unix_name *unix_name_get(struct unix_name *name);
void unix_name_put(struct unix_name *name); /* NULL is fine */
void unix_name_to_address(const struct unix_name *name, struct socket_address *out);
/* A reference to the name of now; NULL: none. */
struct unix_name *unix_name_of(struct unix_socket *u);
status_t unix_bind(struct socket *s, struct syscall *call, const struct socket_address *to);
/* A free abstract name, if it has none and credentials are to be passed. */
status_t unix_autobind_if_asked(struct unix_socket *u);
void unix_unbind(struct unix_socket *u);
/* The socket bound to `to`: a reference. ERR_INVALID_ARGS, ERR_CONNECTION_REFUSED,
 * ERR_WRONG_PROTOCOL for another type, and the path walk's. */
status_t unix_find(struct syscall *call, const struct socket_address *to, unsigned type,
                   struct unix_socket **out) MUST_USE;
status_t unix_check_address(const struct socket_address *address) MUST_USE;

/* unix_connect.c */
status_t unix_pair(struct socket *a, struct socket *b);
status_t unix_listen(struct socket *s, unsigned backlog);
socket_try_fn unix_try_connect, unix_try_accept;
void unix_unaccept(struct socket *s, struct socket *accepted);
status_t unix_shutdown(struct socket *s, unsigned how);

/* unix_datagram.c */
status_t unix_datagram_connect(struct unix_socket *u, struct socket_request *r) MUST_USE;
/* Without a peer, if it still is `peer`. */
void unix_datagram_disconnect(struct unix_socket *u, struct unix_socket *peer);

/* unix_send.c, unix_receive.c */
socket_try_fn unix_try_send, unix_try_receive;

/* unix_message.c */
struct unix_message *unix_message_new(size_t size); /* NULL: no memory */
/* The sender owes for it / no longer. */
void unix_message_charge(struct unix_message *m, struct unix_socket *sender);
void unix_message_uncharge(struct unix_message *m);
/* Taken from a queue, or never on one; charged or not. */
void unix_message_free(struct unix_message *m);
void unix_messages_free(struct list *messages);

/* unix_options.c */
status_t unix_get_option(struct socket *s, int level, int name, void *value, uint32_t *size);
status_t unix_ioctl(struct socket *s, struct user_access *ua, uint32_t request, user_addr_t arg,
                    int64_t *result);

/* unix_flight.c: files on their way, and sockets that only such files lead to. */
void unix_flight_begin(struct socket_rights *rights);
void unix_flight_end(struct socket_rights *rights);
/* Another reference to each file of `from`, which is in flight; `to` has room and is not. */
void unix_flight_copy(const struct socket_rights *from, struct socket_rights *to);
/* Drop the messages of sockets that nobody can reach any more: now, or when there were enough
 * closes for the work that it is. */
void unix_collect(void);
void unix_closed(void);
