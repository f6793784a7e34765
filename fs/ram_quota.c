/*
 * ram_quota.c - pages and inodes counted against what a file system may have.
 */
#include "fs/ram_quota.h"

#include "base/string.h"
#include "fs/fs_internal.h"
#include "mm/slab.h"
#include "vm/radix.h"

/* pager_data of a file's VMO. */
struct ram_pages {
    struct ram_quota *quota;  /* reference; NULL: none */
    uint64_t charged;         /* pages; guarded by vmo->lock */
    _Atomic(int64_t) written; /* when a mapping was last seen to write, unless noted; or 0 */
    char *name;               /* the VMO's, or NULL */
};

struct ram_quota *ram_quota_create(uint64_t max_pages, uint64_t max_inodes)
{
    struct ram_quota *quota = kzalloc(sizeof(*quota));

    if (!quota)
        return NULL;
    atomic_init(&quota->refs, 1);
    atomic_init(&quota->max_pages, max_pages);
    atomic_init(&quota->max_inodes, max_inodes);
    return quota;
}

struct ram_quota *ram_quota_get(struct ram_quota *quota)
{
    if (quota)
        atomic_fetch_add_explicit(&quota->refs, 1, memory_order_relaxed);
    return quota;
}

void ram_quota_put(struct ram_quota *quota)
{
    if (quota && atomic_fetch_sub_explicit(&quota->refs, 1, memory_order_acq_rel) == 1)
        kfree(quota);
}

static bool take(_Atomic(uint64_t) *used, _Atomic(uint64_t) *max)
{
    uint64_t limit = atomic_load_explicit(max, memory_order_relaxed);

    if (atomic_fetch_add_explicit(used, 1, memory_order_relaxed) < limit || !limit)
        return true;
    atomic_fetch_sub_explicit(used, 1, memory_order_relaxed);
    return false;
}

bool ram_quota_take_inode(struct ram_quota *quota)
{
    return !quota || take(&quota->inodes, &quota->max_inodes);
}

void ram_quota_give_inode(struct ram_quota *quota)
{
    if (quota)
        atomic_fetch_sub_explicit(&quota->inodes, 1, memory_order_relaxed);
}

/*
 * A file's VMO has a pager although nothing is behind it: what is mapped privately from a file
 * is then a view of the file until it is written (vm/vmo.h), and not a snapshot. Each page that
 * is brought in stays, under the same vmo->lock, so here is where it is charged.
 */
static status_t page_in_hole(struct vmo *vmo, uint64_t index, struct page *page)
{
    struct ram_pages *rp = vmo->pager_data;

    (void)index;
    if (rp->quota) {
        if (!take(&rp->quota->pages, &rp->quota->max_pages))
            return ERR_NO_SPACE;
        rp->charged++;
    }
    memset(page_data(page), 0, PAGE_SIZE);
    return OK;
}

static void discharge(struct ram_pages *rp, uint64_t left)
{
    atomic_fetch_sub_explicit(&rp->quota->pages, rp->charged - left, memory_order_relaxed);
    rp->charged = left;
}

/* Nobody else has the VMO any more. */
static void release(struct vmo *vmo)
{
    struct ram_pages *rp = vmo->pager_data;

    if (rp->quota)
        discharge(rp, 0);
    ram_quota_put(rp->quota);
    kfree(rp->name);
    kfree(rp);
}

/* The inode's lock, which guards its times, comes before the VMO's: they are set later. */
static void note_write(struct vmo *vmo)
{
    struct ram_pages *rp = vmo->pager_data;

    atomic_store_explicit(&rp->written, inode_time_now(), memory_order_relaxed);
}

/* There is nowhere to write to, but what is written from now on has another time. */
static status_t write_back(struct vmo *vmo)
{
    vmo_watch_writes(vmo);
    return OK;
}

static const struct vmo_pager_ops hole_pager = {
    .try_page_in = page_in_hole,
    .written = note_write,
    .write_back = write_back,
    .release = release,
};

bool vmo_has_holes(const struct vmo *vmo)
{
    return vmo->pager == &hole_pager;
}

status_t ram_pages_create(struct ram_quota *quota, const char *name, struct vmo **out)
{
    struct ram_pages *rp = kzalloc(sizeof(*rp));
    status_t st = ERR_NO_MEMORY;

    if (!rp)
        return st;
    if (name)
        rp->name = kmemdup(name, strlen(name) + 1);
    if (!name || rp->name)
        st = vmo_create_paged(0, &hole_pager, rp, out);
    if (st != OK) {
        kfree(rp->name);
        kfree(rp);
        return st;
    }
    rp->quota = ram_quota_get(quota);
    (*out)->name = rp->name;
    return OK;
}

void ram_pages_note_written_locked(struct inode *inode)
{
    struct ram_pages *rp;
    int64_t written;

    if (!inode->vmo || !vmo_has_holes(inode->vmo))
        return;
    rp = inode->vmo->pager_data;
    written = atomic_exchange_explicit(&rp->written, 0, memory_order_relaxed);
    inode->attr.mtime = MAX(inode->attr.mtime, written);
    inode->attr.ctime = MAX(inode->attr.ctime, written);
}

void ram_pages_settle(struct vmo *vmo)
{
    struct ram_pages *rp = vmo->pager_data;

    if (!vmo_has_holes(vmo) || !rp->quota)
        return;
    SPIN_GUARD(&vmo->lock);
    discharge(rp, radix_count(vmo->root));
}
