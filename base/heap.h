/*
 * heap.h - intrusive pairing heap of absolute times: the earliest is at the root.
 *
 * Insert and look at the first are O(1), removal of any node is O(log n) amortised. No lock of
 * its own: the owner of the root says which lock guards it.
 */
#pragma once

#include "base/types.h"

struct heap_node {
    time_ns_t key;
    struct heap_node *child;   /* first of its children */
    struct heap_node *sibling; /* next child of the same parent */
    struct heap_node **link;   /* what points at us; NULL: in no heap */
};

struct heap {
    struct heap_node *root;
};

static inline void heap_node_init(struct heap_node *n)
{
    *n = (struct heap_node){0};
}

static inline bool heap_node_linked(const struct heap_node *n)
{
    return n->link != NULL;
}

void heap_insert(struct heap *heap, struct heap_node *node);
/*
 * The node with the key nearest to `key`, of those in [first, last]: of two as near the
 * earlier. NULL: there is none, or none among the nodes looked at, which are not many.
 */
const struct heap_node *heap_nearest(const struct heap *heap, time_ns_t key, time_ns_t first,
                                     time_ns_t last);
/* Idempotent. */
void heap_remove(struct heap *heap, struct heap_node *node);
