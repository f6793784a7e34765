/*
 * dirtable.c - two trees over the same entries.
 */
#include "fs/dirtable.h"

#include "base/hash.h"
#include "base/string.h"
#include "fs/fs_internal.h"
#include "mm/slab.h"

struct dirent *dirent_new(struct name name)
{
    struct dirent *e = kzalloc(sizeof(*e) + name.size);

    if (!e)
        return NULL;
    rb_node_init(&e->by_name);
    rb_node_init(&e->by_order);
    e->hash = hash_bytes(name.text, name.size, 0);
    e->size = name.size;
    memcpy(e->text, name.text, name.size);
    return e;
}

void dirent_free(struct dirent *e)
{
    if (!e)
        return;
    inode_put(e->inode);
    kfree(e);
}

static struct dirent *named(const struct rb_node *node)
{
    return container_of(node, struct dirent, by_name);
}

static struct dirent *ordered(const struct rb_node *node)
{
    return container_of(node, struct dirent, by_order);
}

struct dirent *dirtable_find(const struct dirtable *table, struct name name)
{
    uint64_t hash = hash_bytes(name.text, name.size, 0);
    struct rb_node *at = rb_lower_bound(&table->by_name, it, named(it)->hash < hash);

    for (; at && named(at)->hash == hash; at = rb_next(at))
        if (name_equal(name, named(at)->text, named(at)->size))
            return named(at);
    return NULL;
}

void dirtable_insert(struct dirtable *table, struct dirent *e, struct inode *inode)
{
    e->inode = inode;
    e->order = ++table->last_order;
    table->count += inode != NULL;
    rb_insert(&table->by_name, &e->by_name, it, named(it)->hash <= e->hash);
    rb_insert(&table->by_order, &e->by_order, it, ordered(it)->order < e->order);
}

void dirtable_remove(struct dirtable *table, struct dirent *e)
{
    table->count -= e->inode != NULL;
    rb_remove(&table->by_name, &e->by_name);
    rb_remove(&table->by_order, &e->by_order);
}

struct inode *dirtable_set(struct dirtable *table, struct dirent *e, struct inode *inode)
{
    struct inode *old = e->inode;

    table->count -= old != NULL;
    table->count += inode != NULL;
    e->inode = inode;
    return old;
}

bool dirtable_list(const struct dirtable *table, uint64_t *at,
                   bool (*emit)(void *arg, struct name name, uint64_t ino, enum inode_type type,
                                uint64_t next),
                   void *arg)
{
    struct rb_node *node = rb_lower_bound(&table->by_order, it, ordered(it)->order < *at);

    for (; node; node = rb_next(node)) {
        struct dirent *e = ordered(node);

        if (!e->inode)
            continue;
        if (!emit(arg, (struct name){e->text, e->size}, e->inode->attr.ino, e->inode->attr.type,
                  e->order + 1))
            return false;
        *at = e->order + 1;
    }
    return true;
}

struct dirent *dirtable_take(struct dirtable *table)
{
    struct rb_node *node = rb_first(&table->by_order);

    if (!node)
        return NULL;
    dirtable_remove(table, ordered(node));
    return ordered(node);
}
