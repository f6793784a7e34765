/*
 * file_links.c - calls with two paths, and reading links: link, rename, readlink and their
 * at-forms.
 */
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"

/* A link to `target` at a new name; "/", "." and ".." are there already, and a slash behind the
 * name asks for a directory, which has no second name. */
static status_t link_to(struct walk_env *env, const struct path *target,
                        const struct walk_parent *p)
{
    if (!p->last.size || walk_parent_is_dots(p))
        return ERR_ALREADY_EXISTS;
    if (walk_parent_slash(p))
        return ERR_NOT_FOUND;
    if (target->mount != p->dir.mount)
        return ERR_CROSS_DEVICE;
    return vfs_link(env, target, &p->dir, p->last);
}

static status_t make_link(struct syscall *call, int from_fd, user_addr_t from, int to_fd,
                          user_addr_t to, uint32_t flags)
{
    unsigned walk = (flags & AT_SYMLINK_FOLLOW ? 0 : WALK_NOFOLLOW) |
                    (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0);
    struct walk_parent p;
    struct walk_env env;
    struct path target;
    status_t st;

    walk_begin(call, &env);
    /* What is only open may not be meant to be found by name (CAP_DAC_READ_SEARCH). */
    if (!env.override_dac)
        walk &= ~(unsigned)WALK_EMPTY;
    st = walk_at(call, &env, from_fd, from, walk, &target);
    if (st == OK) {
        st = walk_parent_begin(call, &env, to_fd, to, &p);
        if (st == OK) {
            st = link_to(&env, &target, &p);
            walk_parent_end(&p);
        }
        path_put(&target);
    }
    walk_end(&env);
    return st;
}

status_t sys_link(struct syscall *call)
{
    return make_link(call, AT_FDCWD, call->arg[0], AT_FDCWD, call->arg[1], 0);
}

status_t sys_linkat(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[4];

    if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
        return ERR_INVALID_ARGS;
    return make_link(call, (int)call->arg[0], call->arg[1], (int)call->arg[2], call->arg[3],
                     flags);
}

/* The old name, or both of an exchange, if a slash follows it, must be a directory's. */
static status_t check_slash(const struct walk_parent *name, const struct walk_parent *p)
{
    struct path path;
    bool is_dir;
    status_t st;

    if (!walk_parent_slash(name))
        return OK;
    st = path_lookup_one(&p->dir, p->last, false, &path);
    if (st != OK)
        return st;
    is_dir = path.dentry->inode->attr.type == INODE_DIR;
    path_put(&path);
    return is_dir ? OK : ERR_NOT_DIR;
}

/* rename(2): mount points, then "/", "." and "..", then the names themselves. */
static status_t rename_at(struct walk_env *env, const struct walk_parent *from,
                          const struct walk_parent *to, uint32_t flags)
{
    bool exchange = flags & RENAME_EXCHANGE;
    status_t st;

    if (from->dir.mount != to->dir.mount)
        return ERR_CROSS_DEVICE;
    if (!from->last.size || walk_parent_is_dots(from))
        return ERR_UNAVAILABLE;
    if (!to->last.size || walk_parent_is_dots(to))
        return flags & RENAME_NOREPLACE ? ERR_ALREADY_EXISTS : ERR_UNAVAILABLE;
    st = check_slash(from, from);
    /* The new name becomes what the old one is. */
    if (st == OK)
        st = check_slash(to, exchange ? to : from);
    if (st != OK)
        return st;
    return vfs_rename(env, &from->dir, from->last, &to->dir, to->last, flags);
}

static status_t rename_names(struct syscall *call, int from_fd, user_addr_t from_text,
                             int to_fd, user_addr_t to_text, uint32_t flags)
{
    struct walk_parent from, to;
    struct walk_env env;
    status_t st;

    walk_begin(call, &env);
    st = walk_parent_begin(call, &env, from_fd, from_text, &from);
    if (st == OK) {
        st = walk_parent_begin(call, &env, to_fd, to_text, &to);
        if (st == OK) {
            st = rename_at(&env, &from, &to, flags);
            walk_parent_end(&to);
        }
        walk_parent_end(&from);
    }
    walk_end(&env);
    return st;
}

status_t sys_rename(struct syscall *call)
{
    return rename_names(call, AT_FDCWD, call->arg[0], AT_FDCWD, call->arg[1], 0);
}

status_t sys_renameat(struct syscall *call)
{
    return rename_names(call, (int)call->arg[0], call->arg[1], (int)call->arg[2], call->arg[3],
                        0);
}

status_t sys_renameat2(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[4];

    if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT) ||
        (flags & RENAME_EXCHANGE && flags != RENAME_EXCHANGE))
        return ERR_INVALID_ARGS;
    if (flags & RENAME_WHITEOUT && !call_has(call, CAP_MKNOD))
        return ERR_NOT_PERMITTED;
    return rename_names(call, (int)call->arg[0], call->arg[1], (int)call->arg[2], call->arg[3],
                        flags);
}

static status_t give_link(struct syscall *call, struct inode *link, user_addr_t to, size_t size)
{
    char *buf = kmalloc(PATH_BYTES);
    size_t length;
    status_t st;

    if (!buf)
        return ERR_NO_MEMORY;
    st = link->ops->readlink(link, buf, PATH_BYTES, &length);
    if (st == OK) {
        length = MIN(length, size);
        st = copy_to_user(&call->thread->user, to, buf, length);
    }
    if (st == OK)
        call->result = (int64_t)length;
    kfree(buf);
    return st;
}

/* "" with a descriptor of a symlink (O_PATH) reads that; any other "" is ENOENT. */
static status_t read_link_at(struct syscall *call, int dirfd, user_addr_t text, user_addr_t to,
                             int32_t size)
{
    struct walk_env env;
    struct path path;
    status_t st;
    char first;

    if (size <= 0)
        return ERR_INVALID_ARGS;
    st = copy_from_user(&call->thread->user, &first, text, 1);
    if (st != OK)
        return st;
    walk_begin(call, &env);
    st = walk_at(call, &env, dirfd, text,
                 WALK_NOFOLLOW | (dirfd == AT_FDCWD ? 0 : (unsigned)WALK_EMPTY), &path);
    walk_end(&env);
    if (st != OK)
        return st;
    if (path.dentry->inode->attr.type == INODE_SYMLINK)
        st = give_link(call, path.dentry->inode, to, (size_t)size);
    else
        st = first ? ERR_INVALID_ARGS : ERR_NOT_FOUND;
    path_put(&path);
    return st;
}

status_t sys_readlink(struct syscall *call)
{
    return read_link_at(call, AT_FDCWD, call->arg[0], call->arg[1], (int32_t)call->arg[2]);
}

status_t sys_readlinkat(struct syscall *call)
{
    return read_link_at(call, (int)call->arg[0], call->arg[1], call->arg[2],
                        (int32_t)call->arg[3]);
}
