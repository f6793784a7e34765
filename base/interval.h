/*
 * interval.h - intrusive tree of intervals, which may overlap: found by what they share a
 * number with.
 *
 * A red-black tree by where they begin, each node of which knows the furthest end below it. A
 * search takes O(log n) for each interval that it finds. The owner says which lock guards it.
 */
#pragma once

#include "base/rbtree.h"

/* Constant while it is in a tree. */
struct interval {
    struct rb_node node;
    uint64_t first, end;   /* [first, end), not empty */
    uint64_t furthest_end; /* in the subtree of the node */
};

/* All zero is the empty tree. */
struct interval_tree {
    struct rb_tree by_first;
};

static inline void interval_init(struct interval *it)
{
    rb_node_init(&it->node);
}

static inline bool interval_tree_empty(const struct interval_tree *tree)
{
    return rb_empty(&tree->by_first);
}

void interval_insert(struct interval_tree *tree, struct interval *it, uint64_t first,
                     uint64_t end);

/* Idempotent. */
void interval_remove(struct interval_tree *tree, struct interval *it);

/* The first by where they begin that has a number of [first, end) in it / the next such one
 * behind `it`. NULL: none. */
struct interval *interval_find(const struct interval_tree *tree, uint64_t first, uint64_t end);
struct interval *interval_find_next(const struct interval *it, uint64_t first, uint64_t end);

/* The body may remove nothing. */
#define interval_for_each(it, tree, first, end)                           \
    for (struct interval *it = interval_find((tree), (first), (end)); it; \
         it = interval_find_next(it, (first), (end)))
