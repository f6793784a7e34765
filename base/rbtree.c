/*
 * rbtree.c - balancing. A red node has black children, and every way from a node down to a
 * missing child passes the same number of black nodes; so no way is twice as long as another.
 * Left and right are indices, so each case is written once. Missing children count as black.
 */
#include "base/rbtree.h"

enum { RED = 1 };

static bool is_red(const struct rb_node *node)
{
    return node && (node->parent_red & RED);
}

static void set_parent(struct rb_node *node, struct rb_node *parent)
{
    node->parent_red = (uintptr_t)parent | (node->parent_red & RED);
}

static void set_red(struct rb_node *node)
{
    node->parent_red |= RED;
}

static void set_black(struct rb_node *node)
{
    node->parent_red &= ~(uintptr_t)RED;
}

/* `node`, or nothing, takes the place of `old` below `parent`. */
static void replace_child(struct rb_tree *tree, struct rb_node *parent,
                          const struct rb_node *old, struct rb_node *node)
{
    if (!parent)
        tree->root = node;
    else
        parent->child[parent->child[1] == old] = node;
    if (node)
        set_parent(node, parent);
}

/* From `node`, or from nowhere, up to the root. */
static void update_upwards(struct rb_tree *tree, struct rb_node *node)
{
    for (; node && tree->update; node = rb_parent(node))
        tree->update(node);
}

/* `node` goes down to side `side`; its child on the other side comes up. Order is kept. */
static void rotate(struct rb_tree *tree, struct rb_node *node, int side)
{
    struct rb_node *up = node->child[!side], *inner = up->child[side];

    replace_child(tree, rb_parent(node), node, up);
    node->child[!side] = inner;
    if (inner)
        set_parent(inner, node);
    up->child[side] = node;
    set_parent(node, up);
    if (tree->update) {
        tree->update(node);
        tree->update(up);
    }
}

/* `node` is red and its parent may be, too: the only flaw. */
static void fix_insert(struct rb_tree *tree, struct rb_node *node)
{
    struct rb_node *parent;

    while ((parent = rb_parent(node)) && is_red(parent)) {
        struct rb_node *grand = rb_parent(parent); /* exists and is black: a root is black */
        int side = grand->child[1] == parent;
        struct rb_node *uncle = grand->child[!side];

        if (is_red(uncle)) {
            set_black(parent);
            set_black(uncle);
            set_red(grand);
            node = grand;
            continue;
        }
        if (parent->child[!side] == node) {
            rotate(tree, parent, side);
            parent = node;
        }
        set_black(parent);
        set_red(grand);
        rotate(tree, grand, !side);
        break;
    }
    set_black(tree->root);
}

void rb_insert_at(struct rb_tree *tree, struct rb_node *parent, struct rb_node **link,
                  struct rb_node *node)
{
    *node = (struct rb_node){.parent_red = (uintptr_t)parent | RED};
    *link = node;
    update_upwards(tree, node);
    fix_insert(tree, node);
}

/* Ways through `node`, perhaps a missing child of `parent`, lack one black node. */
static void fix_remove(struct rb_tree *tree, struct rb_node *parent, struct rb_node *node)
{
    while (parent && !is_red(node)) {
        int side = parent->child[1] == node;
        struct rb_node *sibling = parent->child[!side]; /* exists: its side is one longer */

        if (is_red(sibling)) {
            set_black(sibling);
            set_red(parent);
            rotate(tree, parent, side);
            sibling = parent->child[!side];
        }
        if (!is_red(sibling->child[0]) && !is_red(sibling->child[1])) {
            set_red(sibling);
            node = parent;
            parent = rb_parent(node);
            continue;
        }
        if (!is_red(sibling->child[!side])) {
            set_black(sibling->child[side]);
            set_red(sibling);
            rotate(tree, sibling, !side);
            sibling = parent->child[!side];
        }
        if (is_red(parent))
            set_red(sibling);
        else
            set_black(sibling);
        set_black(parent);
        set_black(sibling->child[!side]);
        rotate(tree, parent, side);
        return;
    }
    if (node)
        set_black(node);
}

/* `heir`, the next in order, has left its place and takes over that of `node`. */
static void take_place(struct rb_tree *tree, struct rb_node *node, struct rb_node *heir)
{
    replace_child(tree, rb_parent(node), node, heir);
    heir->parent_red = node->parent_red;
    for (int side = 0; side < 2; side++) {
        heir->child[side] = node->child[side];
        if (heir->child[side])
            set_parent(heir->child[side], heir);
    }
}

void rb_remove(struct rb_tree *tree, struct rb_node *node)
{
    struct rb_node *gone = node; /* the one whose place in the tree vanishes */
    struct rb_node *parent, *child;
    bool red;

    if (!rb_linked(node))
        return;
    if (node->child[0] && node->child[1])
        gone = rb_next(node);
    child = gone->child[0] ? gone->child[0] : gone->child[1];
    parent = rb_parent(gone);
    red = is_red(gone);
    replace_child(tree, parent, gone, child);
    if (gone != node) {
        take_place(tree, node, gone);
        if (parent == node)
            parent = gone;
    }
    update_upwards(tree, parent);
    if (!red)
        fix_remove(tree, parent, child);
    rb_node_init(node);
}

static struct rb_node *outermost(struct rb_node *node, int side)
{
    while (node && node->child[side])
        node = node->child[side];
    return node;
}

/* The neighbour on side `side`: down the other way, or up to where we come from the other. */
static struct rb_node *neighbour(const struct rb_node *node, int side)
{
    struct rb_node *parent;

    if (node->child[side])
        return outermost(node->child[side], !side);
    while ((parent = rb_parent(node)) && parent->child[side] == node)
        node = parent;
    return parent;
}

struct rb_node *rb_first(const struct rb_tree *tree)
{
    return outermost(tree->root, 0);
}

struct rb_node *rb_last(const struct rb_tree *tree)
{
    return outermost(tree->root, 1);
}

struct rb_node *rb_next(const struct rb_node *node)
{
    return neighbour(node, 1);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
    return neighbour(node, 0);
}
