/*
 * radix.c - path copying. Trees grow at the root: one of level n covers 32^(n+1) pages, so
 * small VMOs have small trees. Recursion is bounded by the levels that 64-bit indices need, 13.
 */
#include "vm/radix.h"

#include "base/status.h"
#include "base/string.h"
#include "hal/ref.h"
#include "mm/slab.h"

SLAB_CACHE(node_cache, struct radix_node);

static unsigned level_shift(const struct radix_node *node)
{
    return node->level * RADIX_BITS;
}

/* The last index that a root of this level covers. */
static uint64_t level_last(unsigned level)
{
    unsigned bits = (level + 1) * RADIX_BITS;

    return bits >= 64 ? UINT64_MAX : (1ull << bits) - 1;
}

static bool alone(const atomic_uint *refs)
{
    return atomic_load_explicit(refs, memory_order_acquire) == 1;
}

static struct radix_node *node_create(unsigned level)
{
    struct radix_node *node = slab_alloc_zeroed(&node_cache);

    if (!node)
        return NULL;
    atomic_init(&node->refs, 1);
    node->level = (uint16_t)level;
    return node;
}

static struct radix_node *node_copy(const struct radix_node *from)
{
    struct radix_node *node = slab_alloc(&node_cache);

    if (!node)
        return NULL;
    atomic_init(&node->refs, 1);
    node->level = from->level;
    node->used = from->used;
    memcpy(node->pages, from->pages, sizeof(node->pages));
    for (unsigned i = 0; i < RADIX_SLOTS; i++) {
        if (node->level)
            radix_get(node->nodes[i]);
        else if (node->pages[i])
            page_get(node->pages[i]);
    }
    return node;
}

struct radix_node *radix_get(struct radix_node *root)
{
    if (root)
        ref_get(&root->refs);
    return root;
}

void radix_put(struct radix_node *root)
{
    if (!root || ref_put(&root->refs) != 1)
        return;
    for (unsigned i = 0; i < RADIX_SLOTS; i++) {
        if (root->level)
            radix_put(root->nodes[i]);
        else if (root->pages[i])
            page_put(root->pages[i]);
    }
    slab_free(&node_cache, root);
}

struct radix_node *radix_leaf(struct radix_node *root, uint64_t index, bool *ours)
{
    *ours = true;
    if (root && index > level_last(root->level))
        return NULL;
    while (root) {
        *ours = *ours && alone(&root->refs);
        if (!root->level)
            break;
        root = root->nodes[radix_slot(index >> level_shift(root))];
    }
    return root;
}

/* The node at `*link`, if there is one, becomes ours alone. Its parent already is. */
static status_t unshare(struct radix_node **link)
{
    struct radix_node *copy;

    if (!*link || alone(&(*link)->refs))
        return OK;
    copy = node_copy(*link);
    if (!copy)
        return ERR_NO_MEMORY;
    radix_put(*link);
    *link = copy;
    return OK;
}

/* All nodes on the way to `index` that there are become ours alone. */
static status_t unshare_path(struct radix_node **link, uint64_t index)
{
    while (*link) {
        if (unshare(link) != OK)
            return ERR_NO_MEMORY;
        if (!(*link)->level)
            break;
        link = &(*link)->nodes[radix_slot(index >> level_shift(*link))];
    }
    return OK;
}

/* The tree becomes one that covers `index`. */
static status_t grow(struct radix_node **root, uint64_t index)
{
    struct radix_node *node = *root;
    unsigned level = 0;

    if (!node) {
        while (index > level_last(level))
            level++;
        *root = node_create(level);
        return *root ? OK : ERR_NO_MEMORY;
    }
    while (index > level_last((*root)->level)) {
        node = node_create((*root)->level + 1u);
        if (!node)
            return ERR_NO_MEMORY;
        node->nodes[0] = *root;
        node->used = 1;
        *root = node;
    }
    return OK;
}

static status_t create_path(struct radix_node *node, uint64_t index, struct radix_node **leaf)
{
    while (node->level) {
        struct radix_node **link = &node->nodes[radix_slot(index >> level_shift(node))];

        if (!*link) {
            *link = node_create(node->level - 1u);
            if (!*link)
                return ERR_NO_MEMORY;
            node->used++;
        }
        node = *link;
    }
    *leaf = node;
    return OK;
}

status_t radix_own(struct radix_node **root, uint64_t index, struct radix_node **leaf)
{
    status_t st = grow(root, index);

    if (st == OK)
        st = unshare_path(root, index);
    if (st == OK)
        st = create_path(*root, index, leaf);
    if (st != OK)
        radix_prune(root, index);
    return st;
}

struct page *radix_replace(struct radix_node *leaf, unsigned slot, struct page *page)
{
    struct page *old = leaf->pages[slot];

    leaf->pages[slot] = page;
    leaf->used = (uint16_t)(leaf->used + !!page - !!old);
    return old;
}

static void prune(struct radix_node **link, uint64_t index)
{
    struct radix_node *node = *link;

    if (!node || !alone(&node->refs))
        return;
    if (node->level) {
        struct radix_node **child = &node->nodes[radix_slot(index >> level_shift(node))];
        bool had = *child;

        prune(child, index);
        node->used = (uint16_t)(node->used - (had && !*child));
    }
    if (!node->used) {
        *link = NULL;
        slab_free(&node_cache, node);
    }
}

void radix_prune(struct radix_node **root, uint64_t index)
{
    if (*root && index <= level_last((*root)->level))
        prune(root, index);
}

status_t radix_prepare_remove(struct radix_node **root, uint64_t first, uint64_t last)
{
    if (!*root || first > level_last((*root)->level))
        return OK;
    if (first == 0 && last >= level_last((*root)->level))
        return OK; /* the whole tree is let go */
    if (unshare_path(root, first) != OK)
        return ERR_NO_MEMORY;
    return unshare_path(root, MIN(last, level_last((*root)->level)));
}

/* [first, last] relative to what the node at `*link` covers. A node that is covered in part is
 * ours alone. */
static void remove_range(struct radix_node **link, uint64_t first, uint64_t last)
{
    struct radix_node *node = *link;
    unsigned shift = level_shift(node);
    uint64_t below = (1ull << shift) - 1;

    if (first == 0 && last >= level_last(node->level)) {
        radix_put(node);
        *link = NULL;
        return;
    }
    for (uint64_t i = first >> shift; i <= last >> shift; i++) {
        if (!node->pages[i])
            continue;
        if (!node->level)
            page_put(radix_replace(node, (unsigned)i, NULL));
        else {
            remove_range(&node->nodes[i], i == first >> shift ? first & below : 0,
                         i == last >> shift ? last & below : below);
            node->used = (uint16_t)(node->used - !node->nodes[i]);
        }
    }
    if (!node->used) {
        slab_free(&node_cache, node);
        *link = NULL;
    }
}

void radix_remove(struct radix_node **root, uint64_t first, uint64_t last)
{
    if (*root && first <= level_last((*root)->level))
        remove_range(root, first, MIN(last, level_last((*root)->level)));
}

/* From `index` on, relative to what `node` covers. */
static uint64_t next_below(const struct radix_node *node, uint64_t index)
{
    unsigned shift = level_shift(node);
    uint64_t below = (1ull << shift) - 1;

    for (uint64_t i = index >> shift; i < RADIX_SLOTS; i++) {
        uint64_t from = i == index >> shift ? index & below : 0, found;

        if (!node->pages[i])
            continue;
        if (!node->level)
            return i;
        found = next_below(node->nodes[i], from);
        if (found != UINT64_MAX)
            return (i << shift) + found;
    }
    return UINT64_MAX;
}

uint64_t radix_next(const struct radix_node *root, uint64_t index)
{
    return root && index <= level_last(root->level) ? next_below(root, index) : UINT64_MAX;
}

uint64_t radix_count(const struct radix_node *root)
{
    uint64_t count = 0;

    if (!root || !root->level)
        return root ? root->used : 0;
    for (unsigned i = 0; i < RADIX_SLOTS; i++)
        count += radix_count(root->nodes[i]);
    return count;
}
