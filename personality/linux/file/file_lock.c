/*
 * file_lock.c - advisory locks: who has what, conflicts, waiting (fcntl(2), "Advisory record
 * locking").
 *
 * All locks of the system are in one list, which is searched: programs hold few.
 */
#include "personality/linux/file/file_lock.h"

#include "mm/slab.h"

SLAB_CACHE(file_lock_cache, struct file_lock);

static struct spinlock locks_lock;
static struct list locks = {&locks, &locks}; /* of file_lock.link; by locks_lock */
static struct list waiting = {&waiting,
                              &waiting}; /* of file_lock_wait.waiting_link; likewise */
static struct wait_queue changed = {.waiters = {&changed.waiters, &changed.waiters}};

static bool overlap(const struct file_lock *a, const struct file_lock *b)
{
    return a->inode == b->inode && a->family == b->family && a->start <= b->end &&
           b->start <= a->end;
}

static struct file_lock *conflict_locked(const struct file_lock *want)
{
    list_for_each (it, &locks) {
        struct file_lock *lock = container_of(it, struct file_lock, link);

        if (overlap(lock, want) && lock->owner != want->owner && (lock->write || want->write))
            return lock;
    }
    return NULL;
}

bool file_lock_find(const struct file_lock *want, struct file_lock *found)
{
    SPIN_GUARD(&locks_lock);
    struct file_lock *lock = conflict_locked(want);

    if (lock)
        *found = *lock;
    return lock != NULL;
}

/*
 * The owner has no part of the range any more. What falls in two needs another lock: `*spare`,
 * which is taken then. What is not needed any more goes to `gone`.
 */
static void carve_locked(const struct file_lock *range, struct file_lock **spare,
                         struct list *gone)
{
    list_for_each_safe (it, &locks) {
        struct file_lock *lock = container_of(it, struct file_lock, link);

        if (!overlap(lock, range) || lock->owner != range->owner)
            continue;
        if (lock->start < range->start && lock->end > range->end) {
            struct file_lock *rest = *spare;

            *spare = NULL;
            *rest = *lock;
            rest->start = range->end + 1;
            list_push_back(&locks, &rest->link);
            lock->end = range->start - 1;
        } else if (lock->start < range->start) {
            lock->end = range->start - 1;
        } else if (lock->end > range->end) {
            lock->start = range->end + 1;
        } else {
            list_remove(&lock->link);
            list_push_back(gone, &lock->link);
        }
    }
}

static void free_all(struct list *gone)
{
    for (struct list *it = list_pop_front(gone); it; it = list_pop_front(gone))
        slab_free(&file_lock_cache, container_of(it, struct file_lock, link));
}

status_t file_lock_release(const struct file_lock *range)
{
    struct file_lock *spare = slab_alloc(&file_lock_cache);
    struct list gone;

    if (!spare)
        return ERR_NO_MEMORY;
    list_init(&gone);
    {
        SPIN_GUARD(&locks_lock);
        carve_locked(range, &spare, &gone);
    }
    slab_free(&file_lock_cache, spare);
    free_all(&gone);
    wait_queue_wake(&changed, UINT32_MAX);
    return OK;
}

/* Take the lock if nobody is in the way. */
static status_t try_lock(const struct file_lock *want, const void **blocker)
{
    struct file_lock *fresh = slab_alloc(&file_lock_cache);
    struct file_lock *spare = slab_alloc(&file_lock_cache), *other = NULL;
    struct list gone;

    list_init(&gone);
    if (fresh && spare) {
        SPIN_GUARD(&locks_lock);
        other = conflict_locked(want);
        if (other) {
            *blocker = other->owner;
        } else {
            carve_locked(want, &spare, &gone);
            *fresh = *want;
            list_push_back(&locks, &fresh->link);
            fresh = NULL;
        }
    } else {
        slab_free(&file_lock_cache, fresh);
        slab_free(&file_lock_cache, spare);
        return ERR_NO_MEMORY;
    }
    slab_free(&file_lock_cache, fresh);
    slab_free(&file_lock_cache, spare);
    free_all(&gone);
    if (other)
        return ERR_SHOULD_WAIT;
    wait_queue_wake(&changed, UINT32_MAX); /* it may be less than what we had */
    return OK;
}

/* Whom does `owner` wait for? NULL: nobody. */
static const void *waits_for_locked(const void *owner)
{
    list_for_each (it, &waiting) {
        struct file_lock_wait *w = container_of(it, struct file_lock_wait, waiting_link);

        if (w->want.owner == owner)
            return w->blocker;
    }
    return NULL;
}

/* Join those who wait, unless that closes a circle. Descriptions have threads of several
 * processes, so for them nothing can be said. */
static status_t begin_waiting(struct file_lock_wait *f)
{
    SPIN_GUARD(&locks_lock);

    if (f->want.pid >= 0 && f->want.family == LOCK_RANGES)
        for (const void *o = f->blocker; o; o = waits_for_locked(o))
            if (o == f->want.owner)
                return ERR_DEADLOCK;
    list_push_back(&waiting, &f->waiting_link);
    return OK;
}

static void end_waiting(struct file_lock_wait *f)
{
    SPIN_GUARD(&locks_lock);

    list_remove(&f->waiting_link);
}

CO_FN(file_lock_wait)
{
    status_t st;

    list_init(&f->waiting_link);
    for (;;) {
        /* Armed before the attempt: a release between the two is not missed. */
        wait_queue_arm(&changed, &f->waiter, task);
        st = try_lock(&f->want, &f->blocker);
        if (st == ERR_SHOULD_WAIT && f->wait && task_pending(task))
            st = task_interrupted_status(task);
        else if (st == ERR_SHOULD_WAIT && f->wait)
            st = begin_waiting(f);
        else
            f->wait = false;
        if (st == OK && f->wait)
            CO_WAIT_UNTIL(waiter_fired(&f->waiter));
        wait_queue_disarm(&changed, &f->waiter);
        end_waiting(f);
        if (st != OK || !f->wait)
            CO_RETURN(st);
    }
}
CO_END

/* Every lock of that owner on the inode. */
static void release_all(struct inode *inode, const void *owner)
{
    struct list gone;

    list_init(&gone);
    {
        SPIN_GUARD(&locks_lock);
        list_for_each_safe (it, &locks) {
            struct file_lock *lock = container_of(it, struct file_lock, link);

            if (lock->inode != inode || lock->owner != owner)
                continue;
            list_remove(&lock->link);
            list_push_back(&gone, &lock->link);
        }
    }
    if (list_empty(&gone))
        return;
    free_all(&gone);
    wait_queue_wake(&changed, UINT32_MAX);
}

/* Whoever closes had his locks set before, on this descriptor's word; so a look without the
 * lock sees them. */
void file_lock_descriptor_closed(struct file *file, struct fd_table *table)
{
    if (file->inode && !list_empty(&locks))
        release_all(file->inode, table);
}

void file_lock_file_closed(struct file *file)
{
    if (file->inode && !list_empty(&locks))
        release_all(file->inode, file);
}
