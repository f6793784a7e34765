/*
 * file_handle.c - name_to_handle_at (open_by_handle_at(2)).
 */
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "uapi/linux/fcntl.h"

/* No file system of ours can find a file again by its number. */
status_t sys_name_to_handle_at(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[4];
    struct walk_env env;
    struct path path;
    status_t st;

    if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
        return ERR_INVALID_ARGS;
    walk_begin(call, &env);
    st = walk_at(call, &env, (int)call->arg[0], call->arg[1],
                 (flags & AT_SYMLINK_FOLLOW ? 0 : WALK_NOFOLLOW) |
                     (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0),
                 &path);
    walk_end(&env);
    if (st != OK)
        return st;
    path_put(&path);
    return ERR_NOT_SUPPORTED;
}
