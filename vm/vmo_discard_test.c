/*
 * vmo_discard_test.c - VMOs whose contents go when memory is low and nobody keeps them.
 */
#include "vm/vm_test.h"

enum { COUNT = 70 };

static struct vmo *make_discardable(void)
{
    struct vmo *vmo;

    assert_int_equal(vmo_create(COUNT << PAGE_SHIFT, VMO_DISCARDABLE, &vmo), OK);
    for (unsigned i = 0; i < COUNT; i++)
        poke(vmo, i, i + 1);
    return vmo;
}

static status_t try_read(struct vmo *vmo, uint64_t page)
{
    uint64_t word;

    return vmo_read(vmo, page << PAGE_SHIFT, &word, sizeof(word), NULL);
}

static status_t try_write(struct vmo *vmo, uint64_t page)
{
    uint64_t word = 7;

    return vmo_write(vmo, page << PAGE_SHIFT, &word, sizeof(word), NULL);
}

static void it_stays_until_it_was_kept_and_let_go(void **state)
{
    struct vmo *vmo = make_discardable();

    (void)state;
    assert_int_equal(vmo_cache_shrink(1000), 0);
    assert_false(vmo_keep(vmo));
    assert_int_equal(vmo_cache_shrink(1000), 0);
    assert_int_equal(vmo_try_keep(vmo), OK);
    assert_int_equal(vmo_unkeep(vmo), OK);
    assert_int_equal(vmo_cache_shrink(1000), 0);
    assert_int_equal(peek(vmo, 69), 70);
    assert_int_equal(vmo_unkeep(vmo), OK);
    assert_int_equal(vmo_unkeep(vmo), ERR_BAD_STATE);
    assert_int_equal(peek(vmo, 69), 70); /* memory is not low */
    assert_int_equal(vmo_try_keep(vmo), OK);
    assert_int_equal(peek(vmo, 69), 70);
    assert_int_equal(vmo_unkeep(vmo), OK);
    vmo_put(vmo);
}

static void what_was_discarded_is_nothing_and_then_zero(void **state)
{
    struct vmo *vmo = make_discardable();
    uint64_t offset = 0, first = 0;

    (void)state;
    assert_false(vmo_keep(vmo));
    assert_int_equal(vmo_unkeep(vmo), OK);
    assert_int_equal(vmo_cache_shrink(1), COUNT); /* all or nothing */
    assert_int_equal(vmo_committed_pages(vmo), 0);
    assert_int_equal(vmo_try_keep(vmo), ERR_UNAVAILABLE);
    assert_int_equal(try_read(vmo, 3), ERR_NOT_FOUND);
    assert_int_equal(try_write(vmo, 3), ERR_NOT_FOUND);
    assert_int_equal(vmo_zero(vmo, &offset, 5), ERR_NOT_FOUND);
    assert_int_equal(vmo_commit(vmo, &first, 5), ERR_NOT_FOUND);
    assert_int_equal(vmo_committed_pages(vmo), 0);
    assert_true(vmo_keep(vmo));
    assert_false(vmo_keep(vmo));
    assert_int_equal(peek(vmo, 3), 0);
    poke(vmo, 3, 4);
    assert_int_equal(peek(vmo, 3), 4);
    vmo_put(vmo);
}

static void the_one_let_go_first_goes_first(void **state)
{
    struct vmo *one = make_discardable(), *two = make_discardable();

    (void)state;
    assert_false(vmo_keep(one));
    assert_false(vmo_keep(two));
    assert_int_equal(vmo_unkeep(two), OK);
    assert_int_equal(vmo_unkeep(one), OK);
    assert_int_equal(vmo_cache_shrink(1), COUNT);
    assert_int_equal(vmo_try_keep(two), ERR_UNAVAILABLE);
    assert_int_equal(vmo_try_keep(one), OK);
    vmo_put(two);
    vmo_put(one);
}

static void pinned_contents_stay(void **state)
{
    struct vmo *vmo = make_discardable(), *clone;
    struct vmo_pin pin = {.first = 2, .end = 3};

    (void)state;
    list_init(&pin.link);
    assert_int_equal(vmo_clone(vmo, 0, PAGE_SIZE, &clone), ERR_NOT_SUPPORTED);
    assert_false(vmo_keep(vmo));
    assert_int_equal(vmo_unkeep(vmo), OK);
    assert_int_equal(vmo_pin(vmo, &pin), OK);
    assert_int_equal(vmo_cache_shrink(1), 0);
    assert_int_equal(peek(vmo, 2), 3);
    vmo_unpin(vmo, &pin);
    assert_int_equal(vmo_cache_shrink(1), COUNT);
    vmo_put(vmo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_stays_until_it_was_kept_and_let_go),
        TEST(what_was_discarded_is_nothing_and_then_zero),
        TEST(the_one_let_go_first_goes_first),
        TEST(pinned_contents_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
