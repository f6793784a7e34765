/*
 * rbtree_test.c - random insertions and removals against an array of flags.
 */
#include "base/rbtree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

#define ITEMS 300u

struct item {
    struct rb_node node;
    unsigned key;
    bool present;
};

static struct item items[ITEMS];
static struct rb_tree tree;

static struct item *item_of(const struct rb_node *node)
{
    return container_of((struct rb_node *)(uintptr_t)node, struct item, node);
}

static bool red(const struct rb_node *node)
{
    return node && (node->parent_red & 1);
}

/* Black nodes on each way down from `node`, which has the properties of rbtree.c below it. */
static unsigned check_below(const struct rb_node *node, const struct rb_node *parent)
{
    unsigned left, right;

    if (!node)
        return 1;
    assert_ptr_equal((void *)(node->parent_red & ~1ul), parent);
    assert_false(red(node) && red(parent));
    left = check_below(node->child[0], node);
    right = check_below(node->child[1], node);
    assert_int_equal(left, right);
    return left + !red(node);
}

static void check_tree(void)
{
    struct rb_node *forward = rb_first(&tree), *last = NULL;

    check_below(tree.root, NULL);
    assert_false(red(tree.root));
    for (unsigned i = 0; i < ITEMS; i++) {
        assert_int_equal(rb_linked(&items[i].node), items[i].present);
        if (!items[i].present)
            continue;
        assert_ptr_equal(forward, &items[i].node);
        assert_ptr_equal(rb_prev(forward), last);
        last = forward;
        forward = rb_next(forward);
    }
    assert_null(forward);
    assert_ptr_equal(rb_last(&tree), last);
}

static void check_bound(unsigned key)
{
    struct rb_node *node = rb_lower_bound(&tree, it, item_of(it)->key < key);

    while (key < ITEMS && !items[key].present)
        key++;
    assert_ptr_equal(node, key < ITEMS ? &items[key].node : NULL);
}

static void toggle(struct item *item)
{
    if (item->present)
        rb_remove(&tree, &item->node);
    else
        rb_insert(&tree, &item->node, it, item_of(it)->key <= item->key);
    item->present = !item->present;
}

static int setup(void **state)
{
    (void)state;
    tree = (struct rb_tree){0};
    for (unsigned i = 0; i < ITEMS; i++) {
        items[i] = (struct item){.key = i};
        rb_node_init(&items[i].node);
    }
    return 0;
}

static void random_operations(void **state)
{
    struct random r;

    (void)state;
    random_seed(&r, 7);
    for (unsigned round = 0; round < 5000; round++) {
        toggle(&items[random_below(&r, ITEMS)]);
        check_tree();
        check_bound((unsigned)random_below(&r, ITEMS + 1));
    }
}

static void up_and_down(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ITEMS; i++) {
        toggle(&items[i]);
        check_tree();
    }
    for (unsigned i = ITEMS; i-- > 0;) {
        toggle(&items[i]);
        check_tree();
    }
    assert_true(rb_empty(&tree));
}

static void equal_keys_keep_their_order(void **state)
{
    unsigned expected = 0;

    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        struct item *item = &items[i];

        rb_insert(&tree, &item->node, it, item_of(it)->key / 10 <= item->key / 10);
    }
    rb_for_each (it, &tree)
        assert_int_equal(item_of(it)->key, expected++);
    assert_int_equal(expected, 10);
}

static void removal_is_idempotent(void **state)
{
    (void)state;
    toggle(&items[3]);
    rb_remove(&tree, &items[4].node);
    toggle(&items[3]);
    rb_remove(&tree, &items[3].node);
    check_tree();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(random_operations, setup),
        cmocka_unit_test_setup(up_and_down, setup),
        cmocka_unit_test_setup(equal_keys_keep_their_order, setup),
        cmocka_unit_test_setup(removal_is_idempotent, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
