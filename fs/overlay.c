/*
 * overlay.c - the lower layer behind a ramfs.
 *
 * An inode of the lower layer has at most one of ours, found by a table: so hard links below
 * stay one file, and what was changed is found again by any of its names. Ours comes and goes
 * with its users until it is changed; then the table keeps it.
 */
#include "fs/overlay.h"

#include "base/hash.h"
#include "fs/fs_internal.h"
#include "fs/ramfs_internal.h"
#include "fs/xattr.h"
#include "mm/slab.h"

enum { OVERLAY_MAGIC = 0x794c7630 };

/* Numbers of inodes of our own are above those of the lower layer. */
#define OVERLAY_FIRST_INO (1ull << 60)

static uint64_t hash_of(const struct inode *lower)
{
    return hash_u64((uintptr_t)lower);
}

static uint64_t hash_of_link(const struct list *link)
{
    return hash_of(container_of(link, struct ram_inode, lower_link)->lower);
}

status_t overlay_lower(struct ram_inode *dir, struct name name, struct inode **out)
{
    status_t st = ERR_NOT_FOUND;

    *out = NULL;
    if (dir->lower && dir->lower->ops->lookup)
        st = dir->lower->ops->lookup(dir->lower, name, out);
    return st == ERR_NOT_FOUND ? OK : st;
}

/* A reference to the inode for `lower`; NULL: there is none, or it is dying. */
static struct ram_inode *find_locked(struct ramfs *ramfs, struct inode *lower)
{
    list_for_each (it, table_bucket(&ramfs->inodes, hash_of(lower))) {
        struct ram_inode *r = container_of(it, struct ram_inode, lower_link);

        if (r->lower == lower && inode_try_get(&r->inode))
            return r;
    }
    return NULL;
}

/* `fresh` is for `lower`, unless somebody else was first. */
static struct ram_inode *settle(struct ramfs *ramfs, struct inode *lower,
                                struct ram_inode *fresh)
{
    struct ram_inode *found;
    SPIN_GUARD(&ramfs->names_lock);

    found = find_locked(ramfs, lower);
    if (!found && fresh)
        table_add(&ramfs->inodes, &fresh->lower_link);
    return found ? found : fresh;
}

status_t overlay_inode(struct ramfs *ramfs, struct inode *lower, struct inode **out)
{
    struct ram_inode *r = settle(ramfs, lower, NULL), *fresh;
    struct inode_attr attr;
    status_t st;

    if (r) {
        inode_put(lower);
        *out = &r->inode;
        return OK;
    }
    inode_attr_get(lower, &attr);
    st = ram_inode_new(ramfs, &attr, lower, &fresh);
    if (st != OK) {
        inode_put(lower);
        return st;
    }
    r = settle(ramfs, lower, fresh);
    if (r != fresh)
        inode_put(&fresh->inode);
    *out = &r->inode;
    return OK;
}

/* False: it was its own already. */
static bool take_over(struct ramfs *ramfs, struct ram_inode *r, struct xattrs *lower)
{
    SPIN_GUARD(&ramfs->names_lock);

    {
        SPIN_GUARD(&r->inode.lock);
        if (r->own_attr)
            return false;
        r->own_attr = true;
        r->inode.xattrs = lower;
    }
    r->pinned = true;
    inode_get(&r->inode);
    return true;
}

void overlay_own(struct inode *inode)
{
    struct ramfs *ramfs = ramfs_of(inode);
    struct ram_inode *r = ram_inode_of(inode);
    struct xattrs *lower;
    struct inode_attr attr;

    if (!r->lower)
        return;
    inode_attr_get(inode, &attr); /* takes the lower's of now */
    lower = xattrs_of(ramfs_xattrs(inode, XATTR_LOOK));
    if (!take_over(ramfs, r, lower))
        xattrs_put(lower);
}

bool overlay_has_own_data(struct ram_inode *r)
{
    SPIN_GUARD(&r->inode.lock);

    return r->own_data;
}

status_t overlay_copy_up(struct inode *inode)
{
    struct ram_inode *r = ram_inode_of(inode);
    struct vmo *lower, *copy = NULL;
    status_t st = OK;

    if (!r->lower || inode->attr.type != INODE_FILE || overlay_has_own_data(r))
        return OK;
    overlay_own(inode);
    lower = inode_vmo(r->lower);
    if (lower) {
        st = vmo_clone(lower, 0, lower->size, &copy);
        vmo_put(lower);
    } else {
        st = ERR_NOT_PERMITTED; /* generated contents */
    }
    if (st != OK)
        return st;
    {
        SPIN_GUARD(&inode->lock);
        if (!r->own_data) {
            struct vmo *shown = inode->vmo;

            inode->vmo = copy;
            copy = shown;
            r->own_data = true;
        }
    }
    vmo_put(copy);
    return OK;
}

void overlay_unpin(struct inode *inode)
{
    struct ram_inode *r = ram_inode_of(inode);
    bool was_pinned;

    {
        SPIN_GUARD(&ramfs_of(inode)->names_lock);
        was_pinned = r->pinned;
        r->pinned = false;
    }
    if (was_pinned)
        inode_put(inode);
}

void overlay_forget(struct ram_inode *r)
{
    SPIN_GUARD(&ramfs_of(&r->inode)->names_lock);

    table_remove(&ramfs_of(&r->inode)->inodes, &r->lower_link);
}

/* Passes on what no name of the upper layer hides. */
struct filter {
    struct ram_inode *dir;
    bool (*emit)(void *arg, struct name name, uint64_t ino, enum inode_type type,
                 uint64_t next);
    void *arg;
};

static bool is_hidden(struct ram_inode *dir, struct name name)
{
    SPIN_GUARD(&ramfs_of(&dir->inode)->names_lock);

    return dirtable_find(&dir->entries, name) != NULL;
}

static bool emit_visible(void *arg, struct name name, uint64_t ino, enum inode_type type,
                         uint64_t next)
{
    struct filter *f = arg;

    return is_hidden(f->dir, name) || f->emit(f->arg, name, ino, type, next);
}

status_t overlay_list(struct ram_inode *dir, uint64_t *at,
                      bool (*emit)(void *arg, struct name name, uint64_t ino,
                                   enum inode_type type, uint64_t next),
                      void *arg)
{
    struct filter filter = {dir, emit, arg};

    if (!dir->lower || !dir->lower->ops->readdir)
        return OK;
    return dir->lower->ops->readdir(dir->lower, at, emit_visible, &filter);
}

static bool note_one(void *arg, struct name name, uint64_t ino, enum inode_type type,
                     uint64_t next)
{
    (void)name, (void)ino, (void)type, (void)next;
    *(bool *)arg = true;
    return false;
}

status_t overlay_check_hidden(struct ram_inode *dir)
{
    uint64_t at = 0;
    bool any = false;
    status_t st = overlay_list(dir, &at, note_one, &any);

    return st == OK && any ? ERR_NOT_EMPTY : st;
}

/* One pinned inode that is not unpinned yet. */
static struct inode *next_pinned(struct ramfs *ramfs)
{
    SPIN_GUARD(&ramfs->names_lock);

    for (size_t i = 0; i < ramfs->inodes.size; i++)
        list_for_each (it, &ramfs->inodes.buckets[i]) {
            struct ram_inode *r = container_of(it, struct ram_inode, lower_link);

            if (r->pinned)
                return &r->inode;
        }
    return NULL;
}

static void overlay_shutdown(struct filesystem *fs)
{
    struct ramfs *ramfs = container_of(fs, struct ramfs, fs);
    struct inode *inode;

    while ((inode = next_pinned(ramfs)))
        overlay_unpin(inode);
}

static status_t create_root(struct ramfs *ramfs)
{
    return overlay_inode(ramfs, inode_get(ramfs->lower->root), &ramfs->fs.root);
}

status_t overlay_create(struct filesystem *lower, struct filesystem **out)
{
    struct ramfs *ramfs;
    status_t st;

    if (lower->magic == OVERLAY_MAGIC)
        return ERR_NOT_SUPPORTED;
    ramfs = kzalloc(sizeof(*ramfs));
    if (!ramfs)
        return ERR_NO_MEMORY;
    if (table_init(&ramfs->inodes, hash_of_link) != OK) {
        kfree(ramfs);
        return ERR_NO_MEMORY;
    }
    filesystem_init(&ramfs->fs, "overlay", OVERLAY_MAGIC, ramfs_destroy);
    ramfs->fs.shutdown = overlay_shutdown;
    ramfs->fs.stat = ramfs_stat;
    ramfs->fs.name_ttl = lower->name_ttl;
    ramfs->lower = filesystem_get(lower);
    atomic_store_explicit(&ramfs->last_ino, OVERLAY_FIRST_INO, memory_order_relaxed);
    st = create_root(ramfs);
    if (st != OK) {
        filesystem_put(&ramfs->fs);
        return st;
    }
    *out = &ramfs->fs;
    return OK;
}
