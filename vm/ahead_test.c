/*
 * ahead_test.c - what is mapped before it faults.
 */
#include "vm/vm_test.h"

static unsigned times_dirtied;

static void dirtied(struct vmo *vmo, uint64_t index)
{
    (void)vmo;
    (void)index;
    times_dirtied++;
}

static void written(struct vmo *vmo)
{
    (void)vmo;
}

/* Of a VMO whose page 1 is there and page 2 is not: how that page is mapped, and nothing else.
 */
static void check_small_mapping(struct vmo *vmo, unsigned prot, unsigned expected)
{
    map(vmo, 0, 4, prot, MAPPING_SHARED);
    assert_int_equal(rights(as, AT(1)), expected);
    assert_int_equal(rights(as, AT(2)), 0);
    assert_int_equal(as->faults, 0);
    assert_int_equal(vmar_unmap(as->root, AT(0), PAGES(4)), OK);
}

static struct vmo *made(void)
{
    struct vmo *vmo = make(4);

    poke(vmo, 1, 5);
    return vmo;
}

static struct vmo *paged(const struct vmo_pager_ops *ops, struct test_pager *pager)
{
    struct vmo *vmo;

    assert_int_equal(vmo_create_paged(PAGES(4), ops, pager, &vmo), OK);
    poke(vmo, 1, 5);
    return vmo;
}

static void a_small_mapping_shows_what_is_there(void **state)
{
    static const struct vmo_pager_ops asks = {.try_page_in = pager_try, .dirtied = dirtied};
    static const struct vmo_pager_ops tells = {.try_page_in = pager_try, .written = written};
    struct test_pager pager = {0};
    struct vmo *vmo;

    (void)state;
    check_small_mapping(made(), R | W, R | W);
    check_small_mapping(made(), R, R);
    check_small_mapping(made(), 0, 0);
    check_small_mapping(paged(&test_pager_ops, &pager), R | W, R | W);
    check_small_mapping(paged(&asks, &pager), R | W, 0);
    check_small_mapping(paged(&tells, &pager), R | W, 0);
    check_small_mapping(paged(&tells, &pager), R, R);
    vmo = made();
    vmo_put(clone_of(vmo, 0, 4));
    check_small_mapping(vmo, R | W, R | W);
}

/* A view of text is of no worth once the file may be written. */
static void a_file_mapped_to_be_written_has_changed(void **state)
{
    struct test_pager pager = {0};
    struct vmo *vmo = paged(&test_pager_ops, &pager);
    uint64_t changes = vmo->changes;

    (void)state;
    map(vmo_get(vmo), 0, 4, R, MAPPING_SHARED);
    assert_int_equal(vmo->changes, changes);
    map(vmo_get(vmo), 4, 4, R | W, MAPPING_SHARED);
    assert_true(vmo->changes > changes);
    vmo_put(vmo);
}

/* A mapping that cannot write makes no page dirty. */
static void a_file_mapped_to_be_read_stays_clean(void **state)
{
    struct vmo_pager_ops ops = test_pager_ops;
    struct test_pager pager = {0};
    struct vmo *vmo;

    (void)state;
    ops.dirtied = dirtied;
    times_dirtied = 0;
    vmo = paged(&ops, &pager);
    assert_int_equal(peek(vmo, 0), 1);
    map(vmo_get(vmo), 0, 4, R, MAPPING_SHARED);
    assert_int_equal(rights(as, AT(0)), R);
    assert_int_equal(times_dirtied, 0);
    vmo_put(vmo);
    aspace_put(as); /* the mapping goes before its pager does */
    assert_int_equal(aspace_create(&as), OK);
}

/* What is shared with a clone waits for the write that makes it somebody's own, and a large
 * mapping for a touch that tells where. */
static void others_wait_for_faults(void **state)
{
    struct vmo *vmo = made(), *clone = clone_of(vmo, 0, 4), *large = make(17);

    (void)state;
    check_small_mapping(vmo, R | W, 0);
    vmo_put(clone);
    poke(large, 1, 5);
    map(large, 0, 17, R | W, MAPPING_SHARED);
    assert_int_equal(rights(as, AT(1)), 0);
}

/* Of a private mapping that is not written: the file's pages that are there in one piece. */
static void private_text_is_mapped(void **state)
{
    struct test_pager pager;
    struct vmo *file = make_file(&pager, 200);

    (void)state;
    map(vmo_get(file), 100, 200, R, MAPPING_SHARED);
    assert_int_equal(load(as, AT(170)), 71); /* the run of 64 pages around it comes in */
    map(clone_of(file, 70, 4), 0, 4, R | X, 0);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(rights(as, AT(i)), R | X);
    map(clone_of(file, 70, 4), 10, 4, R | W, 0);
    assert_int_equal(rights(as, AT(10)), 0);
    map(clone_of(file, 130, 4), 20, 4, R, 0);
    assert_int_equal(rights(as, AT(20)), 0);
    assert_int_equal(as->faults, 1);
    assert_int_equal(load(as, AT(0)), 71);
    vmo_put(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASPACE_TEST(a_small_mapping_shows_what_is_there),
        ASPACE_TEST(a_file_mapped_to_be_written_has_changed),
        ASPACE_TEST(a_file_mapped_to_be_read_stays_clean),
        ASPACE_TEST(private_text_is_mapped),
        ASPACE_TEST(others_wait_for_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
