/*
 * interval_test.c - random intervals, put in and taken out, against a look at each.
 */
#include "base/interval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

#define ITEMS 200u
#define RANGE 1000u

static struct interval items[ITEMS];
static struct interval_tree tree;

static bool overlaps(const struct interval *it, uint64_t first, uint64_t end)
{
    return rb_linked(&it->node) && it->first < end && it->end > first;
}

static unsigned count_by_look(uint64_t first, uint64_t end)
{
    unsigned count = 0;

    for (unsigned i = 0; i < ITEMS; i++)
        count += overlaps(&items[i], first, end);
    return count;
}

/* Each once, in order, and no other. */
static void check_search(uint64_t first, uint64_t end)
{
    unsigned count = 0;
    uint64_t last = 0;

    interval_for_each (it, &tree, first, end) {
        assert_true(overlaps(it, first, end));
        assert_true(it->first >= last);
        last = it->first;
        count++;
    }
    assert_int_equal(count, count_by_look(first, end));
}

static void change(struct random *random)
{
    struct interval *it = &items[random_below(random, ITEMS)];
    uint64_t first = random_below(random, RANGE);
    /* Most are short, so that searches miss; a few reach far over others. */
    uint64_t most = random_below(random, 8) ? 10 : RANGE;

    if (rb_linked(&it->node))
        interval_remove(&tree, it);
    else
        interval_insert(&tree, it, first, first + 1 + random_below(random, most));
}

static void test_random(void **state)
{
    struct random random;

    (void)state;
    random_seed(&random, 7);
    tree = (struct interval_tree){0};
    for (unsigned i = 0; i < ITEMS; i++)
        interval_init(&items[i]);
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t first = random_below(&random, RANGE);

        change(&random);
        check_search(first, first + random_below(&random, 30));
    }
    check_search(0, UINT64_MAX);
    for (unsigned i = 0; i < ITEMS; i++)
        interval_remove(&tree, &items[i]);
    assert_true(interval_tree_empty(&tree));
}

/* Ends do not belong to an interval, and an empty range meets nothing at its edge. */
static void test_edges(void **state)
{
    struct interval low, high;

    (void)state;
    tree = (struct interval_tree){0};
    interval_init(&low);
    interval_init(&high);
    interval_insert(&tree, &low, 10, 20);
    interval_insert(&tree, &high, 20, UINT64_MAX);
    assert_null(interval_find(&tree, 0, 10));
    assert_ptr_equal(interval_find(&tree, 0, 11), &low);
    assert_null(interval_find_next(&low, 0, 20));
    assert_ptr_equal(interval_find(&tree, 19, 21), &low);
    assert_ptr_equal(interval_find_next(&low, 19, 21), &high);
    assert_null(interval_find_next(&high, 19, 21));
    assert_ptr_equal(interval_find(&tree, 20, 21), &high);
    assert_null(interval_find(&tree, 20, 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_edges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
