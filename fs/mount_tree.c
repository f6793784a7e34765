/*
 * mount_tree.c - mounts that exist, shown elsewhere, moved or made read-only.
 */
#include "fs/mount_internal.h"
#include "mm/slab.h"

/* A mount to be bound and its copy; the first one is what was asked for, and each comes after
 * the one that it is mounted on. */
struct bound {
    struct mount *original; /* reference */
    struct mount *copy;     /* reference */
    struct path point;      /* where the original is; the dentry a reference, the mount not */
};

struct binding {
    struct bound *items;
    unsigned count, capacity;
};

bool path_is_below_locked(const struct path *path, const struct path *root)
{
    struct path at = *path;

    for (;;) {
        if (at.mount == root->mount && dentry_is_below_locked(at.dentry, root->dentry))
            return true;
        if (!at.mount->point.mount)
            return false;
        at = at.mount->point;
    }
}

bool path_is_below(const struct path *path, const struct path *root)
{
    SPIN_GUARD(&dentry_lock);

    return path_is_below_locked(path, root);
}

static unsigned count_locked(void)
{
    unsigned count = 0;

    list_for_each (it, &mounts)
        count++;
    return count;
}

static void collect_one_locked(struct binding *b, struct mount *mount)
{
    struct bound *to = &b->items[b->count++];

    *to = (struct bound){.original = mount_get(mount), .point = mount->point};
    if (to->point.dentry)
        dentry_get_locked(to->point.dentry);
}

/* Those that are mounted on item `i`; of the first, on what is to be shown of it. */
static void collect_children_locked(struct binding *b, unsigned i, const struct dentry *top)
{
    struct mount *on = b->items[i].original;

    list_for_each (it, &mounts) {
        struct mount *m = container_of(it, struct mount, link);

        if (m->point.mount == on && !mount_has(m, MOUNT_UNBINDABLE) &&
            (i || dentry_is_below_locked(m->point.dentry, top)))
            collect_one_locked(b, m);
    }
}

/* False: there are more mounts than there was room for. */
static bool collect(struct binding *b, const struct path *from, enum mount_depth depth)
{
    SPIN_GUARD(&dentry_lock);

    if (count_locked() >= b->capacity)
        return false;
    collect_one_locked(b, from->mount);
    if (depth == MOUNT_TREE)
        for (unsigned i = 0; i < b->count; i++)
            collect_children_locked(b, i, from->dentry);
    return true;
}

static status_t binding_begin(struct binding *b, const struct path *from,
                              enum mount_depth depth)
{
    *b = (struct binding){.capacity = 16};
    for (;;) {
        b->items = kzalloc(b->capacity * sizeof(b->items[0]));
        if (!b->items)
            return ERR_NO_MEMORY;
        if (collect(b, from, depth))
            return OK;
        kfree(b->items);
        b->capacity *= 2;
    }
}

static void binding_end(struct binding *b)
{
    for (unsigned i = 0; i < b->count; i++) {
        mount_put(b->items[i].original);
        mount_put(b->items[i].copy);
        dentry_put(b->items[i].point.dentry);
    }
    kfree(b->items);
}

static status_t copy_mount(struct mount *m, struct dentry *root, struct mount **out)
{
    unsigned flags = atomic_load_explicit(&m->flags, memory_order_relaxed);
    status_t st = mount_new(m->fs, dentry_get(root), flags, m->source, out);

    if (st != OK)
        dentry_put(root);
    return st;
}

static status_t make_copies(struct binding *b, const struct path *from)
{
    status_t st = OK;

    for (unsigned i = 0; st == OK && i < b->count; i++) {
        struct bound *item = &b->items[i];

        st = copy_mount(item->original, i ? item->original->root : from->dentry, &item->copy);
    }
    return st;
}

static struct mount *copy_of(struct binding *b, const struct mount *original)
{
    unsigned i = 0;

    while (b->items[i].original != original)
        i++;
    return b->items[i].copy;
}

static status_t attach_copies(struct binding *b, const struct path *point)
{
    status_t st;
    SPIN_GUARD(&dentry_lock);

    st = mount_check_point_locked(point);
    if (st != OK)
        return st;
    for (unsigned i = 0; i < b->count; i++) {
        struct bound *item = &b->items[i];
        struct path at = *point;

        if (i)
            at = (struct path){copy_of(b, item->point.mount), item->point.dentry};
        mount_hook_locked(item->copy, &at);
        mount_list_locked(mount_get(item->copy));
    }
    return OK;
}

static bool is_dir(const struct path *path)
{
    return path->dentry->inode->attr.type == INODE_DIR;
}

static bool is_attached(const struct mount *mount)
{
    SPIN_GUARD(&dentry_lock);

    return mount->attached;
}

status_t mount_bind(const struct path *from, const struct path *point, enum mount_depth depth)
{
    struct binding b;
    status_t st;

    if (mount_has(from->mount, MOUNT_UNBINDABLE) || !is_attached(from->mount))
        return ERR_INVALID_ARGS;
    if (is_dir(from) != is_dir(point))
        return ERR_NOT_DIR;
    st = binding_begin(&b, from, depth);
    if (st != OK)
        return st;
    st = make_copies(&b, from);
    if (st == OK)
        st = attach_copies(&b, point);
    binding_end(&b);
    return st;
}

static status_t check_move_locked(const struct path *root, const struct path *point)
{
    const struct mount *mount = root->mount;

    if (root->dentry != mount->root || !mount->attached || !mount->point.mount)
        return ERR_INVALID_ARGS;
    if (is_dir(root) != is_dir(point))
        return ERR_NOT_DIR;
    if (path_is_below_locked(point, root))
        return ERR_LOOP;
    return mount_check_point_locked(point);
}

status_t mount_move(const struct path *root, const struct path *point)
{
    struct path old;

    {
        status_t st;
        SPIN_GUARD(&dentry_lock);

        st = check_move_locked(root, point);
        if (st != OK)
            return st;
        old = mount_unhook_locked(root->mount);
        mount_hook_locked(root->mount, point);
    }
    path_put(&old);
    return OK;
}

static status_t check_pivot_locked(const struct path *old_root, const struct path *new_root,
                                   const struct path *put_old)
{
    if (!new_root->mount->attached || !old_root->mount->attached || !put_old->mount->attached)
        return ERR_INVALID_ARGS;
    if (dentry_is_unlinked_locked(new_root->dentry))
        return ERR_NOT_FOUND;
    if (new_root->mount == old_root->mount || put_old->mount == old_root->mount)
        return ERR_UNAVAILABLE;
    if (old_root->dentry != old_root->mount->root || new_root->dentry != new_root->mount->root)
        return ERR_INVALID_ARGS;
    if (!path_is_below_locked(put_old, new_root) || !path_is_below_locked(new_root, old_root))
        return ERR_INVALID_ARGS;
    return OK;
}

status_t mount_pivot(const struct path *old_root, const struct path *new_root,
                     const struct path *put_old)
{
    struct path from_new, from_old;

    {
        status_t st;
        SPIN_GUARD(&dentry_lock);

        st = check_pivot_locked(old_root, new_root, put_old);
        if (st != OK)
            return st;
        from_new = mount_unhook_locked(new_root->mount);
        from_old = mount_unhook_locked(old_root->mount);
        mount_hook_locked(old_root->mount, put_old);
        mount_hook_locked(new_root->mount, from_old.mount ? &from_old : NULL);
    }
    path_put(&from_new);
    path_put(&from_old);
    return OK;
}

static void change(struct mount *mount, unsigned mask, unsigned flags)
{
    unsigned old = atomic_load(&mount->flags);

    while (!atomic_compare_exchange_weak(&mount->flags, &old, (old & ~mask) | (flags & mask)))
        continue;
}

static void change_below(struct mount *mount, unsigned mask, unsigned flags)
{
    struct path top = {mount, mount->root};
    SPIN_GUARD(&dentry_lock);

    list_for_each (it, &mounts) {
        struct mount *m = container_of(it, struct mount, link);
        struct path at = {m, m->root};

        if (path_is_below_locked(&at, &top))
            change(m, mask, flags);
    }
}

status_t mount_set_flags(struct mount *mount, unsigned mask, unsigned flags,
                         enum mount_depth depth)
{
    unsigned old = atomic_load(&mount->flags);

    if (depth == MOUNT_TREE) {
        change_below(mount, mask, flags);
        return OK;
    }
    change(mount, mask, flags);
    if (mask & flags & ~old & MOUNT_READ_ONLY && atomic_load(&mount->writers)) {
        change(mount, mask, old);
        return ERR_UNAVAILABLE;
    }
    return OK;
}

static bool has_writers(const struct filesystem *fs)
{
    SPIN_GUARD(&dentry_lock);

    list_for_each (it, &mounts) {
        struct mount *m = container_of(it, struct mount, link);

        if (m->fs == fs && atomic_load(&m->writers))
            return true;
    }
    return false;
}

status_t filesystem_set_read_only(struct filesystem *fs, bool read_only)
{
    unsigned was = atomic_exchange(&fs->read_only, read_only);

    if (!read_only || was || !has_writers(fs))
        return OK;
    atomic_store(&fs->read_only, was);
    return ERR_UNAVAILABLE;
}
