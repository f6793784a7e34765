/* interval.c - the tree of intervals, and searching it. */
#include "base/interval.h"

static struct interval *interval_of(struct rb_node *node)
{
    return container_of(node, struct interval, node);
}

static uint64_t furthest_end(struct rb_node *node)
{
    return node ? interval_of(node)->furthest_end : 0;
}

static void update(struct rb_node *node)
{
    uint64_t below = MAX(furthest_end(node->child[0]), furthest_end(node->child[1]));

    interval_of(node)->furthest_end = MAX(interval_of(node)->end, below);
}

void interval_insert(struct interval_tree *tree, struct interval *it, uint64_t first,
                     uint64_t end)
{
    it->first = first;
    it->end = end;
    tree->by_first.update = update;
    rb_insert(&tree->by_first, &it->node, at, interval_of(at)->first <= first);
}

void interval_remove(struct interval_tree *tree, struct interval *it)
{
    rb_remove(&tree->by_first, &it->node);
}

/* The first in the subtree of `node` that ends behind `first`; NULL: none does. */
static struct rb_node *first_ending_behind(struct rb_node *node, uint64_t first)
{
    while (node) {
        if (furthest_end(node->child[0]) > first)
            node = node->child[0];
        else if (interval_of(node)->end > first)
            break;
        else
            node = node->child[1];
    }
    return node;
}

/* The same of all behind `node`: to the right of it, then above. */
static struct rb_node *next_ending_behind(struct rb_node *node, uint64_t first)
{
    struct rb_node *found, *below;

    for (;;) {
        found = first_ending_behind(node->child[1], first);
        if (found)
            return found;
        do {
            below = node;
            node = rb_parent(node);
        } while (node && node->child[1] == below);
        if (!node || interval_of(node)->end > first)
            return node;
    }
}

/* If it begins too late, so do all behind it. */
static struct interval *beginning_before(struct rb_node *node, uint64_t end)
{
    return node && interval_of(node)->first < end ? interval_of(node) : NULL;
}

struct interval *interval_find(const struct interval_tree *tree, uint64_t first, uint64_t end)
{
    return beginning_before(first_ending_behind(tree->by_first.root, first), end);
}

struct interval *interval_find_next(const struct interval *it, uint64_t first, uint64_t end)
{
    return beginning_before(next_ending_behind((struct rb_node *)&it->node, first), end);
}
