/*
 * root.c - what every root file system gets: /dev, /dev/pts and /proc.
 */
#include "kernel/root.h"

#include "base/string.h"
#include "fs/devfs.h"
#include "kernel/root_internal.h"
#include "personality/linux/procfs/procfs.h"
#include "personality/linux/tty/pty.h"

static const struct walk_env everything = {.override_dac = true, .override_owner = true};

/* The directory `name` of the root, made if it is not there. */
static status_t directory(const struct path *root, const char *name, struct path *out)
{
    const struct inode_attr attr = {.type = INODE_DIR, .mode = 0755};
    struct walk_env env = everything;
    status_t st;

    env.root = env.cwd = *root;
    st = path_walk(&env, NULL, name, WALK_DIRECTORY, out, NULL);
    if (st != ERR_NOT_FOUND)
        return st;
    st = vfs_mkdir(&env, root, (struct name){name, strlen(name)}, &attr);
    return st == OK ? path_walk(&env, NULL, name, WALK_DIRECTORY, out, NULL) : st;
}

/* The mount holds the file system from then on. */
static status_t mount_at(const struct path *root, const char *name,
                         status_t (*create)(struct filesystem **out))
{
    struct filesystem *fs;
    struct path point, unused;
    status_t st = directory(root, name, &point);

    if (st != OK)
        return st;
    st = create(&fs);
    if (st == OK) {
        st = mount_add(fs, &point, false, &unused);
        filesystem_put(fs);
    }
    if (st == OK)
        path_put(&unused);
    path_put(&point);
    return st;
}

status_t root_mount_common(struct filesystem *fs, struct path *root)
{
    status_t st = mount_add(fs, NULL, false, root);

    filesystem_put(fs);
    if (st == OK)
        st = mount_at(root, "dev", devfs_create);
    if (st == OK)
        st = mount_at(root, "dev/pts", devpts_create);
    if (st == OK)
        st = mount_at(root, "proc", procfs_create);
    return st;
}
