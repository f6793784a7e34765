/*
 * heap.c - a pairing heap: melding, and the two passes that make one tree of many.
 */
#include "base/heap.h"

/* Sets *at to node and tells node so. */
static void attach(struct heap_node **at, struct heap_node *node)
{
    *at = node;
    if (node)
        node->link = at;
}

/* Two detached trees become one; on equal keys `a` stays above, so the order of insertion holds
 * between neighbours. */
static struct heap_node *meld(struct heap_node *a, struct heap_node *b)
{
    if (!a || !b)
        return a ? a : b;
    if (b->key < a->key) {
        struct heap_node *t = a;
        a = b;
        b = t;
    }
    attach(&b->sibling, a->child);
    attach(&a->child, b);
    return a;
}

/* The children of a removed node: meld pairs from left to right, then the pairs from the right.
 */
static struct heap_node *meld_children(struct heap_node *first)
{
    struct heap_node *pairs = NULL, *all = NULL;

    while (first) {
        struct heap_node *a = first, *b = a->sibling;

        first = b ? b->sibling : NULL;
        a->sibling = NULL;
        if (b)
            b->sibling = NULL;
        a = meld(a, b);
        a->sibling = pairs; /* a stack; links are set when they meld */
        pairs = a;
    }
    while (pairs) {
        struct heap_node *next = pairs->sibling;

        pairs->sibling = NULL;
        all = meld(pairs, all);
        pairs = next;
    }
    return all;
}

void heap_insert(struct heap *heap, struct heap_node *node)
{
    node->child = node->sibling = NULL;
    attach(&heap->root, meld(heap->root, node));
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
    struct heap_node *rest;

    if (!node->link)
        return;
    attach(node->link, node->sibling);
    rest = meld_children(node->child);
    heap_node_init(node);
    if (rest)
        attach(&heap->root, meld(heap->root, rest));
}

/* Nodes that heap_nearest looks at, and how deep it goes. */
enum { NEAREST_VISITS = 64 };

struct search {
    time_ns_t key, first, last;
    const struct heap_node *best;
    unsigned visits; /* left */
};

static time_ns_t distance(const struct search *s, const struct heap_node *n)
{
    return n->key < s->key ? s->key - n->key : n->key - s->key;
}

static bool is_better(const struct search *s, const struct heap_node *n)
{
    if (n->key < s->first)
        return false;
    if (!s->best || distance(s, n) < distance(s, s->best))
        return true;
    return distance(s, n) == distance(s, s->best) && n->key < s->best->key;
}

/* Below a node that is too late all are. */
static void search_siblings(struct search *s, const struct heap_node *n)
{
    for (; n && s->visits; n = n->sibling) {
        s->visits--;
        if (n->key > s->last)
            continue;
        if (is_better(s, n))
            s->best = n;
        search_siblings(s, n->child);
    }
}

const struct heap_node *heap_nearest(const struct heap *heap, time_ns_t key, time_ns_t first,
                                     time_ns_t last)
{
    struct search s = {.key = key, .first = first, .last = last, .visits = NEAREST_VISITS};

    search_siblings(&s, heap->root);
    return s.best;
}
