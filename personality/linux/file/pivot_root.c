/*
 * pivot_root.c - pivot_root(2): another mount becomes the root, of every process that had the
 * old one.
 */
#include "fs/mount.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"

static bool everyone(const void *arg, const struct linux_process *lp)
{
    (void)arg, (void)lp;
    return true;
}

static void replace(struct fs_context *fs, struct path *place, const struct path *old,
                    const struct path *new)
{
    struct path gone = {0};

    {
        SPIN_GUARD(&fs->lock);
        if (place->mount == old->mount && place->dentry == old->dentry) {
            gone = *place;
            *place = *new;
            path_get(new);
        }
    }
    path_put(&gone);
}

static void move_process(struct linux_process *lp, const struct path *old,
                         const struct path *new)
{
    struct fs_context *fs = NULL;

    {
        SPIN_GUARD(&lp->lock);
        if (lp->fs)
            fs = fs_context_get(lp->fs);
    }
    if (!fs)
        return;
    replace(fs, &fs->root, old, new);
    replace(fs, &fs->cwd, old, new);
    fs_context_put(fs);
}

static status_t pivot(struct walk_env *env, const struct path *new, const struct path *put_old)
{
    struct linux_processes all;
    status_t st = linux_processes_collect(everyone, NULL, &all);

    if (st != OK)
        return st;
    st = mount_pivot(&env->root, new, put_old);
    for (unsigned i = 0; st == OK && i < all.count; i++)
        move_process(all.members[i], &env->root, new);
    linux_processes_free(&all);
    return st;
}

status_t sys_pivot_root(struct syscall *call)
{
    struct path new, put_old;
    struct walk_env env;
    status_t st;

    if (!call_has(call, CAP_SYS_ADMIN))
        return ERR_NOT_PERMITTED;
    walk_begin(call, &env);
    st = walk_at(call, &env, AT_FDCWD, call->arg[0], WALK_DIRECTORY, &new);
    if (st == OK) {
        st = walk_at(call, &env, AT_FDCWD, call->arg[1], WALK_DIRECTORY, &put_old);
        if (st == OK) {
            st = pivot(&env, &new, &put_old);
            path_put(&put_old);
        }
        path_put(&new);
    }
    walk_end(&env);
    return st;
}
