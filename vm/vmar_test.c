/*
 * vmar_test.c - regions: how they split and join, nest and die, and what is left without
 * memory.
 */
#include "vm/vmar_test.h"

static void exact_places(void **state)
{
    struct vmar_map_args args = args_at(0, 4, R);
    user_addr_t out;

    (void)state;
    assert_int_equal(map_at(as->root, 0, 4, R), OK);
    assert_int_equal(map_at(as->root, 3, 2, R), ERR_ALREADY_EXISTS);
    assert_int_equal(map_at(as->root, 6, 2, R | W), OK);
    assert_string_equal(layout(), "rrrr..WW");
    args.size = 0;
    assert_int_equal(vmar_map(as->root, &args, &out), ERR_INVALID_ARGS);
    args.size = 100;
    assert_int_equal(vmar_map(as->root, &args, &out), ERR_INVALID_ARGS);
    args = args_at(20, 4, R);
    args.addr++;
    assert_int_equal(vmar_map(as->root, &args, &out), ERR_INVALID_ARGS);
    args = args_at(20, 4, R);
    args.addr = 0 - PAGE_SIZE;
    assert_int_equal(vmar_map(as->root, &args, &out), ERR_INVALID_ARGS);
    args.addr = HAL_USER_END - PAGE_SIZE;
    assert_int_equal(vmar_map(as->root, &args, &out), ERR_OUT_OF_RANGE);
    args.addr = 0;
    assert_int_equal(vmar_map(as->root, &args, &out), ERR_OUT_OF_RANGE);
    args = args_at(20, 4, R | W);
    args.max_prot = R;
    assert_int_equal(vmar_map(as->root, &args, &out), ERR_ACCESS_DENIED);
    args = args_at(20, 4, R);
    args.vmo_offset = 0 - PAGE_SIZE;
    assert_int_equal(vmar_map(as->root, &args, &out), ERR_INVALID_ARGS);
    args = args_at(20, 4, R);
    args.align = 3;
    assert_int_equal(vmar_map(as->root, &args, &out), ERR_INVALID_ARGS);
    assert_int_equal(as->mapped_bytes, PAGES(6));
}

static void overwriting(void **state)
{
    struct vmar_map_args args = args_at(2, 4, R | W);
    user_addr_t at;

    (void)state;
    assert_int_equal(map_at(as->root, 0, 10, R), OK);
    args.place = PLACE_OVERWRITE;
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    assert_string_equal(layout(), "rr|WWWW|rrrr");
    args.flags |= MAPPING_PINNED;
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    args.addr -= PAGE_SIZE;
    assert_int_equal(vmar_map(as->root, &args, &at), ERR_ACCESS_DENIED);
    assert_int_equal(vmar_unmap(as->root, AT(5), PAGES(1)), ERR_ACCESS_DENIED);
    assert_int_equal(vmar_protect(as->root, AT(2), PAGES(1), R, false), ERR_ACCESS_DENIED);
    assert_string_equal(layout(), "rr|WWWW|rrrr");
}

static void unmapping(void **state)
{
    (void)state;
    assert_int_equal(map_at(as->root, 0, 10, R), OK);
    assert_int_equal(map_at(as->root, 10, 10, R | W), OK);
    assert_int_equal(vmar_unmap(as->root, AT(3), PAGES(2)), OK);
    assert_string_equal(layout(), "rrr..rrrrr|WWWWWWWWWW");
    assert_int_equal(vmar_unmap(as->root, AT(4), PAGES(8)), OK);
    assert_string_equal(layout(), "rrr.........WWWWWWWW");
    assert_int_equal(vmar_unmap(as->root, AT(5), PAGES(2)), OK);
    assert_int_equal(as->mapped_bytes, PAGES(11));
    assert_int_equal(vmar_unmap(as->root, AT(0), 0), ERR_INVALID_ARGS);
    assert_int_equal(vmar_unmap(as->root, AT(0) + 1, PAGES(1)), ERR_INVALID_ARGS);
    assert_int_equal(vmar_unmap(as->root, HAL_USER_BASE, PAGES(1ull << 40)), OK);
    assert_string_equal(layout(), "");
}

static void joining(void **state)
{
    (void)state;
    assert_int_equal(map_at(as->root, 0, 2, R), OK);
    assert_int_equal(map_at(as->root, 4, 2, R), OK);
    assert_int_equal(map_at(as->root, 2, 2, R), OK);
    assert_string_equal(layout(), "rrrrrr");
    assert_int_equal(map_at(as->root, 6, 2, R | W), OK);
    assert_string_equal(layout(), "rrrrrr|WW");
    assert_int_equal(vmar_protect(as->root, AT(6), PAGES(2), R, true), OK);
    assert_string_equal(layout(), "rrrrrrrr");
}

static void protecting(void **state)
{
    struct vmar_map_args args = args_at(14, 2, R);
    user_addr_t at;

    (void)state;
    assert_int_equal(map_at(as->root, 0, 10, R), OK);
    assert_int_equal(vmar_protect(as->root, AT(2), PAGES(3), R | W, true), OK);
    assert_string_equal(layout(), "rr|WWW|rrrrr");
    assert_int_equal(vmar_protect(as->root, AT(4), PAGES(3), 0, true), OK);
    assert_string_equal(layout(), "rr|WW|---|rrr");
    assert_int_equal(vmar_protect(as->root, AT(1), PAGES(6), R, true), OK);
    assert_string_equal(layout(), "rrrrrrrrrr");

    assert_int_equal(vmar_protect(as->root, AT(8), PAGES(4), R | X, true), ERR_NOT_FOUND);
    assert_string_equal(layout(), "rrrrrrrrrr");
    assert_int_equal(vmar_protect(as->root, AT(8), PAGES(4), R | X, false), ERR_NO_MEMORY);
    assert_string_equal(layout(), "rrrrrrrr|XX");
    assert_int_equal(vmar_protect(as->root, AT(40), PAGES(4), R, false), ERR_NO_MEMORY);

    args.max_prot = R;
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    assert_int_equal(map_at(as->root, 10, 4, R | X), OK);
    assert_int_equal(vmar_protect(as->root, AT(8), PAGES(8), R | W, true), ERR_ACCESS_DENIED);
    assert_string_equal(layout(), "rrrrrrrr|XXXXXX|rr");
    assert_int_equal(vmar_protect(as->root, AT(8), PAGES(8), R | W, false), ERR_ACCESS_DENIED);
    assert_string_equal(layout(), "rrrrrrrr|WWWWWW|rr");
    assert_int_equal(vmar_protect(as->root, AT(8), 100, R, false), ERR_INVALID_ARGS);
}

static void nested_vmars(void **state)
{
    struct vmar *a, *b, *c;
    user_addr_t at;

    (void)state;
    assert_int_equal(vmar_create_child(as->root, PLACE_EXACT, AT(10), PAGES(30), 0, 7, &a), OK);
    assert_int_equal(vmar_create_child(a, PLACE_ANY, 0, PAGES(10), 0, 0, &b), OK);
    assert_int_equal(b->region.base, AT(30));
    assert_int_equal(vmar_create_child(b, PLACE_ANY, 0, PAGES(11), 0, 0, &c), ERR_NO_MEMORY);
    assert_int_equal(vmar_create_child(b, PLACE_OVERWRITE, AT(30), PAGES(1), 0, 0, &c),
                     ERR_INVALID_ARGS);
    assert_int_equal(vmar_create_child(b, PLACE_EXACT, AT(33), PAGES(2), 0, 0, &c), OK);
    assert_int_equal(map_at(c, 33, 1, R), OK);
    assert_int_equal(map_at(b, 35, 1, R | W), OK);
    assert_int_equal(map_at(a, 12, 2, R), OK);
    assert_int_equal(map_at(as->root, 4, 2, R), OK);
    assert_int_equal(map_at(as->root, 41, 1, R), OK);
    assert_int_equal(map_at(as->root, 13, 1, R), ERR_ALREADY_EXISTS);
    assert_int_equal(map_at(b, 29, 1, R), ERR_OUT_OF_RANGE);
    assert_string_equal(layout(), "....rr......rr...................r.W.....r");
    assert_int_equal(map_anywhere(b, PAGES(3), 0, &at), OK);
    assert_int_equal(at, AT(37));

    assert_int_equal(vmar_unmap(as->root, AT(5), PAGES(20)), ERR_INVALID_ARGS);
    assert_int_equal(vmar_protect(a, AT(12), PAGES(20), R, false), ERR_NO_MEMORY);
    assert_int_equal(vmar_protect(b, AT(33), PAGES(2), R, true), ERR_INVALID_ARGS);
    assert_int_equal(vmar_unmap(a, AT(30), PAGES(10)), OK);
    assert_string_equal(layout(), "....rr......rr...........................r");
    assert_int_equal(map_at(c, 33, 1, R), ERR_BAD_STATE);
    assert_int_equal(vmar_unmap(b, AT(33), PAGES(1)), ERR_BAD_STATE);
    assert_int_equal(vmar_protect(b, AT(33), PAGES(1), R, true), ERR_BAD_STATE);
    assert_int_equal(vmar_destroy(b), ERR_BAD_STATE);
    vmar_put(b);
    assert_int_equal(vmar_create_child(c, PLACE_ANY, 0, PAGES(1), 0, 0, &b), ERR_BAD_STATE);
    vmar_put(c);
    assert_int_equal(vmar_destroy(a), OK);
    assert_string_equal(layout(), "....rr...................................r");
    vmar_put(a);
}

/* Nesting is up to the user: as deep as he likes. */
static void deep_nesting(void **state)
{
    struct vmar *at = vmar_get(as->root), *below;

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        assert_int_equal(vmar_create_child(at, PLACE_EXACT, AT(0), PAGES(4), 0, 0, &below), OK);
        vmar_put(at);
        at = below;
    }
    assert_int_equal(map_at(at, 1, 2, R), OK);
    assert_string_equal(layout(), ".rr");
    vmar_put(at);
    aspace_clear(as);
    assert_string_equal(layout(), "");
}

static void vmars_outlive_the_aspace(void **state)
{
    struct vmar *root, *child;
    struct aspace *other;

    (void)state;
    assert_int_equal(aspace_create(&other), OK);
    root = vmar_get(other->root);
    assert_int_equal(vmar_create_child(root, PLACE_ANY, 0, PAGES(9), 0, 0, &child), OK);
    assert_int_equal(map_at(root, 0, 9, R), OK);
    aspace_put(aspace_get(other));
    assert_int_equal(map_at(root, 10, 9, R), OK);
    aspace_put(other);
    assert_int_equal(map_at(root, 0, 9, R), ERR_BAD_STATE);
    assert_int_equal(vmar_destroy(child), ERR_BAD_STATE);
    vmar_put(root);
    vmar_put(child);
}

static void clearing_leaves_the_root(void **state)
{
    (void)state;
    assert_int_equal(map_at(as->root, 0, 9, R), OK);
    aspace_clear(as);
    assert_int_equal(as->mapped_bytes, 0);
    assert_int_equal(map_at(as->root, 0, 9, R), OK);
    assert_int_equal(vmar_destroy(as->root), OK);
    assert_int_equal(map_at(as->root, 0, 9, R), ERR_BAD_STATE);
}

/* --- no memory --- */

static void any_allocation_may_fail(void **state)
{
    struct vmar_map_args args = args_at(3, 2, R | X);
    struct vmar *child = NULL;
    struct aspace *other = NULL;
    user_addr_t at;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = aspace_create(&other), (void)0);
    aspace_put(other);
    FAIL_EACH(st, st = map_at(as->root, 0, 10, R | W), assert_string_equal(layout(), ""));
    args.place = PLACE_OVERWRITE;
    FAIL_EACH(st, st = vmar_map(as->root, &args, &at),
              assert_string_equal(layout(), "WWWWWWWWWW"));
    FAIL_EACH(st, st = vmar_unmap(as->root, AT(6), PAGES(2)),
              assert_string_equal(layout(), "WWW|XX|WWWWW"));
    FAIL_EACH(st, st = vmar_protect(as->root, AT(1), PAGES(3), R, true),
              assert_string_equal(layout(), "WWW|XX|W..WW"));
    assert_string_equal(layout(), "W|rrr|X|W..WW");
    FAIL_EACH(st, st = vmar_create_child(as->root, PLACE_EXACT, AT(20), PAGES(2), 0, 0, &child),
              (void)0);
    vmar_put(child);
    FAIL_EACH(st, st = aspace_move(as, AT(2), PAGES(1), PAGES(3), PLACE_EXACT, AT(12), 0, &at),
              assert_string_equal(layout(), "W|rrr|X|W..WW"));
    assert_string_equal(layout(), "W|r.r|X|W..WW..rrr");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEMORY_TEST(exact_places),
        MEMORY_TEST(overwriting),
        MEMORY_TEST(unmapping),
        MEMORY_TEST(joining),
        MEMORY_TEST(protecting),
        MEMORY_TEST(nested_vmars),
        MEMORY_TEST(deep_nesting),
        MEMORY_TEST(vmars_outlive_the_aspace),
        MEMORY_TEST(clearing_leaves_the_root),
        MEMORY_TEST(any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
