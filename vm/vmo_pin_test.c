/*
 * vmo_pin_test.c - pages that count for one of those who share them, that stay where they are,
 * that lie in a row.
 */
#include "vm/vm_test.h"

static uint64_t owns(struct vmo *vmo)
{
    return vmo_committed_in(vmo, 0, vmo_pages(vmo));
}

static struct vmo *kin_clone(struct vmo *vmo, uint64_t first, uint64_t count)
{
    struct vmo *clone;

    assert_int_equal(vmo_clone(vmo, first << PAGE_SHIFT, count << PAGE_SHIFT, &clone), OK);
    vmo_kin_join(vmo, clone);
    return clone;
}

static void shared_pages_count_for_the_eldest(void **state)
{
    struct vmo *vmo = make(200), *one, *two;

    (void)state;
    for (unsigned i = 0; i < 200; i++)
        poke(vmo, i, i + 1);
    one = kin_clone(vmo, 0, 200);
    two = kin_clone(one, 60, 10);
    assert_int_equal(owns(vmo), 200);
    assert_int_equal(owns(one), 0);
    poke(one, 3, 7);
    poke(vmo, 63, 7);
    assert_int_equal(owns(vmo), 200);
    assert_int_equal(owns(one), 2);
    assert_int_equal(owns(two), 0);
    assert_int_equal(vmo_committed_in(one, 3, 63), 1);
    poke(one, 64, 8);
    assert_int_equal(owns(two), 0); /* the original still shows it */
    vmo_put(vmo);
    assert_int_equal(owns(one), 200);
    assert_int_equal(owns(two), 1);
    vmo_put(one);
    assert_int_equal(owns(two), 10);
    vmo_put(two);
}

static void pinned_pages_stay(void **state)
{
    struct vmo *vmo = make(8), *clone;
    struct vmo_pin pin = {.first = 2, .end = 5}, beyond = {.first = 7, .end = 9};
    uint64_t first = 2, offset = 2 << PAGE_SHIFT;
    struct page *page;
    paddr_t at;

    (void)state;
    list_init(&pin.link);
    assert_int_equal(vmo_pin(vmo, &beyond), ERR_OUT_OF_RANGE);
    assert_int_equal(vmo_pin(vmo, &pin), ERR_SHOULD_WAIT);
    assert_int_equal(vmo_commit(vmo, &first, 5), OK);
    assert_int_equal(vmo_clone(vmo, 0, 8 << PAGE_SHIFT, &clone), OK);
    assert_int_equal(vmo_pin(vmo, &pin), ERR_SHOULD_WAIT); /* they are not its own now */
    vmo_put(clone);
    assert_int_equal(vmo_pin(vmo, &pin), OK);
    at = vmo_pinned_address(vmo, 4);
    assert_int_equal(vmo_decommit(vmo, 4 << PAGE_SHIFT, PAGE_SIZE), ERR_BAD_STATE);
    assert_int_equal(vmo_decommit(vmo, 5 << PAGE_SHIFT, PAGE_SIZE), OK);
    assert_int_equal(vmo_set_size(vmo, 4 << PAGE_SHIFT), ERR_BAD_STATE);
    assert_int_equal(vmo_take_page(vmo, 3, &page), ERR_BAD_STATE);
    assert_int_equal(vmo_clone(vmo, 0, PAGE_SIZE, &clone), ERR_BAD_STATE);
    poke(vmo, 4, 9);
    assert_int_equal(vmo_zero(vmo, &offset, 8 << PAGE_SHIFT), OK);
    assert_int_equal(peek(vmo, 4), 0);
    assert_int_equal(vmo_pinned_address(vmo, 4), at);
    assert_int_equal(vmo_committed_pages(vmo), 3);
    vmo_unpin(vmo, &pin);
    assert_int_equal(vmo_set_size(vmo, 0), OK);
    vmo_put(vmo);
}

static void pages_in_a_row(void **state)
{
    struct vmo *vmo;
    struct vmo_pin pin = {.first = 0, .end = 5};
    status_t st;

    (void)state;
    FAIL_EACH(st, st = vmo_create_contiguous(5 * PAGE_SIZE, 16, &vmo));
    assert_int_equal(vmo_committed_pages(vmo), 5);
    assert_int_equal(vmo_pin(vmo, &pin), OK);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(vmo_pinned_address(vmo, i),
                         vmo_pinned_address(vmo, 0) + i * PAGE_SIZE);
    assert_int_equal(vmo_pinned_address(vmo, 0) % 65536, 0);
    vmo_unpin(vmo, &pin);
    vmo_put(vmo);
    assert_int_equal(vmo_create_contiguous(1ull << 40, PAGE_SHIFT, &vmo), ERR_NO_MEMORY);
}

/* What is empty costs no time, however large. */
static void large_and_empty(void **state)
{
    struct vmo *vmo = make(VMO_MAX_SIZE >> PAGE_SHIFT);
    uint64_t offset = 5;

    (void)state;
    poke(vmo, 1 << 30, 3);
    assert_int_equal(vmo_zero(vmo, &offset, VMO_MAX_SIZE), OK);
    assert_int_equal(owns(vmo), 0);
    vmo_put(vmo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shared_pages_count_for_the_eldest),
        TEST(pinned_pages_stay),
        TEST(pages_in_a_row),
        TEST(large_and_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
