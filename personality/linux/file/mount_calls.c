/*
 * mount_calls.c - mount and umount2 (mount(2), umount2(2)).
 *
 * All mounts are private: to make them so, or slaves of nobody, changes nothing, and to share
 * them is refused.
 */
#include "fs/fstype.h"
#include "fs/mount.h"
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"
#include "uapi/linux/mount.h"

/* What a mount keeps of mount(2)'s flags, and what a remount changes. */
enum {
    KEPT = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOSYMFOLLOW | MS_NOATIME |
           MS_NODIRATIME | MS_STRICTATIME,
    PROPAGATION = MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE,
};

static enum mount_depth depth_of(uint32_t flags)
{
    return flags & MS_REC ? MOUNT_TREE : MOUNT_ONE;
}

/* Of the atime flags the first counts (mount(2)); relatime is what there is without one. */
static unsigned kept(uint32_t flags)
{
    return flags & (MS_NOATIME | MS_RELATIME) ? flags & KEPT & ~MS_STRICTATIME : flags & KEPT;
}

static bool is_mount_root(const struct path *path)
{
    return path->dentry == path->mount->root;
}

/* A remount that says nothing of atime leaves it as it is. */
static unsigned changed(uint32_t flags)
{
    unsigned atime = MS_NOATIME | MS_NODIRATIME | MS_STRICTATIME;

    return flags & (atime | MS_RELATIME) ? KEPT : KEPT & ~atime;
}

/* The file system takes options and read-only; the mount its own flags. With MS_BIND only the
 * mount changes. */
static status_t remount(const struct path *at, uint32_t flags, const char *options)
{
    struct filesystem *fs = at->mount->fs;
    status_t st = OK;

    if (!is_mount_root(at))
        return ERR_INVALID_ARGS;
    if (!(flags & MS_BIND) && *options)
        st = fs->remount ? fs->remount(fs, options) : ERR_INVALID_ARGS;
    if (st == OK && !(flags & MS_BIND))
        st = filesystem_set_read_only(fs, flags & MS_RDONLY);
    if (st == OK)
        st = mount_set_flags(at->mount, changed(flags), kept(flags), MOUNT_ONE);
    return st;
}

static status_t change_propagation(const struct path *at, uint32_t flags)
{
    uint32_t type = flags & PROPAGATION;

    if (!is_mount_root(at) || type & (type - 1) || flags & ~(PROPAGATION | MS_REC | MS_SILENT))
        return ERR_INVALID_ARGS;
    if (type == MS_SHARED)
        return ERR_INVALID_ARGS;
    return mount_set_flags(at->mount, MOUNT_UNBINDABLE, type & MS_UNBINDABLE, depth_of(flags));
}

static status_t mount_new_type(const struct path *at, const char *source, const char *type,
                               uint32_t flags, const char *options)
{
    const struct fs_type *found = fs_type_find(type);
    struct filesystem *fs;
    struct path root;
    status_t st;

    if (!found)
        return ERR_NO_DEVICE;
    st = found->create(options, &fs);
    if (st != OK)
        return st;
    st = mount_add(fs, at, kept(flags), *source ? source : "none", &root);
    filesystem_put(fs);
    if (st == OK)
        path_put(&root);
    return st;
}

/* The strings of the call; options are cut at a page, the others are paths in size. */
struct texts {
    char *source, *target, *type, *options;
};

/* NULL is the empty string. */
static status_t take_text(struct syscall *call, user_addr_t from, char **out)
{
    if (from)
        return path_from_user(call, from, out);
    *out = kzalloc(1);
    return *out ? OK : ERR_NO_MEMORY;
}

static void texts_free(struct texts *t)
{
    kfree(t->source);
    kfree(t->target);
    kfree(t->type);
    kfree(t->options);
}

static status_t texts_take(struct syscall *call, struct texts *t)
{
    status_t st = take_text(call, call->arg[2], &t->type);

    if (st == OK)
        st = take_text(call, call->arg[0], &t->source);
    if (st == OK)
        st = take_text(call, call->arg[4], &t->options);
    if (st == OK)
        st = path_from_user(call, call->arg[1], &t->target);
    return st;
}

/* Bind and move: `source` is a path, too. */
static status_t mount_from(struct walk_env *env, const struct path *at, const char *source,
                           uint32_t flags)
{
    struct path from;
    status_t st = *source ? path_walk(env, NULL, source, 0, &from, NULL) : ERR_INVALID_ARGS;

    if (st != OK)
        return st;
    if (flags & MS_BIND)
        st = mount_bind(&from, at, depth_of(flags));
    else
        st = mount_move(&from, at);
    path_put(&from);
    return st;
}

/* The order of mount(2)'s "the operation performed is determined by". */
static status_t mount_at(struct syscall *call, struct walk_env *env, const struct texts *t,
                         const struct path *at, uint32_t flags)
{
    if (flags & MS_REMOUNT)
        return remount(at, flags, t->options);
    if (flags & MS_BIND)
        return mount_from(env, at, t->source, flags);
    if (flags & PROPAGATION)
        return change_propagation(at, flags);
    if (flags & MS_MOVE)
        return mount_from(env, at, t->source, flags);
    if (!call->arg[2])
        return ERR_INVALID_ARGS;
    return mount_new_type(at, t->source, t->type, flags, t->options);
}

status_t sys_mount(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[3];
    struct texts t = {0};
    struct walk_env env;
    struct path at;
    status_t st = texts_take(call, &t);

    if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
        flags &= ~MS_MGC_MSK;
    walk_begin(call, &env);
    if (st == OK)
        st = path_walk(&env, NULL, t.target, 0, &at, NULL);
    if (st == OK) {
        st = call_has(call, CAP_SYS_ADMIN) ? mount_at(call, &env, &t, &at, flags)
                                           : ERR_NOT_PERMITTED;
        path_put(&at);
    }
    walk_end(&env);
    texts_free(&t);
    return st;
}

/* There is nothing to go to without the root of all. */
static status_t unmount(const struct path *at, uint32_t flags)
{
    if (!is_mount_root(at))
        return ERR_INVALID_ARGS;
    if (!at->mount->point.mount)
        return ERR_UNAVAILABLE;
    return mount_remove(at, flags & MNT_DETACH ? MOUNT_DETACH : MOUNT_REMOVE);
}

status_t sys_umount2(struct syscall *call)
{
    uint32_t flags = (uint32_t)call->arg[1];
    struct walk_env env;
    struct path at;
    status_t st;

    /* MNT_EXPIRE is not for us: nothing expires. */
    if (flags & ~(MNT_FORCE | MNT_DETACH | UMOUNT_NOFOLLOW))
        return ERR_INVALID_ARGS;
    walk_begin(call, &env);
    st = walk_at(call, &env, AT_FDCWD, call->arg[0],
                 flags & UMOUNT_NOFOLLOW ? WALK_NOFOLLOW : 0, &at);
    walk_end(&env);
    if (st != OK)
        return st;
    st = call_has(call, CAP_SYS_ADMIN) ? unmount(&at, flags) : ERR_NOT_PERMITTED;
    path_put(&at);
    return st;
}
