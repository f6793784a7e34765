/*
 * mount.c - mounts: file systems stuck onto directories, and paths, which name a place in one.
 */
#include "fs/chardev.h"
#include "fs/dentry.h"
#include "fs/fs_internal.h"
#include "mm/slab.h"

static struct list mounts; /* of mount.link, oldest first; guarded by dentry_lock */
SLAB_CACHE(mount_cache, struct mount);

void vfs_init(void)
{
    inode_module_init();
    dentry_module_init();
    list_init(&mounts);
    anon_module_init();
    chardev_init();
}

struct mount *mount_get(struct mount *mount)
{
    atomic_fetch_add_explicit(&mount->refs, 1, memory_order_relaxed);
    return mount;
}

/* Mounts are few and shallow, so letting go of the parent may recurse. */
void mount_put(struct mount *mount)
{
    if (!mount || atomic_fetch_sub_explicit(&mount->refs, 1, memory_order_acq_rel) != 1)
        return;
    dentry_put(mount->root);
    dentry_put(mount->point);
    mount_put(mount->parent);
    filesystem_put(mount->fs);
    slab_free(&mount_cache, mount);
}

void path_get(const struct path *path)
{
    if (path->mount)
        mount_get(path->mount);
    if (path->dentry)
        dentry_get(path->dentry);
}

void path_put(struct path *path)
{
    dentry_put(path->dentry);
    mount_put(path->mount);
    *path = (struct path){0};
}

void mount_cross_locked(struct path *path, struct path *drop)
{
    struct mount *top = path->dentry->mounted;

    if (!top)
        return;
    while (top->root->mounted)
        top = top->root->mounted;
    *drop = *path;
    path->mount = mount_get(top);
    path->dentry = dentry_get_locked(top->root);
}

status_t mount_check_write(const struct path *path)
{
    return path->mount->read_only || path->mount->fs->read_only ? ERR_READ_ONLY : OK;
}

/* Onto the list and its point, or onto what came to cover that meanwhile. */
static void attach(struct mount *mount, const struct path *point)
{
    struct path at = {0}, drop = {0};

    if (point) {
        at = *point;
        path_get(&at);
    }
    {
        SPIN_GUARD(&dentry_lock);
        if (point)
            mount_cross_locked(&at, &drop);
        mount->parent = at.mount;
        mount->point = at.dentry;
        if (at.dentry)
            at.dentry->mounted = mount;
        list_push_back(&mounts, &mount->link);
    }
    path_put(&drop);
}

/* All mounts of a file system share its root dentry, and so the cache below it. */
static status_t root_dentry(struct filesystem *fs, struct dentry **out)
{
    {
        SPIN_GUARD(&dentry_lock);
        list_for_each (it, &mounts) {
            struct mount *other = container_of(it, struct mount, link);

            if (other->fs == fs) {
                *out = dentry_get_locked(other->root);
                return OK;
            }
        }
    }
    return dentry_create_root(fs->root, "", out);
}

status_t mount_add(struct filesystem *fs, const struct path *point, bool read_only,
                   struct path *root)
{
    struct mount *mount;
    status_t st;

    if (point && point->dentry->inode->attr.type != INODE_DIR)
        return ERR_NOT_DIR;
    mount = slab_alloc_zeroed(&mount_cache);
    if (!mount)
        return ERR_NO_MEMORY;
    st = root_dentry(fs, &mount->root);
    if (st != OK) {
        slab_free(&mount_cache, mount);
        return st;
    }
    atomic_init(&mount->refs, 1);
    list_init(&mount->link);
    mount->fs = filesystem_get(fs);
    mount->read_only = read_only;
    attach(mount, point);
    *root = (struct path){mount, mount->root};
    path_get(root);
    return OK;
}

static bool has_children_locked(const struct mount *mount)
{
    list_for_each (it, &mounts)
        if (container_of(it, struct mount, link)->parent == mount)
            return true;
    return false;
}

/* References of a mount that nobody uses: the list's and the caller's path. */
static bool in_use_locked(struct mount *mount)
{
    return atomic_load_explicit(&mount->refs, memory_order_relaxed) > 2;
}

status_t mount_remove(const struct path *root, enum mount_remove how)
{
    struct mount *mount = root->mount;

    if (root->dentry != mount->root)
        return ERR_INVALID_ARGS;
    {
        SPIN_GUARD(&dentry_lock);
        if (list_empty(&mount->link))
            return ERR_INVALID_ARGS;
        if (has_children_locked(mount) || (how == MOUNT_REMOVE && in_use_locked(mount)))
            return ERR_UNAVAILABLE;
        list_remove(&mount->link);
        if (mount->point)
            mount->point->mounted = NULL;
    }
    mount_put(mount);
    return OK;
}

void mount_for_each(void (*fn)(void *arg, const struct mount *mount), void *arg)
{
    SPIN_GUARD(&dentry_lock);

    list_for_each (it, &mounts)
        fn(arg, container_of(it, struct mount, link));
}
