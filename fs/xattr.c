/*
 * xattr.c - extended attributes: who may see and change them, and where they are.
 */
#include "fs/xattr.h"

#include "base/string.h"
#include "fs/fs_internal.h"
#include "fs/notify.h"
#include "hal/ref.h"
#include "mm/slab.h"

/* What one inode's may take. */
enum { BYTES_MAX = 2 * XATTR_LIST_MAX, ALIGN = 4 };

struct xattrs {
    atomic_uint refs;
    size_t size; /* of data */
    char data[] __attribute__((aligned(ALIGN)));
};

/* In `data`, one behind the other, at multiples of ALIGN. */
struct xattr {
    uint32_t name_size; /* with NUL */
    uint32_t size;      /* of the value */
    char text[];        /* name, then value */
};

struct xattrs *xattrs_of(struct inode *holder)
{
    SPIN_GUARD(&holder->lock);

    if (holder->xattrs)
        ref_get(&holder->xattrs->refs);
    return holder->xattrs;
}

void xattrs_put(struct xattrs *xattrs)
{
    if (xattrs && ref_put(&xattrs->refs) == 1)
        kfree(xattrs);
}

static size_t stride(size_t name_size, size_t size)
{
    return ROUND_UP(sizeof(struct xattr) + name_size + size, (size_t)ALIGN);
}

static const struct xattr *first(const struct xattrs *xs)
{
    return xs && xs->size ? (const void *)xs->data : NULL;
}

static const struct xattr *next(const struct xattrs *xs, const struct xattr *x)
{
    const char *at = (const char *)x + stride(x->name_size, x->size);

    return at < xs->data + xs->size ? (const void *)at : NULL;
}

static const struct xattr *find(const struct xattrs *xs, const char *name)
{
    const struct xattr *x = first(xs);

    while (x && strcmp(x->text, name))
        x = next(xs, x);
    return x;
}

/* --- who may --- */

static bool starts(const char *name, const char *prefix)
{
    return !strncmp(name, prefix, strlen(prefix));
}

/* ERR_INVALID_ARGS: nothing but a prefix. */
static status_t check_known(const char *name)
{
    static const char *const prefixes[] = {"user.", "trusted.", "security."};

    for (size_t i = 0; i < countof(prefixes); i++)
        if (starts(name, prefixes[i]))
            return name[strlen(prefixes[i])] ? OK : ERR_INVALID_ARGS;
    return ERR_NOT_SUPPORTED;
}

enum access { READ = 4, WRITE = 2 };

/* Those of programs are for files and directories; in a sticky directory, by its owner. */
static status_t check_user(const struct walk_env *env, const struct inode_attr *attr,
                           enum access access)
{
    if (attr->type != INODE_FILE && attr->type != INODE_DIR)
        return access == WRITE ? ERR_NOT_PERMITTED : ERR_NO_DATA;
    if (access == WRITE && attr->type == INODE_DIR && attr->mode & MODE_STICKY &&
        env->uid != attr->uid && !env->override_owner)
        return ERR_NOT_PERMITTED;
    return OK;
}

/* security.* is free to read; what it means is for administrators to say. */
static status_t check_security(const struct walk_env *env, const char *name, enum access access)
{
    bool may = strcmp(name, XATTR_CAPABILITY) ? env->administers : env->set_file_caps;

    return access == READ || may ? OK : ERR_NOT_PERMITTED;
}

static status_t check_access(const struct walk_env *env, struct inode *inode, const char *name,
                             enum access access)
{
    struct inode_attr attr;
    status_t st = OK;

    if (starts(name, "security."))
        return check_security(env, name, access);
    if (starts(name, "trusted.") && !env->administers)
        return access == WRITE ? ERR_NOT_PERMITTED : ERR_NO_DATA;
    if (starts(name, "user.")) {
        inode_attr_get(inode, &attr);
        st = check_user(env, &attr, access);
    }
    return st == OK ? inode_permission(env, inode, access) : st;
}

/* --- where they are --- */

static struct inode *holder_of(struct inode *inode, enum xattr_use use)
{
    return inode->ops->xattrs ? inode->ops->xattrs(inode, use) : NULL;
}

static status_t get(const struct xattr *x, void *value, size_t size, size_t *length)
{
    if (!x)
        return ERR_NO_DATA;
    *length = x->size;
    if (size && size < x->size)
        return ERR_OUT_OF_RANGE;
    if (size)
        memcpy(value, x->text + x->name_size, x->size);
    return OK;
}

status_t vfs_get_xattr(struct walk_env *env, struct inode *inode, const char *name, void *value,
                       size_t size, size_t *length)
{
    struct inode *holder = holder_of(inode, XATTR_LOOK);
    status_t st = check_access(env, inode, name, READ);
    struct xattrs *xs;

    if (st == OK)
        st = holder ? check_known(name) : ERR_NOT_SUPPORTED;
    if (st != OK)
        return st;
    xs = xattrs_of(holder);
    st = get(find(xs, name), value, size, length);
    xattrs_put(xs);
    return st;
}

status_t vfs_list_xattr(struct walk_env *env, struct inode *inode, char *names, size_t size,
                        size_t *length)
{
    struct inode *holder = holder_of(inode, XATTR_LOOK);
    struct xattrs *xs = holder ? xattrs_of(holder) : NULL;
    bool fits = true;

    *length = 0;
    for (const struct xattr *x = first(xs); x; x = next(xs, x)) {
        if (starts(x->text, "trusted.") && !env->administers)
            continue;
        fits = fits && *length + x->name_size <= size;
        if (fits)
            memcpy(names + *length, x->text, x->name_size);
        *length += x->name_size;
    }
    xattrs_put(xs);
    return size && !fits ? ERR_OUT_OF_RANGE : OK;
}

/* --- changing --- */

struct change {
    const char *name;
    const void *value; /* NULL: it goes */
    size_t size;
    unsigned flags;
};

static status_t check_change(const struct change *c, const struct xattr *old)
{
    if (old && c->flags & XATTR_CREATE)
        return ERR_ALREADY_EXISTS;
    return !old && (c->flags & XATTR_REPLACE || !c->value) ? ERR_NO_DATA : OK;
}

static void append(struct xattrs *to, const char *name, size_t name_size, const void *value,
                   size_t size)
{
    struct xattr *x = (void *)(to->data + to->size);

    x->name_size = (uint32_t)name_size;
    x->size = (uint32_t)size;
    memcpy(x->text, name, name_size);
    memcpy(x->text + name_size, value, size);
    to->size += stride(name_size, size);
}

/* `old` with the change. */
static status_t changed(const struct xattrs *old, const struct change *c, struct xattrs **out)
{
    const struct xattr *replaced = find(old, c->name);
    size_t name_size = strlen(c->name) + 1;
    size_t bytes = (old ? old->size : 0) + (c->value ? stride(name_size, c->size) : 0);
    status_t st = check_change(c, replaced);

    if (st != OK)
        return st;
    if (bytes > BYTES_MAX)
        return ERR_NO_SPACE;
    *out = kzalloc(sizeof(**out) + bytes);
    if (!*out)
        return ERR_NO_MEMORY;
    atomic_init(&(*out)->refs, 1);
    for (const struct xattr *x = first(old); x; x = next(old, x))
        if (x != replaced)
            append(*out, x->text, x->name_size, x->text + x->name_size, x->size);
    if (c->value)
        append(*out, c->name, name_size, c->value, c->size);
    return OK;
}

/* Unless somebody has changed them meanwhile, in exchange for `*fresh`. */
static bool publish(struct inode *holder, const struct xattrs *old, struct xattrs **fresh)
{
    struct xattrs *was;
    SPIN_GUARD(&holder->lock);

    was = holder->xattrs;
    if (was != old)
        return false;
    holder->xattrs = *fresh;
    *fresh = was;
    return true;
}

static status_t apply(struct inode *holder, const struct change *c)
{
    bool done = false;
    status_t st = OK;

    while (st == OK && !done) {
        struct xattrs *old = xattrs_of(holder), *fresh = NULL;

        st = changed(old, c, &fresh);
        if (st == OK)
            done = publish(holder, old, &fresh);
        xattrs_put(fresh);
        xattrs_put(old);
    }
    return st;
}

/* Of version 2, or 3 with a user id at the end; what older ones say is not said any more. */
static status_t check_capability(const void *value, size_t size)
{
    enum { VERSION_2 = 2, SIZE_2 = 20, VERSION_3 = 3, SIZE_3 = 24 };
    uint32_t magic = 0;

    memcpy(&magic, value, MIN(size, sizeof(magic)));
    return (magic >> 24 == VERSION_2 && size == SIZE_2) ||
                   (magic >> 24 == VERSION_3 && size == SIZE_3)
               ? OK
               : ERR_INVALID_ARGS;
}

status_t vfs_set_xattr(struct walk_env *env, const struct path *path, struct inode *inode,
                       const char *name, const void *value, size_t size, unsigned flags)
{
    const struct change c = {name, value, size, flags};
    status_t st = path->dentry ? mount_check_write(path) : OK;

    if (st == OK)
        st = check_access(env, inode, name, WRITE);
    if (st == OK)
        st = inode->ops->xattrs ? check_known(name) : ERR_NOT_SUPPORTED;
    if (st == OK && value && !strcmp(name, XATTR_CAPABILITY))
        st = check_capability(value, size);
    if (st == OK)
        st = apply(holder_of(inode, XATTR_CHANGE), &c);
    if (st == OK) {
        inode_touch(inode, ATTR_CTIME);
        if (path->dentry)
            notify_dentry(path->dentry, NOTIFY_ATTRIB);
    }
    return st;
}

status_t xattr_drop_capabilities(struct inode *inode)
{
    const struct change gone = {.name = XATTR_CAPABILITY};
    struct inode *holder = holder_of(inode, XATTR_LOOK);
    struct xattrs *xs = holder ? xattrs_of(holder) : NULL;
    bool has = find(xs, XATTR_CAPABILITY);
    status_t st = has ? apply(holder_of(inode, XATTR_CHANGE), &gone) : OK;

    xattrs_put(xs);
    return st == ERR_NO_DATA ? OK : st; /* somebody else was first */
}
