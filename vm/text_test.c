/*
 * text_test.c - views of files for executing: shared, patched, and never the file.
 */
#include "vm/vm_test.h"

static struct test_pager pager;
static struct vmo_pager_ops ops; /* the test's, with all at hand */

static struct vmo *make_text_file(uint64_t pages)
{
    struct vmo *file;

    pager = (struct test_pager){0};
    ops = test_pager_ops;
    ops.page_in = NULL;
    assert_int_equal(vmo_create_paged(PAGES(pages), &ops, &pager, &file), OK);
    return file;
}

/* Pages [first, first + count) of the file at AT(page), to be executed. Where they come from.
 */
static struct vmo *map_text(struct aspace *in, struct vmo *file, unsigned page, uint64_t first,
                            uint64_t count)
{
    struct vmo *from = aspace_text(in, file, PAGES(first), AT(page));
    struct vmar_map_args args = {.vmo = clone_of(from, first, count),
                                 .size = PAGES(count),
                                 .prot = R | X,
                                 .max_prot = R | W | X,
                                 .place = PLACE_EXACT,
                                 .addr = AT(page)};
    user_addr_t at;

    assert_int_equal(vmar_map(in->root, &args, &at), OK);
    vmo_put(args.vmo);
    return from;
}

static void write_99(void *const pages[], void *arg)
{
    (void)arg;
    *(uint64_t *)pages[0] = 99;
}

static status_t patch(struct aspace *in, user_addr_t at)
{
    return aspace_text_write(&in->pt, at, 1, write_99, NULL);
}

static void all_see_a_patch(void **state)
{
    struct vmo *file = make_text_file(16), *view, *again;
    struct aspace *other;

    (void)state;
    assert_int_equal(aspace_create(&other), OK);
    view = map_text(as, file, 100, 0, 16);
    again = map_text(other, file, 204, 4, 12);
    assert_true(view == again && view != file);
    assert_int_equal(vmo_count(), 5); /* two clones, the stubs */
    assert_int_equal(load(as, AT(105)), 6);
    assert_int_equal(load(other, AT(205)), 6);
    assert_int_equal(patch(as, AT(105)), OK);
    assert_int_equal(load(as, AT(105)), 99);
    assert_int_equal(load(other, AT(205)), 99);
    assert_int_equal(rights(as, AT(105)), R | X);
    /* One block, patched or not. */
    for (unsigned i = 1; i < 16; i++)
        assert_int_equal(frame(as, AT(100 + i)), frame(as, AT(100)) + PAGES(i));
    /* The file is as it was. */
    assert_int_equal(peek(file, 5), 6);
    map(clone_of(file, 0, 16), 20, 16, R, 0);
    assert_int_equal(load(as, AT(25)), 6);
    vmo_put(view);
    vmo_put(again);
    vmo_drop_text(file);
    vmo_put(file);
    aspace_put(other);
}

/* At one distance from the text, and with one content. */
static void stubs_are_shared(void **state)
{
    struct vmo *file = make_text_file(16), *view[2];
    struct aspace *other;
    user_addr_t area[2];
    uint32_t *bytes[2];

    (void)state;
    assert_int_equal(aspace_create(&other), OK);
    view[0] = map_text(as, file, 100, 0, 16);
    view[1] = map_text(other, file, 204, 4, 12);
    assert_int_equal(aspace_text_stubs(&as->pt, AT(105), &area[0], &bytes[0]), OK);
    assert_int_equal(aspace_text_stubs(&other->pt, AT(205), &area[1], &bytes[1]), OK);
    assert_int_equal(AT(100) - area[0], AT(200) - area[1]);
    assert_ptr_equal(bytes[0], bytes[1]);
    assert_int_equal(load(other, area[1]), 0);
    assert_int_equal(patch(as, area[0]), OK);
    assert_int_equal(load(other, area[1]), 99);
    assert_int_equal(rights(as, area[0]), R | X);
    assert_int_equal(aspace_text_stubs(&as->pt, area[0], &area[0], &bytes[0]), ERR_NOT_FOUND);
    /* They go with the text, so that other text may come. */
    assert_int_equal(vmar_unmap(as->root, AT(100), PAGES(4)), OK);
    assert_int_equal(load(as, area[0]), 99);
    assert_int_equal(vmar_unmap(as->root, AT(104), PAGES(12)), OK);
    assert_int_equal(try_vm_fault(as, area[0], R), ERR_FAULT);
    for (unsigned i = 0; i < 2; i++)
        vmo_put(view[i]);
    vmo_drop_text(file);
    vmo_put(file);
    aspace_put(other);
}

/* Without room for stubs, or with somebody who may write, text is the file's. */
static void refusals(void **state)
{
    struct vmo *file = make_text_file(16), *from;

    (void)state;
    map(make(1), 100 - 32, 1, R, 0);
    from = aspace_text(as, file, 0, AT(100));
    assert_ptr_equal(from, file);
    vmo_put(from);
    from = aspace_text(as, file, PAGES(1 << 20), AT(100));
    assert_ptr_equal(from, file);
    vmo_put(from);
    map(vmo_get(file), 20, 16, R | W, MAPPING_SHARED);
    assert_null(vmo_text(file));
    assert_int_equal(vmar_unmap(as->root, AT(20), PAGES(16)), OK);
    from = vmo_text(file);
    assert_non_null(from);
    assert_null(vmo_text(from));
    vmo_put(from);
    vmo_drop_text(file);
    vmo_put(file);
}

static void a_changed_file_has_another(void **state)
{
    struct vmo *file = make_text_file(16), *old = vmo_text(file), *new;

    (void)state;
    poke(file, 3, 7);
    new = vmo_text(file);
    assert_true(new &&new != old);
    assert_int_equal(peek(old, 3), 7); /* first read after the change */
    assert_int_equal(peek(new, 3), 7);
    vmo_put(old);
    old = new;
    assert_int_equal(vmo_set_size(file, PAGES(8)), OK);
    new = vmo_text(file);
    assert_true(new &&new != old);
    assert_int_equal(new->size, PAGES(8));
    vmo_put(old);
    vmo_put(new);
    vmo_drop_text(file);
    vmo_put(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASPACE_TEST(all_see_a_patch),
        ASPACE_TEST(stubs_are_shared),
        ASPACE_TEST(refusals),
        ASPACE_TEST(a_changed_file_has_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
