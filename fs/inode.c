/*
 * inode.c - references to inodes and file systems, and attributes kept in memory.
 */
#include "fs/inode.h"

#include "fs/fs_internal.h"
#include "fs/ram_quota.h"
#include "fs/seal.h"
#include "fs/xattr.h"
#include "hal/ref.h"
#include "hal/time.h"
#include "mm/counter.h"

/*
 * Inodes whose last reference is gone. Destroying a directory drops its children, so whoever
 * finds the list idle works it off, and what that drops joins the list: no recursion however
 * deep the tree.
 */
static struct {
    struct spinlock lock;
    struct inode *first; /* by inode.dying; guarded by lock */
    bool busy;           /* someone is at it; guarded by lock */
} dying;

static atomic_uint next_dev;

void inode_module_init(void)
{
    dying.first = NULL;
    dying.busy = false;
    atomic_store_explicit(&next_dev, 0, memory_order_relaxed);
}

/* The next free device number for a file system instance. */
static dev_t_ new_dev(void)
{
    return DEV(0, 1 + atomic_fetch_add_explicit(&next_dev, 1, memory_order_relaxed));
}

void filesystem_init(struct filesystem *fs, const char *type, uint32_t magic,
                     void (*destroy)(struct filesystem *fs))
{
    fs->type = type;
    fs->magic = magic;
    fs->dev = new_dev();
    fs->destroy = destroy;
    atomic_init(&fs->holders, 1);
    atomic_init(&fs->refs, 1);
}

struct filesystem *filesystem_get(struct filesystem *fs)
{
    atomic_fetch_add_explicit(&fs->holders, 1, memory_order_relaxed);
    return fs;
}

void filesystem_ref(struct filesystem *fs)
{
    ref_get(&fs->refs);
}

void filesystem_unref(struct filesystem *fs)
{
    if (ref_put(&fs->refs) == 1)
        fs->destroy(fs);
}

void filesystem_put(struct filesystem *fs)
{
    if (!fs || atomic_fetch_sub_explicit(&fs->holders, 1, memory_order_acq_rel) != 1)
        return;
    if (fs->shutdown)
        fs->shutdown(fs);
    inode_put(fs->root);
    fs->root = NULL;
    filesystem_unref(fs);
}

void inode_init(struct inode *inode, struct filesystem *fs, const struct inode_ops *ops,
                const struct inode_attr *attr)
{
    *inode = (struct inode){.ops = ops, .fs = fs, .attr = *attr};
    atomic_init(&inode->refs, 1);
    list_init(&inode->marks);
    mutex_init(&inode->mutex);
    filesystem_ref(fs);
    counter_add(COUNTER_INODES, 1);
}

struct inode *inode_get(struct inode *inode)
{
    ref_get(&inode->refs);
    return inode;
}

bool inode_try_get(struct inode *inode)
{
    return ref_try_get(&inode->refs);
}

static void inode_destroy(struct inode *inode)
{
    struct filesystem *fs = inode->fs;

    counter_add(COUNTER_INODES, -1);
    xattrs_put(inode->xattrs);
    inode->ops->destroy(inode);
    filesystem_unref(fs);
}

/* True: the list was idle, and working it off is the caller's. */
static bool dying_push(struct inode *inode)
{
    bool was_busy;
    SPIN_GUARD(&dying.lock);

    inode->dying = dying.first;
    dying.first = inode;
    was_busy = dying.busy;
    dying.busy = true;
    return !was_busy;
}

static struct inode *dying_pop(void)
{
    struct inode *inode;
    SPIN_GUARD(&dying.lock);

    inode = dying.first;
    if (inode)
        dying.first = inode->dying;
    else
        dying.busy = false;
    return inode;
}

void inode_put(struct inode *inode)
{
    if (!inode || ref_put(&inode->refs) != 1)
        return;
    if (!dying_push(inode))
        return;
    while ((inode = dying_pop()))
        inode_destroy(inode);
}

struct inode *inode_contents(struct inode *inode)
{
    while (inode->ops->contents)
        inode = inode->ops->contents(inode);
    return inode;
}

struct vmo *inode_vmo(struct inode *shown)
{
    struct inode *inode = inode_contents(shown);
    SPIN_GUARD(&inode->lock);

    return inode->vmo ? vmo_get(inode->vmo) : NULL;
}

void inode_attr_get(struct inode *inode, struct inode_attr *out)
{
    if (inode->ops->get_attr && inode->ops->get_attr(inode, out) == OK)
        return;
    SPIN_GUARD(&inode->lock);
    *out = inode->attr;
}

int64_t inode_time_now(void)
{
    return hal_time_realtime();
}

static void set_times(struct inode_attr *attr, unsigned which, int64_t now)
{
    if (which & ATTR_ATIME)
        attr->atime = now;
    if (which & ATTR_MTIME)
        attr->mtime = now;
    if (which & ATTR_CTIME)
        attr->ctime = now;
}

void inode_touch(struct inode *inode, unsigned which)
{
    int64_t now = inode_time_now();
    SPIN_GUARD(&inode->lock);

    set_times(&inode->attr, which, now);
}

static status_t truncate_locked(struct inode *inode, uint64_t size, int64_t now)
{
    status_t st = inode->vmo ? seal_check_size_locked(inode, size) : ERR_INVALID_ARGS;

    if (st == OK)
        st = vmo_set_size(inode->vmo, size);
    if (st != OK)
        return st == ERR_OUT_OF_RANGE ? ERR_FILE_BIG : st;
    inode->attr.size = size;
    inode->attr.mtime = now;
    return OK;
}

status_t inode_attr_change(struct inode *inode, const struct inode_attr *attr, unsigned which)
{
    struct inode_attr *to = &inode->attr;
    int64_t now = inode_time_now();
    status_t st = OK;
    SPIN_GUARD(&inode->lock);

    ram_pages_note_written_locked(inode);
    if (which & ATTR_MODE)
        st = seal_check_mode_locked(inode, attr->mode);
    if (st == OK && which & ATTR_SIZE)
        st = truncate_locked(inode, attr->size, now);
    if (st != OK)
        return st;
    if (which & ATTR_MODE)
        to->mode = attr->mode & 07777;
    if (which & ATTR_UID)
        to->uid = attr->uid;
    if (which & ATTR_GID)
        to->gid = attr->gid;
    if (which & ATTR_ATIME)
        to->atime = attr->atime;
    if (which & ATTR_MTIME)
        to->mtime = attr->mtime;
    to->ctime = which & ATTR_CTIME ? attr->ctime : now;
    return OK;
}

unsigned inode_count(void)
{
    return (unsigned)counter_sum(COUNTER_INODES);
}
