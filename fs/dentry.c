/*
 * dentry.c - the directory cache: a hash of names, and what nobody uses on an LRU of bounded
 * length.
 *
 * A dentry without references stays cached on the LRU. It leaves memory when it is pruned
 * there, or with its last reference if the name was unlinked meanwhile.
 */
#include "fs/dentry.h"

#include "fs/dentry_internal.h"
#include "hal/ref.h"
#include "mm/counter.h"
#include "mm/slab.h"

enum {
    DENTRY_BUCKETS = 4096,
#ifdef TASK_DEBUG
    DENTRY_UNUSED_MAX = 32, /* so that tests see pruning */
#else
    DENTRY_UNUSED_MAX = 16384,
#endif
};

struct spinlock dentry_lock;

/* Guarded by dentry_lock. */
static struct list buckets[DENTRY_BUCKETS];
static struct list unused; /* least recently used first */
static unsigned unused_count;

SLAB_CACHE(dentry_cache, struct dentry);

void dentry_module_init(void)
{
    for (unsigned i = 0; i < DENTRY_BUCKETS; i++)
        list_init(&buckets[i]);
    list_init(&unused);
    unused_count = 0;
}

unsigned dentry_count(void)
{
    return (unsigned)counter_sum(COUNTER_DENTRIES);
}

static struct list *bucket_of(uint32_t hash)
{
    return &buckets[hash % DENTRY_BUCKETS];
}

/* Unlinked and without parent. */
struct dentry *dentry_new(struct name name)
{
    struct dentry *d = slab_alloc_zeroed(&dentry_cache);

    if (!d)
        return NULL;
    d->name = name.size < sizeof(d->inline_name) ? d->inline_name : kmalloc(name.size + 1);
    if (!d->name) {
        slab_free(&dentry_cache, d);
        return NULL;
    }
    memcpy(d->name, name.text, name.size);
    d->name[name.size] = '\0';
    d->name_size = (uint16_t)name.size;
    atomic_init(&d->refs, 1);
    list_init(&d->hash_link);
    list_init(&d->child_link);
    list_init(&d->lru_link);
    list_init(&d->children);
    counter_add(COUNTER_DENTRIES, 1);
    return d;
}

status_t dentry_create_unlinked(struct dentry *dir, struct name name, struct inode *inode,
                                struct dentry **out)
{
    struct dentry *d = dentry_new(name);

    if (!d)
        return ERR_NO_MEMORY;
    d->parent = dentry_get(dir);
    d->inode = inode_get(inode);
    d->expires = TIME_INFINITE;
    *out = d;
    return OK;
}

void dentry_free(struct dentry *d)
{
    if (d->name != d->inline_name)
        kfree(d->name);
    slab_free(&dentry_cache, d);
    counter_add(COUNTER_DENTRIES, -1);
}

struct dentry *dentry_get(struct dentry *d)
{
    ref_get(&d->refs);
    return d;
}

struct dentry *dentry_get_locked(struct dentry *d)
{
    if (!list_empty(&d->lru_link)) {
        list_remove(&d->lru_link);
        unused_count--;
    }
    return dentry_get(d);
}

/* Out of hash, LRU and tree; its reference to the parent stays its own. */
void dentry_unlink_locked(struct dentry *d)
{
    if (!list_empty(&d->lru_link))
        unused_count--;
    list_remove(&d->lru_link);
    list_remove(&d->hash_link);
    list_remove(&d->child_link);
}

/* The last reference is gone: a cached name is parked, and may push the oldest out; what leaves
 * goes onto `free_list` (of hash_link). */
static void retire_locked(struct dentry *d, struct list *free_list)
{
    if (!list_empty(&d->hash_link)) {
        list_push_back(&unused, &d->lru_link);
        if (++unused_count <= DENTRY_UNUSED_MAX)
            return;
        d = container_of(unused.next, struct dentry, lru_link);
    }
    dentry_unlink_locked(d);
    list_push_back(free_list, &d->hash_link);
}

static void put_slow(struct dentry *d, struct list *free_list)
{
    SPIN_GUARD(&dentry_lock);

    if (ref_put(&d->refs) == 1)
        retire_locked(d, free_list);
}

/* Free those on the list and let go of their parents, which may join it. */
void dentry_free_all(struct list *free_list)
{
    struct list *link;

    while ((link = list_pop_front(free_list))) {
        struct dentry *d = container_of(link, struct dentry, hash_link), *parent = d->parent;

        inode_put(d->inode);
        if (parent != d && !ref_put_shared(&parent->refs))
            put_slow(parent, free_list);
        dentry_free(d);
    }
}

void dentry_put(struct dentry *d)
{
    struct list free_list;

    if (!d || ref_put_shared(&d->refs))
        return;
    list_init(&free_list);
    put_slow(d, &free_list);
    dentry_free_all(&free_list);
}

void dentry_shrink(void)
{
    struct list free_list;

    list_init(&free_list);
    do {
        dentry_free_all(&free_list);
        SPIN_GUARD(&dentry_lock);
        if (!list_empty(&unused)) {
            struct dentry *d = container_of(unused.next, struct dentry, lru_link);

            dentry_unlink_locked(d);
            list_push_back(&free_list, &d->hash_link);
        }
    } while (!list_empty(&free_list));
}

void dentry_relieve(void)
{
    enum { FEW = 32 };
    struct list free_list;

    if (!page_is_low())
        return;
    list_init(&free_list);
    {
        SPIN_GUARD(&dentry_lock);
        for (unsigned i = 0; i < FEW && !list_empty(&unused); i++) {
            struct dentry *d = container_of(unused.next, struct dentry, lru_link);

            dentry_unlink_locked(d);
            list_push_back(&free_list, &d->hash_link);
        }
    }
    dentry_free_all(&free_list);
}

status_t dentry_create_root(struct inode *inode, const char *name, struct dentry **out)
{
    struct dentry *d = dentry_new(name_of(name));

    if (!d)
        return ERR_NO_MEMORY;
    d->parent = d;
    d->inode = inode_get(inode);
    *out = d;
    return OK;
}

struct dentry *dentry_find_locked(struct dentry *dir, struct name name, uint32_t hash)
{
    list_for_each (it, bucket_of(hash)) {
        struct dentry *d = container_of(it, struct dentry, hash_link);

        if (d->hash == hash && d->parent == dir && name_equal(name, d->name, d->name_size))
            return d;
    }
    return NULL;
}

void dentry_insert_locked(struct dentry *dir, struct dentry *d, uint32_t hash)
{
    d->hash = hash;
    d->parent = dir;
    list_push_back(bucket_of(hash), &d->hash_link);
    list_push_back(&dir->children, &d->child_link);
}
