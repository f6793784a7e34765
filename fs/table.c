/*
 * table.c - hash tables that grow.
 */
#include "fs/table.h"

#include "base/status.h"
#include "mm/slab.h"

enum { TABLE_FIRST_SIZE = 256 };

static struct list *make_buckets(size_t size)
{
    struct list *buckets = kmalloc(size * sizeof(*buckets));

    for (size_t i = 0; buckets && i < size; i++)
        list_init(&buckets[i]);
    return buckets;
}

status_t table_init(struct table *table, uint64_t (*hash_of)(const struct list *link))
{
    *table = (struct table){.buckets = make_buckets(TABLE_FIRST_SIZE),
                            .size = TABLE_FIRST_SIZE,
                            .hash_of = hash_of};
    return table->buckets ? OK : ERR_NO_MEMORY;
}

void table_destroy(struct table *table)
{
    kfree(table->buckets);
}

static void grow(struct table *table)
{
    struct table bigger = {.size = 2 * table->size, .hash_of = table->hash_of};

    bigger.buckets = make_buckets(bigger.size);
    if (!bigger.buckets)
        return;
    for (size_t i = 0; i < table->size; i++)
        for (struct list *link; (link = list_pop_front(&table->buckets[i])); bigger.count++)
            list_push_back(table_bucket(&bigger, table->hash_of(link)), link);
    kfree(table->buckets);
    *table = bigger;
}

void table_add(struct table *table, struct list *link)
{
    if (table->count >= 2 * table->size)
        grow(table);
    list_push_back(table_bucket(table, table->hash_of(link)), link);
    table->count++;
}

void table_remove(struct table *table, struct list *link)
{
    table->count -= !list_empty(link);
    list_remove(link);
}
