/*
 * notify.c - marks on inodes, and the way of events to them.
 */
#include "fs/notify.h"

#include "fs/fs_internal.h"

static struct spinlock lock;
static uint64_t last_order;           /* guarded by lock */
static atomic_uint marks;             /* attached ones, of all inodes */
static _Atomic(uint32_t) last_cookie; /* of a rename */

static bool nobody_watches(void)
{
    return !atomic_load_explicit(&marks, memory_order_relaxed);
}

void notify_mark_get(struct notify_mark *mark)
{
    atomic_fetch_add_explicit(&mark->refs, 1, memory_order_relaxed);
}

void notify_mark_put(struct notify_mark *mark)
{
    struct inode *inode;

    if (!mark || atomic_fetch_sub_explicit(&mark->refs, 1, memory_order_acq_rel) != 1)
        return;
    inode = mark->inode;
    mark->free(mark);
    inode_put(inode);
}

void notify_attach(struct notify_mark *mark, struct inode *inode)
{
    atomic_init(&mark->refs, 2);
    mark->inode = inode_get(inode);
    SPIN_GUARD(&lock);
    mark->order = ++last_order;
    list_push_back(&inode->marks, &mark->link);
    atomic_fetch_add_explicit(&marks, 1, memory_order_relaxed);
}

static bool detach_locked(struct notify_mark *mark)
{
    if (list_empty(&mark->link))
        return false;
    list_remove(&mark->link);
    atomic_fetch_sub_explicit(&marks, 1, memory_order_relaxed);
    return true;
}

bool notify_detach(struct notify_mark *mark)
{
    SPIN_GUARD(&lock);

    return detach_locked(mark);
}

void notify_change_mask(struct notify_mark *mark, uint32_t mask, enum notify_change change)
{
    SPIN_GUARD(&lock);

    mark->mask = change == NOTIFY_ADD ? mark->mask | mask : mask;
}

uint32_t notify_mask(struct notify_mark *mark)
{
    SPIN_GUARD(&lock);

    return mark->mask;
}

/* The first mark of the inode behind `order` that wants `what`: a reference; NULL: none. */
static struct notify_mark *next_mark(struct inode *inode, uint64_t *order, uint32_t what,
                                     bool unlinked)
{
    SPIN_GUARD(&lock);

    list_for_each (it, &inode->marks) {
        struct notify_mark *mark = container_of(it, struct notify_mark, link);

        if (mark->order <= *order || !(mark->mask & what & (NOTIFY_ALL | NOTIFY_RENAME)) ||
            (unlinked && mark->mask & NOTIFY_EXCL_UNLINK))
            continue;
        *order = mark->order;
        notify_mark_get(mark);
        return mark;
    }
    return NULL;
}

static void tell_all(struct inode *inode, const struct notify_event *event, bool unlinked)
{
    struct notify_mark *mark;
    uint64_t order = 0;

    while ((mark = next_mark(inode, &order, event->what, unlinked))) {
        mark->tell(mark, event);
        notify_mark_put(mark);
    }
}

static uint32_t with_type(struct inode *inode, uint32_t what)
{
    return inode->attr.type == INODE_DIR ? what | NOTIFY_ISDIR : what;
}

void notify_inode(struct inode *inode, uint32_t what)
{
    if (!nobody_watches())
        tell_all(inode, &(struct notify_event){.what = with_type(inode, what)}, false);
}

/* The directory that has it under a name, which is copied: a reference; NULL: none has. */
static struct inode *parent_of(struct dentry *dentry, char *text, struct name *name,
                               bool *unlinked)
{
    SPIN_GUARD(&dentry_lock);

    if (dentry->parent == dentry || !dentry->name_size || !dentry->parent->inode)
        return NULL;
    memcpy(text, dentry->name, dentry->name_size);
    *name = (struct name){text, dentry->name_size};
    *unlinked = dentry_is_unlinked_locked(dentry);
    return inode_get(dentry->parent->inode);
}

static void tell_parent(struct dentry *dentry, uint32_t what)
{
    struct notify_event event = {.what = what};
    char text[NAME_MAX_BYTES];
    struct inode *dir;
    bool unlinked;

    dir = parent_of(dentry, text, &event.name, &unlinked);
    if (!dir)
        return;
    tell_all(dir, &event, unlinked);
    inode_put(dir);
}

static void tell_both(struct dentry *dentry, struct inode *inode, uint32_t what)
{
    what = with_type(inode, what);
    tell_parent(dentry, what);
    tell_all(inode, &(struct notify_event){.what = what}, false);
}

void notify_dentry(struct dentry *dentry, uint32_t what)
{
    if (!nobody_watches())
        tell_both(dentry, dentry->inode, what);
}

void notify_file(struct file *file, uint32_t what)
{
    if (!nobody_watches() && file->path.dentry && file->inode)
        tell_both(file->path.dentry, file->inode, what);
}

void notify_name(struct inode *dir, struct name name, struct inode *inode, uint32_t what)
{
    if (!nobody_watches())
        tell_all(dir, &(struct notify_event){.what = with_type(inode, what), .name = name},
                 false);
}

void notify_rename(struct inode *from, struct name from_name, struct inode *to,
                   struct name to_name, struct inode *moved)
{
    struct notify_event event = {.what = with_type(moved, NOTIFY_MOVED_FROM),
                                 .name = from_name};

    if (nobody_watches())
        return;
    event.cookie = 1 + atomic_fetch_add_explicit(&last_cookie, 1, memory_order_relaxed);
    event.what |= from == to ? NOTIFY_RENAME : 0;
    tell_all(from, &event, false);
    event.what = with_type(moved, NOTIFY_MOVED_TO);
    event.name = to_name;
    tell_all(to, &event, false);
    tell_all(moved, &(struct notify_event){.what = NOTIFY_MOVE_SELF}, false);
}

/* The list's mark of the inode, taken off it; NULL: there is none. */
static struct notify_mark *take_mark(struct inode *inode)
{
    SPIN_GUARD(&lock);
    struct notify_mark *mark;

    if (list_empty(&inode->marks))
        return NULL;
    mark = container_of(inode->marks.next, struct notify_mark, link);
    (void)detach_locked(mark);
    return mark;
}

/* Each mark is told, wanting it or not, as it is off the list then. */
void notify_gone(struct inode *inode)
{
    const struct notify_event event = {.what = NOTIFY_DELETE_SELF};
    struct notify_mark *mark;
    struct inode_attr attr;

    if (nobody_watches())
        return;
    inode_attr_get(inode, &attr);
    if (atomic_load_explicit(&inode->opens, memory_order_acquire) || attr.nlink)
        return;
    while ((mark = take_mark(inode))) {
        mark->tell(mark, &event);
        notify_mark_put(mark);
    }
}
