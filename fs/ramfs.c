/*
 * ramfs.c - inodes in memory: made, asked, changed, destroyed.
 */
#include "fs/ramfs.h"

#include "base/string.h"
#include "fs/fs_internal.h"
#include "fs/ramfs_internal.h"
#include "mm/slab.h"

enum { RAMFS_MAGIC = 0x858458f6, DIRECTORY_SIZE = 4096 };

SLAB_CACHE(ram_inode_cache, struct ram_inode);

static status_t contents_of(struct ramfs *ramfs, const struct inode_attr *attr,
                            struct inode *lower, struct vmo **out)
{
    *out = NULL;
    if (attr->type != INODE_FILE)
        return OK;
    if (!lower)
        return ram_pages_create(ramfs->quota, NULL, out);
    *out = inode_vmo(lower);
    return OK;
}

status_t ram_inode_new(struct ramfs *ramfs, const struct inode_attr *attr, struct inode *lower,
                       struct ram_inode **out)
{
    struct ram_inode *r;
    struct vmo *vmo;
    status_t st = ERR_NO_MEMORY;

    if (!ram_quota_take_inode(ramfs->quota))
        return ERR_NO_SPACE;
    r = slab_alloc_zeroed(&ram_inode_cache);
    if (r)
        st = contents_of(ramfs, attr, lower, &vmo);
    if (st != OK) {
        slab_free(&ram_inode_cache, r);
        ram_quota_give_inode(ramfs->quota);
        return st;
    }
    inode_init(&r->inode, &ramfs->fs,
               attr->type == INODE_DIR ? &ramfs_dir_ops : &ramfs_other_ops, attr);
    r->inode.vmo = vmo;
    if (attr->type == INODE_DIR)
        r->inode.attr.size = DIRECTORY_SIZE;
    r->lower = lower;
    list_init(&r->lower_link);
    r->own_attr = r->own_data = !lower;
    *out = r;
    return OK;
}

static void ram_inode_destroy(struct inode *inode)
{
    struct ram_inode *r = ram_inode_of(inode);
    struct dirent *e;

    overlay_forget(r);
    while ((e = dirtable_take(&r->entries)))
        dirent_free(e);
    kfree(r->target);
    vmo_drop_text(inode->vmo);
    vmo_put(inode->vmo);
    inode_put(r->lower);
    ram_quota_give_inode(ramfs_of(inode)->quota);
    slab_free(&ram_inode_cache, r);
}

uint64_t ramfs_ino(struct ramfs *ramfs)
{
    return 1 + atomic_fetch_add_explicit(&ramfs->last_ino, 1, memory_order_relaxed);
}

/* What shows of a layer below counts as if it were ours. Caller holds the inode's lock. */
static uint64_t blocks_locked(struct inode *inode)
{
    uint64_t pages = DIV_ROUND_UP(inode->attr.size, PAGE_SIZE);

    if (!inode->vmo)
        return 0;
    if (vmo_has_holes(inode->vmo))
        pages = vmo_committed_pages(inode->vmo);
    return pages * (PAGE_SIZE / 512);
}

static status_t ramfs_get_attr(struct inode *inode, struct inode_attr *out)
{
    struct ram_inode *r = ram_inode_of(inode);
    struct inode_attr lower = {.ino = 0};

    if (r->lower)
        inode_attr_get(r->lower, &lower);
    SPIN_GUARD(&inode->lock);
    if (!r->own_attr) {
        lower.ino = inode->attr.ino;
        lower.type = inode->attr.type;
        inode->attr = lower;
    } else {
        ram_pages_note_written_locked(inode);
        inode->attr.blocks = blocks_locked(inode);
    }
    *out = inode->attr;
    return OK;
}

static status_t ramfs_set_attr(struct inode *inode, const struct inode_attr *attr,
                               unsigned which)
{
    status_t st = OK;

    overlay_own(inode);
    if (which & ATTR_SIZE)
        st = overlay_copy_up(inode);
    if (st == OK)
        st = inode_attr_change(inode, attr, which);
    if (st == OK && which & ATTR_SIZE)
        ram_pages_settle(inode->vmo);
    return st;
}

static status_t ramfs_readlink(struct inode *inode, char *buf, size_t size, size_t *length)
{
    struct ram_inode *r = ram_inode_of(inode);

    if (!r->target)
        return r->lower->ops->readlink(r->lower, buf, size, length);
    *length = MIN(size, (size_t)inode->attr.size);
    memcpy(buf, r->target, *length);
    return OK;
}

/* Contents that show through are the lower layer's to open; it may have news of their size. */
static status_t ramfs_open(struct inode *inode, struct file *file)
{
    struct ram_inode *r = ram_inode_of(inode);
    struct inode_attr attr;
    status_t st;

    if (overlay_has_own_data(r) || !r->lower->ops->open)
        return OK;
    st = r->lower->ops->open(r->lower, file);
    if (st == OK)
        inode_attr_get(inode, &attr);
    return st;
}

/* Once held by nobody: what an overlay pinned goes, and all else hangs on the root. */
void ramfs_destroy(struct filesystem *fs)
{
    struct ramfs *ramfs = container_of(fs, struct ramfs, fs);

    filesystem_put(ramfs->lower);
    ram_quota_put(ramfs->quota);
    table_destroy(&ramfs->inodes);
    kfree(ramfs);
}

void ramfs_stat(struct filesystem *fs, struct filesystem_stat *out)
{
    struct page_stats stats;

    (void)fs;
    page_stats_read(&stats);
    out->blocks = stats.total;
    out->free = stats.free - MIN(stats.free, page_low_mark());
}

status_t ramfs_create(const char *type, uint32_t root_mode, struct filesystem **out)
{
    return ramfs_create_limited(type, root_mode, NULL, out);
}

status_t ramfs_create_limited(const char *type, uint32_t root_mode, struct ram_quota *quota,
                              struct filesystem **out)
{
    struct ramfs *ramfs = kzalloc(sizeof(*ramfs));
    int64_t now = inode_time_now();
    struct inode_attr attr = {.type = INODE_DIR,
                              .mode = root_mode,
                              .nlink = 2,
                              .atime = now,
                              .mtime = now,
                              .ctime = now,
                              .btime = now};
    struct ram_inode *root;
    status_t st;

    if (!ramfs)
        return ERR_NO_MEMORY;
    filesystem_init(&ramfs->fs, type, RAMFS_MAGIC, ramfs_destroy);
    ramfs->fs.stat = ramfs_stat;
    ramfs->quota = ram_quota_get(quota);
    attr.ino = ramfs_ino(ramfs);
    st = ram_inode_new(ramfs, &attr, NULL, &root);
    if (st != OK) {
        filesystem_put(&ramfs->fs);
        return st;
    }
    ramfs->fs.root = &root->inode;
    *out = &ramfs->fs;
    return OK;
}

/* Those of the layer below show until something of ours is changed. */
struct inode *ramfs_xattrs(struct inode *inode, enum xattr_use use)
{
    struct ram_inode *r = ram_inode_of(inode);
    bool own;

    if (use == XATTR_CHANGE)
        overlay_own(inode);
    {
        SPIN_GUARD(&inode->lock);
        own = r->own_attr;
    }
    return own || !r->lower->ops->xattrs ? inode : r->lower->ops->xattrs(r->lower, use);
}

const struct inode_ops ramfs_other_ops = {
    .xattrs = ramfs_xattrs,
    .readlink = ramfs_readlink,
    .get_attr = ramfs_get_attr,
    .set_attr = ramfs_set_attr,
    .prepare_write = overlay_copy_up,
    .open = ramfs_open,
    .destroy = ram_inode_destroy,
};

/* A directory's entries from both layers; those below have this bit in their cursors. */
#define CURSOR_LOWER (1ull << 61)

struct below {
    bool (*emit)(void *arg, struct name name, uint64_t ino, enum inode_type type,
                 uint64_t next);
    void *arg;
};

static bool emit_below(void *arg, struct name name, uint64_t ino, enum inode_type type,
                       uint64_t next)
{
    struct below *b = arg;

    return b->emit(b->arg, name, ino, type, next | CURSOR_LOWER);
}

static status_t ramfs_readdir(struct inode *dir, uint64_t *at,
                              bool (*emit)(void *arg, struct name name, uint64_t ino,
                                           enum inode_type type, uint64_t next),
                              void *arg)
{
    struct ram_inode *r = ram_inode_of(dir);
    struct below below = {emit, arg};
    uint64_t lower_at;
    status_t st;

    if (!(*at & CURSOR_LOWER)) {
        SPIN_GUARD(&ramfs_of(dir)->names_lock);
        if (!dirtable_list(&r->entries, at, emit, arg))
            return OK;
    }
    if (!r->lower)
        return OK;
    lower_at = *at & CURSOR_LOWER ? *at & ~CURSOR_LOWER : 0;
    st = overlay_list(r, &lower_at, emit_below, &below);
    *at = lower_at | CURSOR_LOWER;
    return st;
}

const struct inode_ops ramfs_dir_ops = {
    .xattrs = ramfs_xattrs,
    .lookup = ramfs_lookup,
    .create = ramfs_create_file,
    .tmpfile = ramfs_tmpfile,
    .mkdir = ramfs_mkdir,
    .symlink = ramfs_symlink,
    .link = ramfs_link,
    .unlink = ramfs_unlink,
    .rmdir = ramfs_rmdir,
    .rename = ramfs_rename,
    .rename_whiteout = ramfs_rename_whiteout,
    .exchange = ramfs_exchange,
    .readdir = ramfs_readdir,
    .get_attr = ramfs_get_attr,
    .set_attr = ramfs_set_attr,
    .destroy = ram_inode_destroy,
};
