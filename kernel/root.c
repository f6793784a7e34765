/*
 * root.c - what every root file system gets: /dev, /dev/pts, /proc and /sys.
 */
#include "kernel/root.h"

#include "base/string.h"
#include "fs/devfs.h"
#include "fs/fstype.h"
#include "fs/mount.h"
#include "fs/tmpfs.h"
#include "kernel/root_internal.h"
#include "mm/slab.h"
#include "personality/linux/ipc/ipc.h"
#include "personality/linux/procfs/procfs.h"
#include "personality/linux/sysfs/sysfs.h"
#include "personality/linux/tty/pty.h"

static const struct walk_env everything = {.override_dac = true, .override_owner = true};

/* The last component is of the kind that is wanted; it is made where it is missing. */
static status_t place_one(struct walk_env *env, const char *name, bool file, struct path *out)
{
    const struct inode_attr dir_attr = {.type = INODE_DIR, .mode = 0755};
    const struct inode_attr file_attr = {.type = INODE_FILE, .mode = 0644};
    struct path parent;
    struct name last;
    bool created;
    status_t st;

    if (file)
        return path_walk_create(env, NULL, name, 0, &file_attr, out, &created);
    st = path_walk(env, NULL, name, WALK_DIRECTORY, out, NULL);
    if (st != ERR_NOT_FOUND)
        return st;
    st = path_walk(env, NULL, name, WALK_PARENT, &parent, &last);
    if (st != OK)
        return st;
    st = vfs_mkdir(env, &parent, last, &dir_attr);
    path_put(&parent);
    return st == OK ? path_walk(env, NULL, name, WALK_DIRECTORY, out, NULL) : st;
}

status_t root_place(const struct path *root, const char *name, bool file, struct path *out)
{
    struct walk_env env = everything;
    size_t size = strlen(name);
    char *above = kmemdup(name, size + 1);
    struct path dir;
    status_t st = above ? OK : ERR_NO_MEMORY;

    env.root = env.cwd = *root;
    for (size_t i = 1; st == OK && i < size; i++) {
        if (above[i] != '/')
            continue;
        above[i] = '\0';
        st = place_one(&env, above, false, &dir);
        if (st == OK)
            path_put(&dir);
        above[i] = '/';
    }
    kfree(above);
    return st == OK ? place_one(&env, name, file, out) : st;
}

static const struct {
    const char *at, *type, *options;
    unsigned flags;
} common[] = {
    {"/dev", "devtmpfs", "", MOUNT_NOSUID},
    {"/dev/pts", "devpts", "", MOUNT_NOSUID | MOUNT_NOEXEC},
    {"/dev/shm", "tmpfs", "", MOUNT_NOSUID | MOUNT_NODEV},
    {"/proc", "proc", "", MOUNT_NOSUID | MOUNT_NODEV | MOUNT_NOEXEC},
    {"/sys", "sysfs", "", MOUNT_NOSUID | MOUNT_NODEV | MOUNT_NOEXEC},
};

/* The mount holds the file system from then on. */
static status_t mount_type(const struct path *root, unsigned i)
{
    struct filesystem *fs;
    struct path point, unused;
    status_t st = root_place(root, common[i].at, false, &point);

    if (st != OK)
        return st;
    st = fs_type_find(common[i].type)->create(common[i].options, &fs);
    if (st == OK) {
        st = mount_add(fs, &point, common[i].flags, NULL, &unused);
        filesystem_put(fs);
    }
    if (st == OK)
        path_put(&unused);
    path_put(&point);
    return st;
}

/* It has no options: whoever asks for some is refused. */
static status_t create_devpts(const char *options, struct filesystem **out)
{
    return *options ? ERR_INVALID_ARGS : devpts_create(out);
}

/* What programs may mount themselves, too. */
static status_t register_types(void)
{
    static struct fs_type devpts = {.name = "devpts", .create = create_devpts};
    status_t st = tmpfs_register();

    if (st == OK)
        st = devfs_register();
    if (st == OK)
        st = procfs_register();
    if (st == OK)
        st = sysfs_register();
    if (st == OK)
        st = fs_type_register(&devpts);
    if (st == OK)
        st = mqueue_register();
    return st;
}

status_t root_mount_common(struct filesystem *fs, struct path *root)
{
    status_t st = mount_add(fs, NULL, 0, NULL, root);

    filesystem_put(fs);
    if (st == OK)
        st = register_types();
    for (unsigned i = 0; st == OK && i < countof(common); i++)
        st = mount_type(root, i);
    return st;
}
