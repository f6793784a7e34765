/*
 * xattr.c - calls on extended attributes (setxattr(2), getxattr(2), listxattr(2)).
 */
#include "fs/xattr.h"
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"

/* How argument 0 names the file. */
enum named { BY_PATH, BY_LINK, BY_FD };

static status_t place_of_fd(struct syscall *call, struct path *path, struct inode **inode)
{
    struct file *file;
    status_t st = call_fd_get(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    if (file->path.dentry) {
        *path = file->path;
        path_get(path);
    }
    *inode = file->inode ? inode_get(file->inode) : NULL;
    file_put(file);
    return OK;
}

/* A file without a place has a path that is empty, one without an inode none: references. */
static status_t place_of(struct syscall *call, struct walk_env *env, enum named named,
                         struct path *path, struct inode **inode)
{
    status_t st;

    *path = (struct path){0};
    if (named == BY_FD)
        return place_of_fd(call, path, inode);
    st = walk_at(call, env, AT_FDCWD, call->arg[0], named == BY_LINK ? WALK_NOFOLLOW : 0, path);
    if (st == OK)
        *inode = inode_get(path->dentry->inode);
    return st;
}

static status_t name_of(struct syscall *call, char name[XATTR_NAME_BYTES])
{
    size_t length;
    status_t st = copy_string_from_user(&call->thread->user, name, call->arg[1],
                                        XATTR_NAME_BYTES, &length);

    if (st == ERR_NAME_TOO_LONG || (st == OK && !length))
        return ERR_OUT_OF_RANGE;
    return st;
}

/* What is done with the file, and with `buffer`, of `size` bytes for what user memory has or
 * gets. */
struct request {
    struct walk_env env;
    struct path path;
    struct inode *inode;
    char name[XATTR_NAME_BYTES];
    void *buffer;
    size_t size, length;
};

static status_t make_buffer(struct request *r, uint64_t size)
{
    r->size = size;
    r->buffer = size ? kmalloc(size) : NULL;
    return size && !r->buffer ? ERR_NO_MEMORY : OK;
}

/* The value or list that was found, whose length is the result; one that no buffer takes is too
 * big. */
static status_t give(struct syscall *call, struct request *r, user_addr_t to, status_t st,
                     size_t max)
{
    if (st == ERR_OUT_OF_RANGE && r->size >= max)
        return ERR_TOO_BIG;
    if (st == OK && r->size)
        st = copy_to_user(&call->thread->user, to, r->buffer, r->length);
    if (st == OK)
        call->result = (int64_t)r->length;
    return st;
}

static status_t get_value(struct syscall *call, struct request *r)
{
    status_t st = name_of(call, r->name);

    if (st == OK)
        st = make_buffer(r, MIN(call->arg[3], (uint64_t)XATTR_SIZE_MAX));
    if (st != OK)
        return st;
    st = r->inode ? vfs_get_xattr(&r->env, r->inode, r->name, r->buffer, r->size, &r->length)
                  : ERR_NOT_SUPPORTED;
    return give(call, r, call->arg[2], st, XATTR_SIZE_MAX);
}

static status_t list_names(struct syscall *call, struct request *r)
{
    status_t st = make_buffer(r, MIN(call->arg[2], (uint64_t)XATTR_LIST_MAX));

    if (st == OK && r->inode)
        st = vfs_list_xattr(&r->env, r->inode, r->buffer, r->size, &r->length);
    return give(call, r, call->arg[1], st, XATTR_LIST_MAX);
}

static status_t change(struct request *r, const void *value, unsigned flags)
{
    if (!r->inode)
        return ERR_NOT_PERMITTED; /* neither file nor directory */
    return vfs_set_xattr(&r->env, &r->path, r->inode, r->name, value, r->size, flags);
}

static status_t set_value(struct syscall *call, struct request *r)
{
    uint64_t flags = call->arg[4];
    status_t st;

    if ((uint32_t)flags & ~(uint32_t)(XATTR_CREATE | XATTR_REPLACE))
        return ERR_INVALID_ARGS;
    st = name_of(call, r->name);
    if (st != OK)
        return st;
    if (call->arg[3] > XATTR_SIZE_MAX)
        return ERR_TOO_BIG;
    st = make_buffer(r, call->arg[3]);
    if (st == OK && r->size)
        st = copy_from_user(&call->thread->user, r->buffer, call->arg[2], r->size);
    return st == OK ? change(r, r->size ? r->buffer : "", (unsigned)flags) : st;
}

static status_t remove_value(struct syscall *call, struct request *r)
{
    status_t st = name_of(call, r->name);

    return st == OK ? change(r, NULL, 0) : st;
}

/* --- the calls: each in three forms --- */

static status_t with_file(struct syscall *call, enum named named,
                          status_t (*body)(struct syscall *call, struct request *r))
{
    struct request r = {.size = 0};
    status_t st;

    walk_begin(call, &r.env);
    st = place_of(call, &r.env, named, &r.path, &r.inode);
    if (st == OK) {
        st = body(call, &r);
        inode_put(r.inode);
        if (r.path.dentry)
            path_put(&r.path);
        kfree(r.buffer);
    }
    walk_end(&r.env);
    return st;
}

status_t sys_getxattr(struct syscall *call)
{
    return with_file(call, BY_PATH, get_value);
}

status_t sys_lgetxattr(struct syscall *call)
{
    return with_file(call, BY_LINK, get_value);
}

status_t sys_fgetxattr(struct syscall *call)
{
    return with_file(call, BY_FD, get_value);
}

status_t sys_setxattr(struct syscall *call)
{
    return with_file(call, BY_PATH, set_value);
}

status_t sys_lsetxattr(struct syscall *call)
{
    return with_file(call, BY_LINK, set_value);
}

status_t sys_fsetxattr(struct syscall *call)
{
    return with_file(call, BY_FD, set_value);
}

status_t sys_removexattr(struct syscall *call)
{
    return with_file(call, BY_PATH, remove_value);
}

status_t sys_lremovexattr(struct syscall *call)
{
    return with_file(call, BY_LINK, remove_value);
}

status_t sys_fremovexattr(struct syscall *call)
{
    return with_file(call, BY_FD, remove_value);
}

status_t sys_listxattr(struct syscall *call)
{
    return with_file(call, BY_PATH, list_names);
}

status_t sys_llistxattr(struct syscall *call)
{
    return with_file(call, BY_LINK, list_names);
}

status_t sys_flistxattr(struct syscall *call)
{
    return with_file(call, BY_FD, list_names);
}
