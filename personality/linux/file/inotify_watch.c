/* inotify_watch.c - watches: marks on inodes that belong to an instance. */
#include "mm/slab.h"
#include "personality/linux/file/inotify_internal.h"

SLAB_CACHE(watch_cache, struct watch);

/* The watch is no more for the program, who is told. True: it was one before. */
static bool forget_locked(struct watch *w, struct queued **ignored)
{
    if (list_empty(&w->link))
        return false;
    list_remove(&w->link);
    if (*ignored)
        (*ignored)->event.wd = w->wd;
    *ignored = inotify_queue_locked(w->owner, *ignored);
    return true;
}

void inotify_watch_remove(struct watch *w)
{
    struct queued *ignored = inotify_event_new(IN_IGNORED, 0, (struct name){0});
    bool was_there;

    {
        SPIN_GUARD(&w->owner->object.lock);
        was_there = forget_locked(w, &ignored);
    }
    kfree(ignored);
    if (notify_detach(&w->mark))
        notify_mark_put(&w->mark); /* the inode's */
    if (was_there)
        notify_mark_put(&w->mark); /* the owner's */
}

static void watch_tell(struct notify_mark *mark, const struct notify_event *event)
{
    struct watch *w = container_of(mark, struct watch, mark);
    bool wanted = notify_mask(mark) & event->what & NOTIFY_ALL, last;
    struct queued *q = wanted ? inotify_event_new(event->what & ~(uint32_t)NOTIFY_RENAME,
                                                  event->cookie, event->name)
                              : NULL;

    {
        SPIN_GUARD(&w->owner->object.lock);
        last = w->oneshot || event->what & NOTIFY_DELETE_SELF;
        if (wanted && !list_empty(&w->link)) {
            if (q)
                q->event.wd = w->wd;
            q = inotify_queue_locked(w->owner, q);
        }
    }
    kfree(q);
    if (last)
        inotify_watch_remove(w);
}

static void watch_free(struct notify_mark *mark)
{
    struct watch *w = container_of(mark, struct watch, mark);

    object_put(&w->owner->object);
    slab_free(&watch_cache, w);
}

static struct watch *find_locked(struct inotify *in, const struct inode *inode, int32_t wd)
{
    list_for_each (it, &in->watches) {
        struct watch *w = container_of(it, struct watch, link);

        if (inode ? w->mark.inode == inode : w->wd == wd)
            return w;
    }
    return NULL;
}

/* A watch that is there changes: its number. 0: there is none. */
static status_t change_watch_locked(struct inotify *in, struct inode *inode, uint32_t mask,
                                    int64_t *wd)
{
    struct watch *w = find_locked(in, inode, 0);

    *wd = w ? w->wd : 0;
    if (!w)
        return OK;
    if (mask & IN_MASK_CREATE)
        return ERR_ALREADY_EXISTS;
    w->oneshot = mask & IN_ONESHOT || (w->oneshot && mask & IN_MASK_ADD);
    notify_change_mask(&w->mark, mask & (NOTIFY_ALL | IN_EXCL_UNLINK),
                       mask & IN_MASK_ADD ? NOTIFY_ADD : NOTIFY_REPLACE);
    return OK;
}

status_t inotify_watch_add(struct inotify *in, struct inode *inode, uint32_t mask, int64_t *wd)
{
    struct watch *w = slab_alloc_zeroed(&watch_cache);
    status_t st;

    if (!w)
        return ERR_NO_MEMORY;
    w->mark.tell = watch_tell;
    w->mark.free = watch_free;
    w->mark.mask = mask & (NOTIFY_ALL | IN_EXCL_UNLINK);
    w->oneshot = mask & IN_ONESHOT;
    w->owner = in;
    list_init(&w->link);
    {
        SPIN_GUARD(&in->object.lock);
        st = change_watch_locked(in, inode, mask, wd);
        if (st == OK && !*wd) {
            object_get(&in->object);
            *wd = w->wd = ++in->last_wd;
            list_push_back(&in->watches, &w->link);
            notify_attach(&w->mark, inode);
            return OK;
        }
    }
    slab_free(&watch_cache, w);
    return st;
}

struct watch *inotify_watch_get(struct inotify *in, int32_t wd)
{
    SPIN_GUARD(&in->object.lock);
    struct watch *w = wd ? find_locked(in, NULL, wd) : NULL;

    if (!wd && !list_empty(&in->watches))
        w = container_of(in->watches.next, struct watch, link);
    if (w)
        notify_mark_get(&w->mark);
    return w;
}
