/*
 * file_names.c - making and removing names: mkdir, rmdir, unlink, link, symlink, mknod and
 * their at-forms.
 */
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"
#include "uapi/linux/stat.h"

/* Of a new inode: the caller's, less the umask. */
static struct inode_attr new_attr(struct syscall *call, const struct walk_env *env,
                                  enum inode_type type, uint64_t mode)
{
    uint32_t umask = fs_context_umask(linux_process_of(call)->fs);

    return (struct inode_attr){.type = type,
                               .mode = (uint32_t)mode & 07777 & ~umask,
                               .uid = env->uid,
                               .gid = env->gid};
}

/* What making a name that is "/", "." or ".." comes to: it is there. */
static status_t check_new(const struct walk_parent *p)
{
    return !p->last.size || walk_parent_is_dots(p) ? ERR_ALREADY_EXISTS : OK;
}

/* A new name with a slash behind it can only be a directory's: there is none, or it is there.
 */
static status_t check_new_file(const struct walk_parent *p)
{
    struct path path;
    status_t st = check_new(p);

    if (st != OK || !walk_parent_slash(p))
        return st;
    st = path_lookup_one(&p->dir, p->last, false, &path);
    if (st != OK)
        return st;
    path_put(&path);
    return ERR_ALREADY_EXISTS;
}

static status_t make_dir(struct syscall *call, int dirfd, user_addr_t text, uint64_t mode)
{
    struct walk_parent p;
    struct walk_env env;
    struct inode_attr attr;
    status_t st;

    walk_begin(call, &env);
    st = walk_parent_begin(call, &env, dirfd, text, &p);
    if (st == OK) {
        attr = new_attr(call, &env, INODE_DIR, mode & 01777);
        st = check_new(&p);
        if (st == OK)
            st = vfs_mkdir(&env, &p.dir, p.last, &attr);
        walk_parent_end(&p);
    }
    walk_end(&env);
    return st;
}

status_t sys_mkdir(struct syscall *call)
{
    return make_dir(call, AT_FDCWD, call->arg[0], call->arg[1]);
}

status_t sys_mkdirat(struct syscall *call)
{
    return make_dir(call, (int)call->arg[0], call->arg[1], call->arg[2]);
}

/* rmdir(2): "." is EINVAL, ".." is not empty, the root is in use. */
static status_t remove_dir_at(struct walk_env *env, const struct walk_parent *p)
{
    if (!p->last.size)
        return ERR_UNAVAILABLE;
    if (walk_parent_is_dots(p))
        return p->last.size == 1 ? ERR_INVALID_ARGS : ERR_NOT_EMPTY;
    return vfs_rmdir(env, &p->dir, p->last);
}

/* unlink(2): what a slash follows is a directory, or ought to be. */
static status_t remove_file_at(struct walk_env *env, const struct walk_parent *p)
{
    struct path path;
    bool is_dir;
    status_t st;

    if (!p->last.size || walk_parent_is_dots(p))
        return ERR_NOT_FILE;
    if (!walk_parent_slash(p))
        return vfs_unlink(env, &p->dir, p->last);
    st = path_lookup_one(&p->dir, p->last, false, &path);
    if (st != OK)
        return st;
    is_dir = path.dentry->inode->attr.type == INODE_DIR;
    path_put(&path);
    return is_dir ? ERR_NOT_FILE : ERR_NOT_DIR;
}

static status_t remove_name(struct syscall *call, int dirfd, user_addr_t text,
                            status_t (*remove)(struct walk_env *env,
                                               const struct walk_parent *p))
{
    struct walk_parent p;
    struct walk_env env;
    status_t st;

    walk_begin(call, &env);
    st = walk_parent_begin(call, &env, dirfd, text, &p);
    if (st == OK) {
        st = remove(&env, &p);
        walk_parent_end(&p);
    }
    walk_end(&env);
    return st;
}

status_t sys_rmdir(struct syscall *call)
{
    return remove_name(call, AT_FDCWD, call->arg[0], remove_dir_at);
}

status_t sys_unlink(struct syscall *call)
{
    return remove_name(call, AT_FDCWD, call->arg[0], remove_file_at);
}

status_t sys_unlinkat(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[2];

    if (flags & ~AT_REMOVEDIR)
        return ERR_INVALID_ARGS;
    return remove_name(call, (int)call->arg[0], call->arg[1],
                       flags ? remove_dir_at : remove_file_at);
}

static status_t make_symlink(struct syscall *call, user_addr_t target_text, int dirfd,
                             user_addr_t text)
{
    struct walk_parent p;
    struct walk_env env;
    struct inode_attr attr;
    char *target;
    status_t st = path_from_user(call, target_text, &target);

    if (st != OK)
        return st;
    walk_begin(call, &env);
    st = *target ? walk_parent_begin(call, &env, dirfd, text, &p) : ERR_NOT_FOUND;
    if (st == OK) {
        attr = new_attr(call, &env, INODE_SYMLINK, 0);
        attr.mode = 0777;
        st = check_new_file(&p);
        if (st == OK)
            st = vfs_symlink(&env, &p.dir, p.last, target, &attr);
        walk_parent_end(&p);
    }
    walk_end(&env);
    path_free(target);
    return st;
}

status_t sys_symlink(struct syscall *call)
{
    return make_symlink(call, call->arg[0], AT_FDCWD, call->arg[1]);
}

status_t sys_symlinkat(struct syscall *call)
{
    return make_symlink(call, call->arg[0], (int)call->arg[1], call->arg[2]);
}

/* mknod(2): the order of its checks; devices are the superuser's to make. */
static status_t node_type(uint64_t mode, const struct walk_env *env, enum inode_type *type)
{
    switch (mode & S_IFMT) {
    case 0:
    case S_IFREG:
        *type = INODE_FILE;
        return OK;
    case S_IFIFO:
        *type = INODE_FIFO;
        return OK;
    case S_IFSOCK:
        *type = INODE_SOCKET;
        return OK;
    case S_IFCHR:
    case S_IFBLK:
        *type = (mode & S_IFMT) == S_IFCHR ? INODE_CHAR : INODE_BLOCK;
        return env->override_dac ? OK : ERR_NOT_PERMITTED;
    case S_IFDIR:
        return ERR_NOT_PERMITTED;
    default:
        return ERR_INVALID_ARGS;
    }
}

/* The device number as struct stat has it, taken apart again. */
static dev_t_ device_of(uint32_t dev)
{
    return DEV(dev >> 8 & 0xfff, (dev & 0xff) | (dev >> 12 & 0xfff00));
}

static status_t make_node(struct syscall *call, int dirfd, user_addr_t text, uint64_t mode,
                          uint32_t dev)
{
    struct walk_parent p;
    struct walk_env env;
    struct inode_attr attr;
    struct path made;
    enum inode_type type;
    status_t st;

    walk_begin(call, &env);
    st = node_type(mode, &env, &type);
    if (st == OK)
        st = walk_parent_begin(call, &env, dirfd, text, &p);
    if (st == OK) {
        attr = new_attr(call, &env, type, mode);
        if (type == INODE_CHAR || type == INODE_BLOCK)
            attr.rdev = device_of(dev);
        st = check_new_file(&p);
        if (st == OK)
            st = vfs_create(&env, &p.dir, p.last, &attr, &made);
        if (st == OK)
            path_put(&made);
        walk_parent_end(&p);
    }
    walk_end(&env);
    return st;
}

status_t sys_mknod(struct syscall *call)
{
    return make_node(call, AT_FDCWD, call->arg[0], call->arg[1], (uint32_t)call->arg[2]);
}

status_t sys_mknodat(struct syscall *call)
{
    return make_node(call, (int)call->arg[0], call->arg[1], call->arg[2],
                     (uint32_t)call->arg[3]);
}
