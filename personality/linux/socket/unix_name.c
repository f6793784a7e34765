/*
 * unix_name.c - names of AF_UNIX sockets: paths, abstract names, and who is bound to them.
 */
#include "base/format.h"
#include "base/hash.h"
#include "base/string.h"
#include "hal/ref.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "personality/linux/socket/unix_internal.h"

enum { BUCKETS = 256, FAMILY_BYTES = 2, AUTOBIND_NAMES = 1 << 20 };

struct spinlock unix_name_lock;
struct list unix_sockets;
static struct list buckets[BUCKETS]; /* of name_link; guarded by unix_name_lock */
static uint32_t last_autobind;       /* guarded by unix_name_lock */

static struct unix_name *name_new(const char *text, uint32_t size)
{
    struct unix_name *name = kmalloc(sizeof(*name) + size);

    if (!name)
        return NULL;
    atomic_init(&name->refs, 1);
    name->size = size;
    memcpy(name->text, text, size);
    return name;
}

struct unix_name *unix_name_get(struct unix_name *name)
{
    ref_get(&name->refs);
    return name;
}

void unix_name_put(struct unix_name *name)
{
    if (name && ref_put(&name->refs) == 1)
        kfree(name);
}

struct unix_name *unix_name_of(struct unix_socket *u)
{
    SPIN_GUARD(unix_lock(u));

    return u->name ? unix_name_get(u->name) : NULL;
}

void unix_name_to_address(const struct unix_name *name, struct socket_address *out)
{
    out->family = AF_UNIX;
    out->size = FAMILY_BYTES + (name ? name->size : 0);
    if (name)
        memcpy(out->bytes + FAMILY_BYTES, name->text, name->size);
}

status_t unix_check_address(const struct socket_address *address)
{
    return address->size <= FAMILY_BYTES || address->size > sizeof(address->un) ||
                   address->family != AF_UNIX
               ? ERR_INVALID_ARGS
               : OK;
}

static bool is_abstract(const char *text)
{
    return !*text;
}

static struct list *bucket(uint64_t hash)
{
    struct list *b = &buckets[hash % BUCKETS];

    if (!b->next)
        list_init(b);
    return b;
}

static struct list *bucket_of_name(const char *text, uint32_t size)
{
    return bucket(hash_bytes(text, size, 0));
}

static struct list *bucket_of_inode(const struct inode *inode)
{
    return bucket(hash_u64((uintptr_t)inode));
}

/* Stream, datagram and seqpacket sockets have abstract names of their own. Any type: 0. */
static struct unix_socket *find_abstract_locked(const char *text, uint32_t size, unsigned type)
{
    list_for_each (it, bucket_of_name(text, size)) {
        struct unix_socket *u = container_of(it, struct unix_socket, name_link);

        if (!u->path.dentry && u->name->size == size && !memcmp(u->name->text, text, size) &&
            u->socket.type == type)
            return u;
    }
    return NULL;
}

static struct unix_socket *find_path_locked(const struct inode *inode)
{
    list_for_each (it, bucket_of_inode(inode)) {
        struct unix_socket *u = container_of(it, struct unix_socket, name_link);

        if (u->path.dentry && u->path.dentry->inode == inode)
            return u;
    }
    return NULL;
}

/* `name` becomes the socket's. */
static void enter_locked(struct unix_socket *u, struct unix_name *name, struct list *in)
{
    SPIN_GUARD(unix_lock(u));

    u->name = name;
    list_push_back(in, &u->name_link);
}

static status_t bind_abstract(struct unix_socket *u, struct unix_name *name)
{
    SPIN_GUARD(&unix_name_lock);

    if (u->name)
        return ERR_INVALID_ARGS;
    if (find_abstract_locked(name->text, name->size, u->socket.type))
        return ERR_ADDRESS_IN_USE;
    enter_locked(u, name, bucket_of_name(name->text, name->size));
    return OK;
}

/* `path`'s references are the socket's on OK. */
static status_t enter_path(struct unix_socket *u, struct unix_name *name,
                           const struct path *path)
{
    SPIN_GUARD(&unix_name_lock);

    if (u->name)
        return ERR_INVALID_ARGS;
    u->path = *path;
    enter_locked(u, name, bucket_of_inode(path->dentry->inode));
    return OK;
}

static bool can_be_made(const struct name *last)
{
    return last->size && !last->text[last->size] &&
           !(last->text[0] == '.' &&
             (last->size == 1 || (last->size == 2 && last->text[1] == '.')));
}

/* A node of type socket, which is made now. */
static status_t make_node(struct syscall *call, const char *text, struct walk_env *env,
                          struct path *parent, struct name *last, struct path *made)
{
    const struct inode_attr attr = {.type = INODE_SOCKET,
                                    .mode =
                                        0777 & ~fs_context_umask(linux_process_of(call)->fs),
                                    .uid = env->uid,
                                    .gid = env->gid};
    status_t st = path_walk(env, NULL, text, WALK_PARENT, parent, last);

    if (st != OK)
        return st;
    st = can_be_made(last) ? vfs_create(env, parent, *last, &attr, made) : ERR_ALREADY_EXISTS;
    if (st != OK)
        path_put(parent);
    return st == ERR_ALREADY_EXISTS ? ERR_ADDRESS_IN_USE : st;
}

static status_t bind_path(struct unix_socket *u, struct syscall *call, struct unix_name *name)
{
    struct path parent, made;
    struct walk_env env;
    struct name last;
    status_t st;

    walk_begin(call, &env);
    st = make_node(call, name->text, &env, &parent, &last, &made);
    if (st == OK) {
        st = enter_path(u, name, &made);
        if (st != OK) {
            (void)!vfs_unlink(&env, &parent, last); /* as if it had not been made */
            path_put(&made);
        }
        path_put(&parent);
    }
    walk_end(&env);
    return st;
}

/* The next free number of five digits. */
static status_t autobind(struct unix_socket *u)
{
    char text[8] = "";

    for (unsigned tries = 0; tries < AUTOBIND_NAMES; tries++) {
        struct unix_name *name;
        status_t st;

        {
            SPIN_GUARD(&unix_name_lock);
            if (u->name)
                return OK;
            last_autobind = (last_autobind + 1) % AUTOBIND_NAMES;
            format(text + 1, sizeof(text) - 1, "%05x", last_autobind);
        }
        name = name_new(text, 6);
        if (!name)
            return ERR_NO_MEMORY;
        st = bind_abstract(u, name);
        if (st == OK)
            return OK;
        unix_name_put(name);
        if (st != ERR_ADDRESS_IN_USE)
            return OK; /* another thread was faster */
    }
    return ERR_NO_SPACE;
}

status_t unix_autobind_if_asked(struct unix_socket *u)
{
    return socket_flag(&u->socket, SO_PASSCRED) ? autobind(u) : OK;
}

/* The name that an address means; a path ends at its first NUL. */
static struct unix_name *name_of_address(const struct socket_address *address)
{
    char text[UNIX_PATH_MAX + 1];
    uint32_t size = address->size - FAMILY_BYTES;

    memcpy(text, address->un.sun_path, size);
    text[size] = '\0';
    return name_new(text, is_abstract(text) ? size : (uint32_t)strlen(text) + 1);
}

status_t unix_bind(struct socket *s, struct syscall *call, const struct socket_address *to)
{
    struct unix_socket *u = unix_of(s);
    struct unix_name *name;
    status_t st;

    if (to->size == FAMILY_BYTES && to->family == AF_UNIX)
        return autobind(u);
    st = unix_check_address(to);
    if (st != OK)
        return st;
    name = name_of_address(to);
    if (!name)
        return ERR_NO_MEMORY;
    st = is_abstract(name->text) ? bind_abstract(u, name) : bind_path(u, call, name);
    if (st != OK)
        unix_name_put(name);
    return st;
}

void unix_unbind(struct unix_socket *u)
{
    {
        SPIN_GUARD(&unix_name_lock);
        list_remove(&u->name_link);
        list_remove(&u->all_link);
    }
    path_put(&u->path);
}

/* It stays bound, and so is referred to, until its file is gone. */
static struct unix_socket *get_or_null(struct unix_socket *u)
{
    return u ? unix_get(u) : NULL;
}

static struct unix_socket *get_abstract(const struct unix_name *name, unsigned type)
{
    SPIN_GUARD(&unix_name_lock);

    return get_or_null(find_abstract_locked(name->text, name->size, type));
}

static struct unix_socket *get_path(const struct inode *inode)
{
    SPIN_GUARD(&unix_name_lock);

    return get_or_null(find_path_locked(inode));
}

static status_t find_path(struct syscall *call, const char *text, struct unix_socket **out)
{
    struct walk_env env;
    struct path path;
    status_t st;

    walk_begin(call, &env);
    st = path_walk(&env, NULL, text, 0, &path, NULL);
    if (st == OK) {
        st = inode_permission(&env, path.dentry->inode, 2);
        *out = st == OK ? get_path(path.dentry->inode) : NULL;
        path_put(&path);
    }
    walk_end(&env);
    return st;
}

status_t unix_find(struct syscall *call, const struct socket_address *to, unsigned type,
                   struct unix_socket **out)
{
    struct unix_name *name;
    struct unix_socket *u = NULL;
    status_t st = unix_check_address(to);

    if (st != OK)
        return st;
    name = name_of_address(to);
    if (!name)
        return ERR_NO_MEMORY;
    if (is_abstract(name->text))
        u = get_abstract(name, type);
    else
        st = find_path(call, name->text, &u);
    unix_name_put(name);
    if (st != OK)
        return st;
    if (!u)
        return ERR_CONNECTION_REFUSED;
    if (u->socket.type != type) {
        unix_put(u);
        return ERR_WRONG_PROTOCOL;
    }
    *out = u;
    return OK;
}
