/*
 * heap_test.c - the pairing heap against a sorted model.
 */
#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

enum { NODES = 64 };

struct item {
    struct heap_node node;
    bool in; /* the model */
};

static struct item items[NODES];
static struct heap heap;

static int setup(void **state)
{
    (void)state;
    heap = (struct heap){0};
    for (unsigned i = 0; i < NODES; i++) {
        items[i] = (struct item){0};
        heap_node_init(&items[i].node);
    }
    return 0;
}

/* Every link points at what points back, no child is earlier than its parent; how many nodes.
 */
static unsigned check_tree(struct heap_node **link, time_ns_t floor)
{
    unsigned count = 0;

    for (; *link; link = &(*link)->sibling) {
        struct heap_node *n = *link;

        assert_ptr_equal(n->link, link);
        assert_true(n->key >= floor);
        count += 1 + check_tree(&n->child, n->key);
    }
    return count;
}

static void check_against_model(void)
{
    time_ns_t earliest = TIME_INFINITE;
    unsigned count = 0;

    for (unsigned i = 0; i < NODES; i++) {
        assert_int_equal(heap_node_linked(&items[i].node), items[i].in);
        if (!items[i].in)
            continue;
        count++;
        earliest = MIN(earliest, items[i].node.key);
    }
    assert_int_equal(heap.root != NULL, count != 0);
    if (heap.root) {
        assert_int_equal(heap.root->key, earliest);
        assert_null(heap.root->sibling);
    }
    assert_int_equal(check_tree(&heap.root, INT64_MIN), count);
}

static void insert(unsigned i, time_ns_t key)
{
    items[i].node.key = key;
    heap_insert(&heap, &items[i].node);
    items[i].in = true;
}

static void drop(unsigned i)
{
    heap_remove(&heap, &items[i].node);
    items[i].in = false;
}

static void any_mixture_of_operations_agrees_with_the_model(void **state)
{
    struct random random;

    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        setup(NULL);
        random_seed(&random, seed);
        for (unsigned step = 0; step < 600; step++) {
            unsigned i = (unsigned)random_below(&random, NODES);

            if (items[i].in || random_below(&random, 8) == 0)
                drop(i); /* also when it is in no heap */
            else
                insert(i, (time_ns_t)random_below(&random, 20)); /* many equal keys */
            check_against_model();
        }
    }
}

static void the_root_comes_out_in_order(void **state)
{
    time_ns_t last = INT64_MIN;

    (void)state;
    for (unsigned i = 0; i < NODES; i++)
        insert(i, (time_ns_t)((i * 37) % NODES));
    for (unsigned n = NODES; n; n--) {
        struct item *first = container_of(heap.root, struct item, node);

        assert_true(first->node.key >= last);
        last = first->node.key;
        drop((unsigned)(first - items));
        check_against_model();
    }
    assert_null(heap.root);
}

static void removing_the_only_node_empties_it(void **state)
{
    (void)state;
    insert(0, -5);
    drop(0);
    check_against_model();
    drop(0);
    insert(0, 5);
    check_against_model();
}

static void a_long_row_of_children_is_removed_without_recursion(void **state)
{
    enum { MANY = 200000 };
    static struct heap_node nodes[MANY];
    time_ns_t last = -1;

    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        heap_node_init(&nodes[i]);
        nodes[i].key = (time_ns_t)i;
        heap_insert(&heap, &nodes[i]); /* each a child of the first */
    }
    while (heap.root) {
        assert_int_equal(heap.root->key, last + 1);
        last = heap.root->key;
        heap_remove(&heap, heap.root);
    }
    assert_int_equal(last, MANY - 1);
}

/* Keys are multiples of ten, and there are few enough that each is looked at. */
static void nearest_of_a_few(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NODES; i++) {
        items[i].node.key = 10 * (time_ns_t)((i * 7) % NODES);
        heap_insert(&heap, &items[i].node);
    }
    for (time_ns_t key = 0; key < 10 * NODES - 10; key++) {
        const struct heap_node *n = heap_nearest(&heap, key, key - 5, key + 5);

        assert_non_null(n);
        assert_int_equal(n->key, (key + 4) / 10 * 10);
    }
    assert_null(heap_nearest(&heap, 15, 11, 19));
    assert_int_equal(heap_nearest(&heap, 15, 11, 20)->key, 20);
    assert_int_equal(heap_nearest(&heap, 15, 15, TIME_INFINITE)->key, 20);
    assert_null(heap_nearest(&heap, TIME_INFINITE - 1, 10 * NODES, TIME_INFINITE));
    assert_null(heap_nearest(&(struct heap){0}, 0, 0, TIME_INFINITE));
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(any_mixture_of_operations_agrees_with_the_model),
        TEST(the_root_comes_out_in_order),
        TEST(removing_the_only_node_empties_it),
        TEST(a_long_row_of_children_is_removed_without_recursion),
        TEST(nearest_of_a_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
