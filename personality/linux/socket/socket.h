/*
 * socket.h - sockets of any family: what system calls and files need of one (socket(7)).
 *
 * A family supplies struct socket_ops over an embedded struct socket. Whatever may have to wait
 * is an attempt that never waits: it takes a socket_request and leaves its results there, and
 * ERR_SHOULD_WAIT says that it is to be made again when the signals of an object, mostly the
 * socket's own, say so (socket_attempt).
 *
 * The socket's object shows readiness, as a file's poll object does (fs/file.h). Its lock
 * guards the socket.
 */
#pragma once

#include "fs/file.h"
#include "object/syscall.h"
#include "personality/linux/time/timespec.h"
#include "uapi/linux/socket.h"

struct seq;
struct socket;

/* A signal of sockets beyond FILE_*: one that others wait for has room again in its queue. */
enum { SOCKET_ROOM = 1 << 16 };

/* An address as programs give it: family, then `size` - 2 bytes that depend on it. */
struct socket_address {
    uint32_t size; /* 0: none */
    union {
        uint16_t family;
        struct sockaddr_un un;
        unsigned char bytes[SOCKADDR_MAX];
    };
};

/* What goes along with a message beside its bytes. */
struct socket_control {
    struct socket_rights *rights; /* files; owned, NULL: none */
    struct ucred credentials;
    bool has_credentials;
};

/* The arguments and results of one call on a socket. */
struct socket_request {
    struct syscall *call; /* NULL: read or write of a file, which have no addresses */
    unsigned flags;       /* MSG_* */
    bool nonblocking;     /* ERR_SHOULD_WAIT will be final */
    /* send: bytes; OK when all are gone. receive: room. Progress is in io->done. */
    struct iobuf *io;
    struct socket_address *address; /* send, connect: to whom; receive, accept: from whom, of
                                       size 0 on the way in; NULL: none, or not wanted */
    struct socket_control *control; /* send: consumed on OK; receive: filled in; NULL: none, or
                                       dropped with MSG_CTRUNC */
    unsigned out_flags;             /* receive: MSG_TRUNC, MSG_CTRUNC */
    size_t full;                    /* receive: size of the message, of which io took a part */
    struct socket *accepted;        /* accept: out, a reference */
    /* With ERR_SHOULD_WAIT: what to wait for, a reference. NULL: the socket itself. */
    struct socket *until;
};

/* Never waits. ERR_USER_PAGE: the page that io->user notes is missing. */
typedef status_t socket_try_fn(struct socket *s, struct socket_request *r) MUST_USE;

struct socket_ops {
    uint16_t family;
    status_t (*pair)(struct socket *a, struct socket *b);
    status_t (*bind)(struct socket *s, struct syscall *call, const struct socket_address *to);
    status_t (*listen)(struct socket *s, unsigned backlog);
    status_t (*shutdown)(struct socket *s, unsigned how); /* SHUT_* */
    /* Bound name and peer's. ERR_NOT_CONNECTED. */
    status_t (*name)(struct socket *s, struct socket_address *out);
    status_t (*peer_name)(struct socket *s, struct socket_address *out);
    socket_try_fn *try_connect;
    socket_try_fn *try_accept;
    /* Back to where try_accept took it from; consumed. */
    void (*unaccept)(struct socket *s, struct socket *accepted);
    socket_try_fn *try_send;
    socket_try_fn *try_receive;
    /* Up to `*size` bytes at `value`, which has room for SOCKET_OPTION_MAX; what it is goes out
     * in `*size`. Those that all sockets have are answered before. ERR_NO_OPTION. */
    status_t (*get_option)(struct socket *s, int level, int name, void *value, uint32_t *size);
    /* As file_ops.ioctl. */
    status_t (*ioctl)(struct socket *s, struct user_access *ua, uint32_t request,
                      user_addr_t arg, int64_t *result);
    void (*option_changed)(struct socket *s); /* a buffer size */
    void (*close)(struct socket *s); /* its file is gone; the caller's reference stays */
};

enum { SOCKET_OPTION_MAX = 512 };

struct socket {
    struct object object; /* references: the file, peers, those that wait */
    const struct socket_ops *ops;
    uint16_t type, protocol; /* SOCK_*; constant */
    struct file *file;       /* not a reference; NULL before accept. Guarded by file_lock */
    uint64_t ino;            /* of its file; 0: none yet */
    /* Options; words that stand for themselves, so a reader may see an old one. */
    atomic_uint send_buffer, receive_buffer; /* bytes */
    atomic_uint low_water;                   /* SO_RCVLOWAT */
    atomic_uint flags;                       /* 1 << SO_*, of those that are on or off */
    struct linger linger;                    /* guarded by object.lock */
    _Atomic time_ns_t send_timeout, receive_timeout; /* 0: none */
};

static inline bool socket_flag(struct socket *s, int option)
{
    return atomic_load_explicit(&s->flags, memory_order_relaxed) & 1u << option;
}

static inline void socket_put(struct socket *s)
{
    if (s)
        object_put(&s->object);
}

/* In zeroed memory, with default options; the family's `destroy` frees it. */
void socket_init(struct socket *s, const struct socket_ops *ops,
                 const struct object_ops *object_ops, unsigned type, signals_t initial);
/* ERR_FAMILY_NOT_SUPPORTED, ERR_PROTOCOL_NOT_SUPPORTED, ERR_TYPE_NOT_SUPPORTED. */
status_t socket_create(int family, unsigned type, int protocol, struct socket **out) MUST_USE;
/* The family's part of it. */
status_t unix_socket_create(unsigned type, int protocol, struct socket **out) MUST_USE;

/* A file of the socket (consumed on OK) that is the calling thread's; flags: FILE_NONBLOCK. */
status_t socket_file_create(struct socket *s, unsigned flags, struct file **out) MUST_USE;
/* The file that nobody has seen goes, the socket is the caller's again. */
void socket_file_undo(struct file *file);
/* The file's socket, borrowed; NULL: it is none. */
struct socket *socket_of_file(const struct file *file);
/* End sockets that only messages hold, if they hold each other. No lock held. */
void socket_collect(void);
/* The last descriptor of a socket's file is gone: the same, unless too much is on its way for
 * so few closes. */
void socket_closed(void);

/* ERR_BAD_FD, ERR_NOT_SOCKET; `*file` is a reference. */
status_t call_socket_get(struct syscall *call, int fd, struct file **file,
                         struct socket **out) MUST_USE;

/* Make an attempt until it need not wait, honouring signals and `timeout` (ns; 0: none), at
 * whose end it is ERR_SHOULD_WAIT. Bytes that moved outrank what came after them. */
struct socket_attempt {
    struct co co;
    struct socket *socket;    /* in; the caller's reference */
    struct socket_request *r; /* in */
    socket_try_fn *attempt;   /* in */
    signals_t want;           /* in: of the socket itself */
    time_ns_t deadline;       /* in: see socket_deadline */
    struct observer observer;
    struct object_wait wait;
};
co_fn socket_attempt;

/* Of a socket's timeout that begins now; 0 is none. */
static inline time_ns_t socket_deadline(time_ns_t timeout)
{
    return timeout ? deadline_after(timeout) : TIME_INFINITE;
}

/* Addresses from and to user memory. A negative or too large size is ERR_INVALID_ARGS. */
status_t socket_address_from_user(struct syscall *call, user_addr_t from, int32_t size,
                                  struct socket_address *out) MUST_USE;
/* Cuts it to the room that the program says at `size_addr`, and says there how long it is. */
status_t socket_address_to_user(struct syscall *call, const struct socket_address *address,
                                user_addr_t to, user_addr_t size_addr) MUST_USE;

/* The same, bringing in the pages. */
struct socket_address_copy {
    struct co co;
    struct syscall *call;
    const struct socket_address *address;
    user_addr_t to, size_addr;
};
co_fn socket_address_copy;

/* /proc/net/unix */
void unix_show(struct seq *seq);
