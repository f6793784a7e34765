/*
 * table.h - hash tables of links that grow with what is in them. The owner's lock guards all.
 */
#pragma once

#include "base/list.h"

struct table {
    struct list *buckets;
    size_t size, count; /* buckets, a power of two; links */
    uint64_t (*hash_of)(const struct list *link);
};

status_t table_init(struct table *table, uint64_t (*hash_of)(const struct list *link)) MUST_USE;
void table_destroy(struct table *table); /* nothing is in it; zeroed memory is fine */

static inline struct list *table_bucket(const struct table *table, uint64_t hash)
{
    return &table->buckets[hash & (table->size - 1)];
}

/* Where memory for more buckets is lacking, chains grow longer instead. */
void table_add(struct table *table, struct list *link);
void table_remove(struct table *table, struct list *link); /* also one that is in none */
