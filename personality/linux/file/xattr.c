/*
 * xattr.c - extended attributes, which no file system of ours has: calls check their arguments
 * and say so (xattr(7)).
 */
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"

enum { XATTR_NAME_BYTES = 256 };

static status_t check_name(struct syscall *call, user_addr_t from)
{
    char name[XATTR_NAME_BYTES];
    size_t length;
    status_t st = copy_string_from_user(&call->thread->user, name, from, sizeof(name), &length);

    if (st == ERR_NAME_TOO_LONG || (st == OK && !length))
        return ERR_OUT_OF_RANGE;
    return st;
}

static status_t check_path(struct syscall *call, unsigned walk_flags)
{
    struct walk_env env;
    struct path path;
    status_t st;

    walk_begin(call, &env);
    st = walk_at(call, &env, AT_FDCWD, call->arg[0], walk_flags, &path);
    walk_end(&env);
    if (st == OK)
        path_put(&path);
    return st;
}

static status_t check_fd(struct syscall *call)
{
    struct file *file;
    status_t st = call_fd_get(call, (int)call->arg[0], &file);

    if (st == OK)
        file_put(file);
    return st;
}

/* Getting, setting and removing: argument 1 is the name. */
static status_t by_path(struct syscall *call, unsigned walk_flags)
{
    status_t st = check_path(call, walk_flags);

    if (st == OK)
        st = check_name(call, call->arg[1]);
    return st == OK ? ERR_NOT_SUPPORTED : st;
}

static status_t by_fd(struct syscall *call)
{
    status_t st = check_fd(call);

    if (st == OK)
        st = check_name(call, call->arg[1]);
    return st == OK ? ERR_NOT_SUPPORTED : st;
}

status_t sys_getxattr(struct syscall *call)
{
    return by_path(call, 0);
}

status_t sys_lgetxattr(struct syscall *call)
{
    return by_path(call, WALK_NOFOLLOW);
}

status_t sys_fgetxattr(struct syscall *call)
{
    return by_fd(call);
}

status_t sys_setxattr(struct syscall *call)
{
    return by_path(call, 0);
}

status_t sys_lsetxattr(struct syscall *call)
{
    return by_path(call, WALK_NOFOLLOW);
}

status_t sys_fsetxattr(struct syscall *call)
{
    return by_fd(call);
}

status_t sys_removexattr(struct syscall *call)
{
    return by_path(call, 0);
}

status_t sys_lremovexattr(struct syscall *call)
{
    return by_path(call, WALK_NOFOLLOW);
}

status_t sys_fremovexattr(struct syscall *call)
{
    return by_fd(call);
}

/* There are none: a list of size 0. */
status_t sys_listxattr(struct syscall *call)
{
    return check_path(call, 0);
}

status_t sys_llistxattr(struct syscall *call)
{
    return check_path(call, WALK_NOFOLLOW);
}

status_t sys_flistxattr(struct syscall *call)
{
    return check_fd(call);
}
