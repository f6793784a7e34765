/*
 * epoll.c - epoll sets: items, their files, and the list of what may be ready (epoll(7)).
 */
#include "personality/linux/poll/epoll.h"

#include "base/hash.h"
#include "hal/ref.h"
#include "mm/slab.h"
#include "personality/linux/poll/epoll_internal.h"
#include "uapi/linux/poll.h"

enum { BUCKETS = 256, EVENT_BITS = 0xffff };

SLAB_CACHE(epoll_item_cache, struct epoll_item);

struct spinlock epoll_lock;
static struct list
    buckets[BUCKETS];          /* of epoll_item.hash_link by file; a zeroed one is empty */
static atomic_uint item_count; /* of the hash; a quick answer for closing files */

struct list *epoll_bucket_of(const struct file *file)
{
    struct list *bucket = &buckets[hash_u64((uintptr_t)file) % BUCKETS];

    if (!bucket->next)
        list_init(bucket);
    return bucket;
}

void epoll_item_put(struct epoll_item *item)
{
    if (ref_put(&item->refs) != 1)
        return;
    file_put(item->file);
    slab_free(&epoll_item_cache, item);
}

/* Before `at` in the ready list, if it is not there yet. */
static void queue_before_locked(struct list *at, struct epoll_item *item)
{
    if (!item->queued) {
        list_insert_before(at, &item->ready_link);
        item->set->ready_count++;
    }
    item->queued = true;
    object_signal_locked(&item->set->object, 0, FILE_IN);
}

static void queue_locked(struct epoll_item *item)
{
    queue_before_locked(&item->set->ready, item);
}

static void unqueue_locked(struct epoll_item *item)
{
    if (item->queued)
        item->set->ready_count--;
    list_remove(&item->ready_link);
    item->queued = false;
}

unsigned epoll_ready_count(struct epoll *set)
{
    SPIN_GUARD(&set->object.lock);

    return set->ready_count;
}

/* The file's signals changed; its object.lock is held. */
static void item_notify(struct observer *ob)
{
    struct epoll_item *item = container_of(ob, struct epoll_item, observer);
    SPIN_GUARD(&item->set->object.lock);

    if (item->events & EVENT_BITS)
        queue_locked(item);
}

/* Look at it at the next chance, whatever its file says. */
static void queue(struct epoll_item *item)
{
    SPIN_GUARD(&item->set->object.lock);

    queue_locked(item);
}

static void watch(struct epoll_item *item)
{
    if (!file_poll_object(item->file))
        return;
    item->observer = (struct observer){.obj = file_poll_object(item->file),
                                       .want = FILE_IN | FILE_PRI | FILE_OUT | FILE_ERR |
                                               FILE_HUP | FILE_RDHUP,
                                       .notify = item_notify,
                                       .persistent = true};
    object_observe(&item->observer, NULL);
}

/* A wait that has it in hand does not queue it again. */
static void disable(struct epoll_item *item)
{
    SPIN_GUARD(&item->set->object.lock);

    unqueue_locked(item);
    item->events = 0;
}

/* It is out of the hash, so it is ours to end. */
static void item_end(struct epoll_item *item)
{
    if (item->observer.obj)
        object_unobserve(&item->observer);
    disable(item);
    epoll_item_put(item);
}

static struct epoll_item *find_locked(const struct epoll *set, const struct file *file, int fd)
{
    struct list *bucket = epoll_bucket_of(file);

    list_for_each (it, bucket) {
        struct epoll_item *item = container_of(it, struct epoll_item, hash_link);

        if (item->set == set && item->file == file && item->fd == fd)
            return item;
    }
    return NULL;
}

static void take_out_locked(struct epoll_item *item)
{
    list_remove(&item->hash_link);
    list_remove(&item->set_link);
    if (epoll_of_file(item->file))
        epoll_of_file(item->file)->watchers--;
    atomic_fetch_sub_explicit(&item_count, 1, memory_order_relaxed);
}

static status_t insert(struct epoll *set, struct epoll_item *item)
{
    struct epoll *below = epoll_of_file(item->file);
    SPIN_GUARD(&epoll_lock);
    status_t st = epoll_check_nesting_locked(set, item->file);

    if (st != OK)
        return st;
    if (find_locked(set, item->file, item->fd))
        return ERR_ALREADY_EXISTS;
    list_push_back(epoll_bucket_of(item->file), &item->hash_link);
    list_push_back(&set->items, &item->set_link);
    if ((below || set->watchers) && !epoll_paths_fit_locked(item->file)) {
        list_remove(&item->hash_link);
        list_remove(&item->set_link);
        return ERR_INVALID_ARGS;
    }
    if (below)
        below->watchers++;
    atomic_fetch_add_explicit(&item_count, 1, memory_order_relaxed);
    /* Before anybody can end it: epoll_lock comes before the objects' locks. */
    watch(item);
    queue(item);
    return OK;
}

status_t epoll_add(struct epoll *set, struct file *file, int fd, uint32_t events, uint64_t data)
{
    struct epoll_item *item = slab_alloc_zeroed(&epoll_item_cache);
    status_t st;

    if (!item)
        return ERR_NO_MEMORY;
    atomic_init(&item->refs, 1);
    item->set = set;
    item->file = file_get(file);
    item->fd = fd;
    item->events = events;
    item->data = data;
    list_init(&item->hash_link);
    list_init(&item->set_link);
    list_init(&item->ready_link);
    st = insert(set, item);
    if (st != OK)
        epoll_item_put(item);
    /* The last descriptor may have closed since we looked it up. */
    else if (!atomic_load_explicit(&file->object.handles, memory_order_acquire))
        epoll_file_closed(file);
    return st;
}

status_t epoll_modify(struct epoll *set, struct file *file, int fd, uint32_t events,
                      uint64_t data)
{
    SPIN_GUARD(&epoll_lock);
    struct epoll_item *item = find_locked(set, file, fd);

    if (!item)
        return ERR_NOT_FOUND;
    {
        SPIN_GUARD(&set->object.lock);
        item->events = events;
        item->data = data;
        queue_locked(item);
    }
    return OK;
}

status_t epoll_remove(struct epoll *set, struct file *file, int fd)
{
    struct epoll_item *item;

    {
        SPIN_GUARD(&epoll_lock);
        item = find_locked(set, file, fd);
        if (!item)
            return ERR_NOT_FOUND;
        take_out_locked(item);
    }
    item_end(item);
    return OK;
}

static struct epoll_item *take_first(struct epoll *set)
{
    SPIN_GUARD(&epoll_lock);
    struct epoll_item *item;

    if (list_empty(&set->items))
        return NULL;
    item = container_of(set->items.next, struct epoll_item, set_link);
    take_out_locked(item);
    return item;
}

void epoll_clear(struct epoll *set)
{
    for (struct epoll_item *item = take_first(set); item; item = take_first(set))
        item_end(item);
}

static struct epoll_item *take_of_file(const struct file *file)
{
    SPIN_GUARD(&epoll_lock);
    struct list *bucket = epoll_bucket_of(file);

    list_for_each (it, bucket) {
        struct epoll_item *item = container_of(it, struct epoll_item, hash_link);

        if (item->file == file) {
            take_out_locked(item);
            return item;
        }
    }
    return NULL;
}

void epoll_file_closed(struct file *file)
{
    if (!atomic_load_explicit(&item_count, memory_order_acquire))
        return;
    for (struct epoll_item *item = take_of_file(file); item; item = take_of_file(file))
        item_end(item);
}

void epoll_settle(struct epoll *set)
{
    SPIN_GUARD(&set->object.lock);

    if (list_empty(&set->ready))
        object_signal_locked(&set->object, FILE_IN, 0);
}

/* The first queued item, with a reference. */
static struct epoll_item *pop(struct epoll *set)
{
    SPIN_GUARD(&set->object.lock);
    struct epoll_item *item;

    if (list_empty(&set->ready))
        return NULL;
    item = container_of(set->ready.next, struct epoll_item, ready_link);
    unqueue_locked(item);
    ref_get(&item->refs);
    return item;
}

status_t epoll_take(struct epoll *set, unsigned *budget, struct epoll_item **out,
                    uint32_t *events)
{
    struct epoll_item *item;

    while (*budget && (item = pop(set)) != NULL) {
        --*budget;
        *events = poll_file(item->file) & item->events;
        if (*events) {
            *out = item;
            return OK;
        }
        epoll_item_put(item); /* it was ready, and is no longer */
    }
    return ERR_NOT_FOUND;
}

void epoll_reported(struct epoll *set, struct epoll_item *item)
{
    SPIN_GUARD(&set->object.lock);

    if (item->events & EPOLLONESHOT)
        item->events &= ~(uint32_t)EVENT_BITS;
    else if (item->events && !(item->events & EPOLLET))
        queue_locked(item);
}

void epoll_unget(struct epoll *set, struct epoll_item *item)
{
    SPIN_GUARD(&set->object.lock);

    if (item->events)
        queue_before_locked(set->ready.next, item);
}
