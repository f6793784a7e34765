/*
 * rbtree.h - intrusive red-black tree.
 *
 * The owner orders it: searching and inserting are loops written by the two macros below around
 * an expression of the owner's, so there is no callback and no key type. Equal keys are kept in
 * order of insertion if the expression sends an equal one right.
 * A tree has no lock of its own: the owner of the root says which lock guards it.
 */
#pragma once

#include "base/types.h"

/* An unlinked node is its own parent, so removal is idempotent. */
struct rb_node {
    uintptr_t parent_red;     /* the parent's address, and bit 0: this node is red */
    struct rb_node *child[2]; /* left, right */
};

/* All zero is the empty tree. */
struct rb_tree {
    struct rb_node *root;
    /* What is below a node has changed, and what the node knows of it is to be put right from
     * its children, which are. NULL: nodes know nothing. */
    void (*update)(struct rb_node *node);
};

static inline void rb_node_init(struct rb_node *node)
{
    node->parent_red = (uintptr_t)node;
}

static inline bool rb_linked(const struct rb_node *node)
{
    return node->parent_red != (uintptr_t)node;
}

/* NULL: of a root. */
static inline struct rb_node *rb_parent(const struct rb_node *node)
{
    return (struct rb_node *)(node->parent_red & ~(uintptr_t)1);
}

static inline bool rb_empty(const struct rb_tree *tree)
{
    return !tree->root;
}

/* Idempotent; the node is initialised afterwards. */
void rb_remove(struct rb_tree *tree, struct rb_node *node);

/* NULL at either end. */
struct rb_node *rb_first(const struct rb_tree *tree);
struct rb_node *rb_last(const struct rb_tree *tree);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

/* `node` becomes the child `*link`, now NULL, of `parent`. Used by rb_insert. */
void rb_insert_at(struct rb_tree *tree, struct rb_node *parent, struct rb_node **link,
                  struct rb_node *node);

/*
 * Insert `node`. `goes_right` is an expression over `it`, a node of the tree: true when `node`
 * belongs behind it.
 *
 *     rb_insert(&tree, &r->node, it, region_of(it)->base <= r->base);
 */
#define rb_insert(tree, node, it, goes_right)                    \
    do {                                                         \
        struct rb_node **link_ = &(tree)->root, *parent_ = NULL; \
                                                                 \
        while (*link_) {                                         \
            struct rb_node *it = parent_ = *link_;               \
                                                                 \
            link_ = &it->child[(goes_right) ? 1 : 0];            \
        }                                                        \
        rb_insert_at(tree, parent_, link_, node);                \
    } while (0)

/*
 * The first node for which `is_before`, an expression over `it`, is false; NULL: none. It must
 * be true for a leading part of the tree and false for the rest.
 *
 *     node = rb_lower_bound(&tree, it, region_of(it)->base < base);
 */
#define rb_lower_bound(tree, it, is_before)                 \
    ({                                                      \
        struct rb_node *at_ = (tree)->root, *found_ = NULL; \
                                                            \
        while (at_) {                                       \
            struct rb_node *it = at_;                       \
            bool before_ = (is_before);                     \
                                                            \
            if (!before_)                                   \
                found_ = at_;                               \
            at_ = at_->child[before_];                      \
        }                                                   \
        found_;                                             \
    })

/* In order. The body may remove nothing. */
#define rb_for_each(it, tree) for (struct rb_node *it = rb_first(tree); it; it = rb_next(it))
