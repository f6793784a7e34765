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
