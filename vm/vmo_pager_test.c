/*
 * vmo_pager_test.c - VMOs with a pager, at hand or to be waited for, and their clones.
 */
#include "vm/vm_test.h"

static void a_pager_supplies(void **state)
{
    struct test_pager pager;
    struct vmo *vmo = make_file(&pager, 50);

    (void)state;
    assert_int_equal(peek(vmo, 20), 21);
    assert_int_equal(pager.reads, 1);
    assert_int_equal(peek(vmo, 20), 21);
    assert_int_equal(pager.reads, 1);
    poke(vmo, 21, 5);
    assert_int_equal(peek(vmo, 21), 5);
    assert_int_equal(vmo_decommit(vmo, 0, vmo->size), OK);
    assert_int_equal(peek(vmo, 21), 22);
    vmo_put(vmo);
    assert_int_equal(pager.releases, 1);
}

/* Pages that a clone has not written are the file's of today. */
static void a_clone_of_a_file(void **state)
{
    struct test_pager pager;
    struct vmo *file = make_file(&pager, 50), *a, *b;

    (void)state;
    a = clone_of(file, 10, 20);
    assert_int_equal(peek(a, 3), 14);
    assert_int_equal(vmo_committed_pages(a), 0);
    poke(file, 13, 99);
    assert_int_equal(peek(a, 3), 99);
    poke(a, 4, 7);
    assert_int_equal(peek(file, 14), 15);
    poke(file, 14, 99);
    assert_int_equal(peek(a, 4), 7);

    b = clone_of(a, 2, 18);
    assert_true(b->parent == file && b->parent_offset == 12 * PAGE_SIZE);
    poke(a, 4, 8);
    assert_int_equal(peek(b, 2), 7);
    assert_int_equal(peek(b, 1), 99);
    vmo_put(a);

    /* Beyond the file, and where the clone has been shorter meanwhile, there are zeroes. */
    assert_int_equal(vmo_set_size(file, 20 * PAGE_SIZE), OK);
    assert_int_equal(peek(b, 7), 20);
    assert_int_equal(peek(b, 8), 0);
    assert_int_equal(vmo_set_size(b, 2 * PAGE_SIZE), OK);
    assert_int_equal(vmo_set_size(b, 10 * PAGE_SIZE), OK);
    assert_int_equal(peek(b, 1), 99);
    assert_int_equal(peek(b, 2), 0);
    vmo_put(file);
    assert_int_equal(pager.releases, 0);
    vmo_put(b);
    assert_int_equal(pager.releases, 1);
}

static void a_clone_copies_for_the_kernel(void **state)
{
    struct test_pager pager;
    struct vmo *file = make_file(&pager, 50), *a = clone_of(file, 0, 50);
    struct page *page;
    bool writable;

    (void)state;
    assert_int_equal(get_page(a, 5, VMO_READ, &page, &writable), OK);
    assert_true(writable && *(uint64_t *)page_data(page) == 6);
    assert_int_equal(vmo_committed_pages(a), 1);
    vmo_put(a);
    vmo_put(file);
}

static void waiting_for_a_pager(void **state)
{
    struct test_pager pager;
    struct vmo *file = make_file(&pager, 50), *a = clone_of(file, 10, 20);
    struct vmo_page_in f = {.co = {.resume = vmo_page_in}, .vmo = a, .index = 3};
    struct page *page;
    bool writable;
    uint64_t word;
    size_t done;

    (void)state;
    pager.slow = true;
    assert_int_equal(vmo_read(a, 3 << PAGE_SHIFT, &word, sizeof(word), &done), ERR_SHOULD_WAIT);
    assert_int_equal(done, 0);
    assert_int_equal(get_page(a, 3, VMO_WRITE, &page, &writable), ERR_SHOULD_WAIT);
    assert_null(a->root);
    assert_int_equal(run_coroutine(&f.co), OK);
    assert_int_equal(pager.waits, 1);
    assert_int_equal(peek(a, 3), 14);
    assert_int_equal(peek(file, 13), 14);

    f = (struct vmo_page_in){.co = {.resume = vmo_page_in}, .vmo = a, .index = 3};
    assert_int_equal(run_coroutine(&f.co), OK);
    assert_int_equal(pager.waits, 1);
    pager.failure = ERR_IO;
    f = (struct vmo_page_in){.co = {.resume = vmo_page_in}, .vmo = a, .index = 4};
    assert_int_equal(run_coroutine(&f.co), ERR_IO);
    f = (struct vmo_page_in){.co = {.resume = vmo_page_in}, .vmo = file, .index = 50};
    assert_int_equal(run_coroutine(&f.co), ERR_OUT_OF_RANGE);
    vmo_put(a);
    vmo_put(file);
}

/* What is read ahead at a file's beginning is no longer than a short file needs, so that its
 * neighbours in memory are others' pages, not what was cut from its run. */
static void short_files_lie_close(void **state)
{
    enum { FILES = 64, NEIGHBOURS = 16 };
    struct test_pager pagers[FILES];
    struct vmo *files[FILES];
    unsigned close = 0;
    paddr_t last = 0;

    (void)state;
    for (unsigned i = 0; i < FILES; i++) {
        struct page *page;
        bool writable;

        files[i] = make_file(&pagers[i], 1);
        assert_int_equal(get_page(files[i], 0, VMO_READ, &page, &writable), OK);
        close += page_to_phys(page) / (NEIGHBOURS * PAGE_SIZE) == last;
        last = page_to_phys(page) / (NEIGHBOURS * PAGE_SIZE);
    }
    assert_true(close > FILES / 2);
    for (unsigned i = 0; i < FILES; i++)
        vmo_put(files[i]);
}

static void a_pager_without_memory(void **state)
{
    struct test_pager pager;
    struct vmo *file = make_file(&pager, 50), *a = clone_of(file, 0, 50);
    struct vmo_page_in f;
    uint64_t word = 9, before;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = vmo_read(file, 0, &word, sizeof(word), NULL), assert_null(file->root));
    FAIL_EACH(st, st = vmo_write(a, 40 * PAGE_SIZE, &word, sizeof(word), NULL),
              assert_null(a->root));
    pager.slow = true;
    before = vmo_committed_pages(file);
    FAIL_EACH(st,
              f = ((struct vmo_page_in){.co = {.resume = vmo_page_in}, .vmo = a, .index = 20});
              st = run_coroutine(&f.co), assert_int_equal(vmo_committed_pages(file), before));
    assert_int_equal(vmo_committed_pages(file), before + 1);
    vmo_put(a);
    vmo_put(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pager_supplies),
        TEST(a_clone_of_a_file),
        TEST(a_clone_copies_for_the_kernel),
        TEST(waiting_for_a_pager),
        TEST(short_files_lie_close),
        TEST(a_pager_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
