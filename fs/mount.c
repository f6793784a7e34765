/*
 * mount.c - mounts: made, found, taken away; and paths, which name a place in one.
 */
#include "fs/mount.h"

#include "fs/chardev.h"
#include "fs/fstype.h"
#include "fs/mount_internal.h"
#include "hal/ref.h"
#include "mm/slab.h"

struct list mounts;
static _Atomic(uint64_t) last_id;
SLAB_CACHE(mount_cache, struct mount);

void vfs_init(void)
{
    inode_module_init();
    dentry_module_init();
    list_init(&mounts);
    anon_module_init();
    chardev_init();
    fs_type_init();
}

struct mount *mount_get(struct mount *mount)
{
    ref_get(&mount->refs);
    return mount;
}

/* Mounts are few and shallow, so letting go of the one below may recurse. */
void mount_put(struct mount *mount)
{
    if (!mount || ref_put(&mount->refs) != 1)
        return;
    dentry_put(mount->root);
    path_put(&mount->point);
    filesystem_put(mount->fs);
    kfree(mount->source);
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

struct mount *mount_on_locked(const struct mount *mount, const struct dentry *dentry)
{
    struct mount *m = dentry->mounted;

    while (m && m->point.mount != mount)
        m = m->next_here;
    return m;
}

void mount_cross_locked(struct path *path, struct path *drop)
{
    struct mount *top = mount_on_locked(path->mount, path->dentry), *next;

    if (!top)
        return;
    while ((next = mount_on_locked(top, top->root)))
        top = next;
    *drop = *path;
    path->mount = mount_get(top);
    path->dentry = dentry_get_locked(top->root);
}

status_t mount_check_write(const struct path *path)
{
    return mount_is_read_only(path->mount) ? ERR_READ_ONLY : OK;
}

/*
 * Who opens a file counts first and looks then; who makes the mount read-only sets that first
 * and counts then: one of them sees the other.
 */
status_t mount_begin_write(struct mount *mount)
{
    atomic_fetch_add(&mount->writers, 1);
    if (!mount_is_read_only(mount))
        return OK;
    atomic_fetch_sub(&mount->writers, 1);
    return ERR_READ_ONLY;
}

void mount_end_write(struct mount *mount)
{
    atomic_fetch_sub(&mount->writers, 1);
}

status_t mount_new(struct filesystem *fs, struct dentry *root, unsigned flags,
                   const char *source, struct mount **out)
{
    struct mount *mount = slab_alloc_zeroed(&mount_cache);

    if (!mount)
        return ERR_NO_MEMORY;
    mount->source = kmemdup(source, strlen(source) + 1);
    if (!mount->source) {
        slab_free(&mount_cache, mount);
        return ERR_NO_MEMORY;
    }
    atomic_init(&mount->refs, 1);
    atomic_init(&mount->flags, flags);
    list_init(&mount->link);
    mount->fs = filesystem_get(fs);
    mount->root = root;
    mount->id = 1 + atomic_fetch_add_explicit(&last_id, 1, memory_order_relaxed);
    *out = mount;
    return OK;
}

status_t mount_check_point_locked(const struct path *point)
{
    if (!point->mount->attached)
        return ERR_INVALID_ARGS;
    return dentry_is_unlinked_locked(point->dentry) ? ERR_NOT_FOUND : OK;
}

void mount_hook_locked(struct mount *mount, const struct path *point)
{
    struct path at = {0};
    struct mount *cover;

    if (point)
        at = *point;
    while (at.mount && (cover = mount_on_locked(at.mount, at.dentry)))
        at = (struct path){cover, cover->root};
    mount->point = at;
    if (!at.mount)
        return;
    mount_get(at.mount);
    dentry_get_locked(at.dentry);
    mount->next_here = at.dentry->mounted;
    at.dentry->mounted = mount;
}

struct path mount_unhook_locked(struct mount *mount)
{
    struct path point = mount->point;

    if (point.dentry) {
        struct mount **at = &point.dentry->mounted;

        while (*at != mount)
            at = &(*at)->next_here;
        *at = mount->next_here;
    }
    mount->point = (struct path){0};
    mount->next_here = NULL;
    return point;
}

void mount_list_locked(struct mount *mount)
{
    list_push_back(&mounts, &mount->link);
    mount->attached = true;
}

void mount_unlist_locked(struct mount *mount)
{
    list_remove(&mount->link);
    mount->attached = false;
}

static status_t attach(struct mount *mount, const struct path *point)
{
    status_t st = OK;
    SPIN_GUARD(&dentry_lock);

    if (point)
        st = mount_check_point_locked(point);
    if (st != OK)
        return st;
    mount_hook_locked(mount, point);
    mount_list_locked(mount);
    return OK;
}

/* All mounts of a file system share its root dentry, and so the cache below it. */
static status_t root_dentry(struct filesystem *fs, struct dentry **out)
{
    {
        SPIN_GUARD(&dentry_lock);
        list_for_each (it, &mounts) {
            struct mount *other = container_of(it, struct mount, link);
            struct dentry *top = other->root;

            if (other->fs != fs)
                continue;
            while (top->parent != top)
                top = top->parent;
            *out = dentry_get_locked(top);
            return OK;
        }
    }
    return dentry_create_root(fs->root, "", out);
}

static bool is_dir(const struct inode *inode)
{
    return inode->attr.type == INODE_DIR;
}

status_t mount_add(struct filesystem *fs, const struct path *point, unsigned flags,
                   const char *source, struct path *root)
{
    struct dentry *dentry;
    struct mount *mount;
    status_t st;

    if (point && is_dir(point->dentry->inode) != is_dir(fs->root))
        return ERR_NOT_DIR;
    st = root_dentry(fs, &dentry);
    if (st != OK)
        return st;
    st = mount_new(fs, dentry, flags, source ? source : fs->type, &mount);
    if (st != OK) {
        dentry_put(dentry);
        return st;
    }
    st = attach(mount, point);
    if (st != OK) {
        mount_put(mount);
        return st;
    }
    *root = (struct path){mount, mount->root};
    path_get(root);
    return OK;
}

static bool has_children_locked(const struct mount *mount)
{
    list_for_each (it, &mounts)
        if (container_of(it, struct mount, link)->point.mount == mount)
            return true;
    return false;
}

/* References of a mount that nobody uses: the list's and the caller's path. */
static bool in_use_locked(struct mount *mount)
{
    return atomic_load_explicit(&mount->refs, memory_order_relaxed) > 2;
}

/* What hangs on a mount that was taken away goes with it, one after the other. */
static bool drop_orphan(void)
{
    struct mount *orphan = NULL;
    struct path point = {0};

    {
        SPIN_GUARD(&dentry_lock);
        list_for_each (it, &mounts) {
            struct mount *m = container_of(it, struct mount, link);

            if (m->point.mount && !m->point.mount->attached)
                orphan = m;
        }
        if (orphan) {
            mount_unlist_locked(orphan);
            point = mount_unhook_locked(orphan);
        }
    }
    path_put(&point);
    mount_put(orphan);
    return orphan;
}

status_t mount_remove(const struct path *root, enum mount_remove how)
{
    struct mount *mount = root->mount;
    struct path point;

    if (root->dentry != mount->root)
        return ERR_INVALID_ARGS;
    {
        SPIN_GUARD(&dentry_lock);
        if (!mount->attached)
            return ERR_INVALID_ARGS;
        if (how == MOUNT_REMOVE && (has_children_locked(mount) || in_use_locked(mount)))
            return ERR_UNAVAILABLE;
        mount_unlist_locked(mount);
        point = mount_unhook_locked(mount);
    }
    path_put(&point);
    mount_put(mount);
    while (drop_orphan())
        continue;
    return OK;
}

struct filesystem *mount_find_type(const char *type)
{
    SPIN_GUARD(&dentry_lock);

    list_for_each (it, &mounts) {
        struct filesystem *fs = container_of(it, struct mount, link)->fs;

        if (!strcmp(fs->type, type))
            return filesystem_get(fs);
    }
    return NULL;
}

/* The file system of mount number `n`, held; NULL: there are not so many. */
static struct filesystem *filesystem_at(unsigned n)
{
    SPIN_GUARD(&dentry_lock);

    list_for_each (it, &mounts)
        if (n-- == 0)
            return filesystem_get(container_of(it, struct mount, link)->fs);
    return NULL;
}

void file_sync_all(enum sync_fs_how how)
{
    struct filesystem *fs;

    for (unsigned n = 0; (fs = filesystem_at(n)); n++) {
        if (fs->sync)
            fs->sync(fs, how);
        filesystem_put(fs);
    }
}

void mount_for_each(void (*fn)(void *arg, struct mount *mount), void *arg)
{
    SPIN_GUARD(&dentry_lock);

    list_for_each (it, &mounts)
        fn(arg, container_of(it, struct mount, link));
}
