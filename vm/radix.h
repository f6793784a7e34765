/*
 * radix.h - the persistent radix tree of pages that VMOs and their snapshots share.
 *
 * A tree is a pointer to its root; NULL is the empty tree. Nodes and pages count the slots and
 * trees that point at them. A node may be changed only by who has it alone: every count on the
 * way from his root is 1. Copying a node counts its children up before the original is let go,
 * so a count of 1 that is read with acquire order stays 1 for the owner of the path: others can
 * only let go, and they have finished reading before they do (the release in radix_put and
 * page_put). The lock of the VMO guards its root and all nodes that it has alone.
 */
#pragma once

#include "mm/page.h"

#define RADIX_BITS  6u
#define RADIX_SLOTS (1u << RADIX_BITS)

struct radix_node {
    atomic_uint refs;
    uint16_t level; /* 0: the slots are pages; otherwise nodes of one level less */
    uint16_t used;  /* slots that are not NULL; at least 1 but within radix_own */
    union {
        struct page *pages[RADIX_SLOTS];
        struct radix_node *nodes[RADIX_SLOTS];
    };
};

/* The leaf that covers `index`; NULL: none. `*ours`: it is not shared (its pages may be). */
struct radix_node *radix_leaf(struct radix_node *root, uint64_t index, bool *ours);

static inline unsigned radix_slot(uint64_t index)
{
    return index & (RADIX_SLOTS - 1);
}

/* Make the leaf that covers `index` ours alone, as a copy or new. ERR_NO_MEMORY: the tree has
 * the contents that it had. A new leaf is empty: the caller fills a slot or calls radix_prune.
 */
status_t radix_own(struct radix_node **root, uint64_t index, struct radix_node **leaf) MUST_USE;

/* Put `page` into a slot of a leaf of ours; returns what was there (NULL: nothing). Both
 * references change hands. */
struct page *radix_replace(struct radix_node *leaf, unsigned slot, struct page *page);

/* Take empty nodes out of the way to `index`, all of it ours alone. */
void radix_prune(struct radix_node **root, uint64_t index);

/*
 * Drop the pages [first, last] (inclusive). Prepare makes what will be cut ours alone and may
 * fail with ERR_NO_MEMORY, the contents unchanged; after it, with nothing in between, remove
 * cannot.
 */
status_t radix_prepare_remove(struct radix_node **root, uint64_t first, uint64_t last) MUST_USE;
void radix_remove(struct radix_node **root, uint64_t first, uint64_t last);

/* The first index from `index` on that has a page; UINT64_MAX: none. */
uint64_t radix_next(const struct radix_node *root, uint64_t index);

/* One more / one less tree with this root; NULL is fine. */
struct radix_node *radix_get(struct radix_node *root);
void radix_put(struct radix_node *root);

/* Pages in the tree. */
uint64_t radix_count(const struct radix_node *root);
