/*
 * move_test.c - mremap, and what becomes of pages whose mapping goes.
 */
#include "vm/vmar_test.h"

static struct vmo *map_private(user_addr_t at, unsigned pages)
{
    struct vmar_map_args args = {.size = PAGES(pages),
                                 .prot = R | W,
                                 .max_prot = R | W | X,
                                 .place = PLACE_EXACT,
                                 .addr = at};
    struct vmo *vmo;

    assert_int_equal(vmo_create(args.size, VMO_RESIZABLE, &vmo), OK);
    args.vmo = vmo;
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    vmo_put(vmo);
    return vmo;
}

static uint64_t user_word(user_addr_t at)
{
    struct user_access ua = {.aspace = as};
    uint64_t word = UINT64_MAX;

    assert_int_equal(copy_from_user(&ua, &word, at, sizeof(word)), OK);
    return word;
}

static void set_user_words(user_addr_t at, unsigned pages)
{
    struct user_access ua = {.aspace = as};

    for (uint64_t i = 0; i < pages; i++) {
        uint64_t word = i + 1;

        assert_int_equal(copy_to_user(&ua, at + PAGES(i), &word, sizeof(word)), OK);
    }
}

static void check_user_words(user_addr_t at, unsigned pages, unsigned zeroes)
{
    for (uint64_t i = 0; i < pages + zeroes; i++)
        assert_int_equal(user_word(at + PAGES(i)), i < pages ? i + 1 : 0);
}

static void moving_private_memory(void **state)
{
    user_addr_t at;

    (void)state;
    map_private(AT(0), 8);
    set_user_words(AT(0), 8);
    /* Grown where it is, with its VMO. */
    assert_int_equal(aspace_move(as, AT(0), PAGES(8), PAGES(10), PLACE_EXACT, AT(0), 0, &at),
                     OK);
    assert_string_equal(layout(), "WWWWWWWWWW");
    check_user_words(AT(0), 8, 2);
    /* In the way of itself. */
    assert_int_equal(aspace_move(as, AT(0), PAGES(4), PAGES(5), PLACE_EXACT, AT(0), 0, &at),
                     ERR_ALREADY_EXISTS);
    /* A part moves and grows: what its VMO has behind it does not come along. */
    assert_int_equal(aspace_move(as, AT(0), PAGES(4), PAGES(6), PLACE_HINT, AT(0), AT(40), &at),
                     OK);
    assert_int_equal(at, AT(34));
    check_user_words(AT(34), 4, 2);
    assert_string_equal(layout(), "....WWWWWW........................WWWWWW");
    assert_int_equal(user_word(AT(5)), 6);
    assert_int_equal(
        aspace_move(as, AT(34), PAGES(6), PAGES(6), PLACE_OVERWRITE, AT(8), 0, &at), OK);
    assert_string_equal(layout(), "....WWWW|WWWWWW");
    check_user_words(AT(8), 4, 2);
    assert_int_equal(user_word(AT(7)), 8);
    assert_int_equal(as->mapped_bytes, PAGES(10));
    /* Its last part, behind which there is room. */
    assert_int_equal(aspace_move(as, AT(12), PAGES(2), PAGES(4), PLACE_EXACT, AT(12), 0, &at),
                     OK);
    check_user_words(AT(8), 4, 4);
    assert_int_equal(as->mapped_bytes, PAGES(12));
}

static void moving_shared_memory(void **state)
{
    user_addr_t at;

    (void)state;
    assert_int_equal(map_at(as->root, 0, 4, R | W), OK);
    for (uint64_t i = 0; i < 8; i++)
        poke(memory, i, i + 1);
    assert_int_equal(aspace_move(as, AT(0), PAGES(4), PAGES(8), PLACE_EXACT, AT(20), 0, &at),
                     OK);
    assert_string_equal(layout(), "....................WWWWWWWW");
    check_user_words(AT(20), 8, 0);
}

static void refused_moves(void **state)
{
    struct vmar_map_args args = args_at(30, 2, R);
    user_addr_t at;

    (void)state;
    map_private(AT(0), 4);
    map_private(AT(4), 4);
    assert_int_equal(aspace_move(as, AT(2), PAGES(4), PAGES(4), PLACE_ANY, 0, 0, &at),
                     ERR_FAULT);
    assert_int_equal(aspace_move(as, AT(20), PAGES(4), PAGES(4), PLACE_ANY, 0, 0, &at),
                     ERR_FAULT);
    assert_int_equal(aspace_move(as, AT(0), PAGES(4), PAGES(2), PLACE_ANY, 0, 0, &at),
                     ERR_INVALID_ARGS);
    assert_int_equal(aspace_move(as, AT(0), 0, PAGES(2), PLACE_ANY, 0, 0, &at),
                     ERR_INVALID_ARGS);
    assert_int_equal(aspace_move(as, AT(0), PAGES(4), PAGES(4), PLACE_OVERWRITE, AT(2), 0, &at),
                     ERR_INVALID_ARGS);
    assert_int_equal(aspace_move(as, AT(0), PAGES(4), PAGES(4), PLACE_EXACT, AT(5), 0, &at),
                     ERR_ALREADY_EXISTS);
    assert_int_equal(aspace_move(as, AT(4), PAGES(4), HAL_USER_END, PLACE_EXACT, AT(4), 0, &at),
                     ERR_OUT_OF_RANGE);
    args.flags |= MAPPING_PINNED;
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    assert_int_equal(aspace_move(as, AT(30), PAGES(2), PAGES(2), PLACE_ANY, 0, 0, &at),
                     ERR_ACCESS_DENIED);
    assert_string_equal(layout(), "WWWW|WWWW......................rr");
}

/* The pages of what is unmapped go at once, though the rest of the VMO stays, and if that needs
 * memory which is not there, all stays. */
static void private_pages_go_with_the_mapping(void **state)
{
    struct vmo *vmo = map_private(AT(0), 64), *clone;
    status_t st;

    (void)state;
    set_user_words(AT(0), 64);
    assert_int_equal(vmar_unmap(as->root, AT(8), PAGES(8)), OK);
    assert_int_equal(vmo_committed_pages(vmo), 56);
    assert_int_equal(vmo_clone(vmo, 0, vmo->size, &clone), OK);
    FAIL_EACH(st, st = vmar_unmap(as->root, AT(20), PAGES(20)),
              assert_int_equal(user_word(AT(25)), 26));
    assert_int_equal(vmo_committed_pages(vmo), 36);
    assert_int_equal(vmo_committed_pages(clone), 56);
    vmo_put(clone);
    assert_int_equal(aspace_discard(as, AT(0), PAGES(8)), OK);
    assert_int_equal(user_word(AT(3)), 0);
    assert_int_equal(aspace_discard(as, AT(0), PAGES(18)), ERR_NO_MEMORY);
    assert_int_equal(user_word(AT(17)), 0);
    assert_int_equal(user_word(AT(18)), 19);
    assert_int_equal(aspace_discard(as, AT(0), 1), ERR_INVALID_ARGS);
}

/* A move in two steps by who knows nothing of aspace_move. */
static void pages_that_another_mapping_shows_stay(void **state)
{
    struct vmo *vmo = map_private(AT(0), 8);
    struct vmar_map_args args = {.vmo = vmo,
                                 .size = PAGES(8),
                                 .prot = R,
                                 .max_prot = R,
                                 .place = PLACE_EXACT,
                                 .addr = AT(20)};
    user_addr_t at;

    (void)state;
    set_user_words(AT(0), 8);
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    assert_int_equal(vmar_unmap(as->root, AT(0), PAGES(8)), OK);
    check_user_words(AT(20), 8, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEMORY_TEST(moving_private_memory),
        MEMORY_TEST(moving_shared_memory),
        MEMORY_TEST(refused_moves),
        MEMORY_TEST(private_pages_go_with_the_mapping),
        MEMORY_TEST(pages_that_another_mapping_shows_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
