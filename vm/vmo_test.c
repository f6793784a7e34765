/*
 * vmo_test.c - VMOs by themselves: contents against a model, snapshots, no memory.
 */
#include "vm/vm_test.h"

#include "base/random.h"

static void untouched_is_zero_and_free(void **state)
{
    struct vmo *vmo = make(VMO_MAX_SIZE >> PAGE_SHIFT);

    (void)state;
    assert_int_equal(peek(vmo, 0), 0);
    assert_int_equal(peek(vmo, (VMO_MAX_SIZE >> PAGE_SHIFT) - 1), 0);
    assert_int_equal(vmo_committed_pages(vmo), 0);
    vmo_put(vmo);
}

static void far_apart(void **state)
{
    struct vmo *vmo = make(VMO_MAX_SIZE >> PAGE_SHIFT);

    (void)state;
    for (uint64_t at = 1; at < VMO_MAX_SIZE >> PAGE_SHIFT; at *= 2)
        poke(vmo, at, at);
    for (uint64_t at = 1; at < VMO_MAX_SIZE >> PAGE_SHIFT; at *= 2) {
        assert_int_equal(peek(vmo, at), at);
        assert_int_equal(peek(vmo, at + at / 2), at == 1 ? 1 : 0);
    }
    assert_int_equal(vmo_committed_pages(vmo), 35);
    vmo_put(vmo);
}

static void ranges_are_checked(void **state)
{
    struct vmo *vmo;
    size_t done;
    char byte = 0;

    (void)state;
    assert_int_equal(vmo_create(VMO_MAX_SIZE + 1, 0, &vmo), ERR_OUT_OF_RANGE);
    assert_int_equal(vmo_create(5000, 0, &vmo), OK);
    assert_int_equal(vmo->size, 2 * PAGE_SIZE);
    assert_int_equal(vmo_read(vmo, 2 * PAGE_SIZE, &byte, 1, &done), ERR_OUT_OF_RANGE);
    assert_int_equal(done, 0);
    assert_int_equal(vmo_write(vmo, UINT64_MAX, &byte, 1, &done), ERR_OUT_OF_RANGE);
    assert_int_equal(vmo_read(vmo, 2 * PAGE_SIZE, &byte, 0, NULL), OK);
    assert_int_equal(vmo_decommit(vmo, PAGE_SIZE, 2 * PAGE_SIZE), ERR_OUT_OF_RANGE);
    assert_int_equal(vmo_set_size(vmo, VMO_MAX_SIZE + 1), ERR_OUT_OF_RANGE);
    vmo_put(vmo);
}

static void physical_memory_has_no_pages(void **state)
{
    struct vmo *vmo, *clone;
    struct page *page;
    bool writable;
    char byte;

    (void)state;
    assert_int_equal(vmo_create_physical(0x1000, PAGE_SIZE, &vmo), OK);
    assert_int_equal(vmo_clone(vmo, 0, PAGE_SIZE, &clone), ERR_NOT_SUPPORTED);
    assert_int_equal(vmo_read(vmo, 0, &byte, 1, NULL), ERR_NOT_SUPPORTED);
    {
        SPIN_GUARD(&vmo->lock);
        assert_int_equal(vmo_get_page_locked(vmo, 0, VMO_READ, &page, &writable),
                         ERR_NOT_SUPPORTED);
    }
    vmo_put(vmo);
}

static void a_snapshot_is_apart(void **state)
{
    struct vmo *a = make(100), *b, *c;

    (void)state;
    for (unsigned i = 0; i < 100; i += 2)
        poke(a, i, i + 1);
    b = clone_of(a, 0, 100);
    c = clone_of(b, 0, 100);
    poke(a, 4, 1000);
    poke(b, 6, 2000);
    poke(b, 7, 3000);
    for (unsigned i = 0; i < 100; i++) {
        uint64_t was = i % 2 ? 0 : i + 1;

        assert_int_equal(peek(a, i), i == 4 ? 1000 : was);
        assert_int_equal(peek(b, i), i == 6 ? 2000 : i == 7 ? 3000 : was);
        assert_int_equal(peek(c, i), was);
    }
    vmo_put(b);
    assert_int_equal(peek(c, 6), 7);
    vmo_put(a);
    assert_int_equal(vmo_committed_pages(c), 50);
    assert_int_equal(peek(c, 4), 5);
    vmo_put(c);
}

/* What a slice cannot show, it does not keep alive. */
static void a_slice_holds_only_its_part(void **state)
{
    struct vmo *a = make(300), *b, *c;

    (void)state;
    for (unsigned i = 0; i < 300; i++)
        poke(a, i, i + 1);
    b = clone_of(a, 70, 100);
    c = clone_of(b, 50, 60);
    vmo_put(a);
    assert_int_equal(vmo_committed_pages(b), 100);
    assert_int_equal(vmo_committed_pages(c), 50);
    vmo_put(b);
    for (unsigned i = 0; i < 50; i++)
        assert_int_equal(peek(c, i), 121 + i);
    for (unsigned i = 50; i < 60; i++)
        assert_int_equal(peek(c, i), 0);
    poke(c, 59, 5);
    assert_int_equal(peek(c, 59), 5);
    b = clone_of(c, 100, 10);
    assert_int_equal(vmo_committed_pages(b), 0);
    assert_int_equal(b->root_base, 0);
    vmo_put(b);
    vmo_put(c);
}

static void generations_leave_nothing(void **state)
{
    struct vmo *vmo = make(64);
    uint64_t pages = 0, objects = 0;

    (void)state;
    for (unsigned i = 0; i < 64; i++)
        poke(vmo, i, i);
    for (unsigned generation = 0; generation < 1000; generation++) {
        struct vmo *child = clone_of(vmo, 0, 64);

        poke(child, generation % 64, generation);
        vmo_put(vmo);
        vmo = child;
        if (generation == 0) {
            pages = free_pages();
            objects = slab_live_objects();
        }
        assert_int_equal(slab_live_objects(), objects);
        assert_int_equal(vmo_count(), 1);
    }
    assert_int_equal(free_pages(), pages);
    assert_int_equal(vmo_committed_pages(vmo), 64);
    vmo_put(vmo);
}

static void size_changes(void **state)
{
    struct vmo *vmo = make(10), *clone;
    char bytes[16];

    (void)state;
    for (unsigned i = 0; i < 10; i++)
        poke(vmo, i, ~0ull);
    clone = clone_of(vmo, 0, 10);
    assert_int_equal(vmo_set_size(vmo, 3 * PAGE_SIZE + 4), OK);
    assert_int_equal(vmo->size, 4 * PAGE_SIZE);
    assert_int_equal(vmo_committed_pages(vmo), 4);
    assert_int_equal(vmo_read(vmo, 3 * PAGE_SIZE, bytes, 16, NULL), OK);
    assert_memory_equal(bytes, "\xff\xff\xff\xff\0\0\0\0", 8);
    assert_int_equal(vmo_set_size(vmo, 20 * PAGE_SIZE), OK);
    assert_int_equal(peek(vmo, 5), 0);
    assert_int_equal(peek(vmo, 19), 0);
    assert_true(peek(clone, 3) == ~0ull && peek(clone, 9) == ~0ull);
    assert_int_equal(vmo_set_size(vmo, 0), OK);
    assert_int_equal(vmo_committed_pages(vmo), 0);
    assert_null(vmo->root);
    vmo_put(vmo);
    vmo_put(clone);
}

static status_t insert(struct vmo *vmo, uint64_t index, struct page *page)
{
    SPIN_GUARD(&vmo->lock);

    return vmo_insert_locked(vmo, index, page);
}

static void pages_by_hand(void **state)
{
    struct vmo *vmo = make(8), *clone;
    struct page *page, *got;
    bool writable;

    (void)state;
    assert_int_equal(page_alloc_zeroed(&page), OK);
    assert_int_equal(get_page(vmo, 0, VMO_PRESENT_ONLY, &got, &writable), ERR_NOT_FOUND);
    assert_int_equal(get_page(vmo, 8, VMO_READ, &got, &writable), ERR_OUT_OF_RANGE);
    assert_int_equal(insert(vmo, 8, page), ERR_OUT_OF_RANGE);
    assert_int_equal(insert(vmo, 3, page), OK);
    assert_int_equal(insert(vmo, 3, page), ERR_ALREADY_EXISTS);
    assert_int_equal(get_page(vmo, 3, VMO_PRESENT_ONLY, &got, &writable), OK);
    assert_true(writable && got == page);
    assert_int_equal(get_page(vmo, 4, VMO_READ, &got, &writable), OK);
    assert_true(!writable && ((char *)page_data(got))[100] == 0);

    clone = clone_of(vmo, 0, 8);
    assert_int_equal(get_page(vmo, 3, VMO_PRESENT_ONLY, &got, &writable), OK);
    assert_true(!writable && got == page);
    assert_int_equal(get_page(vmo, 3, VMO_WRITE | VMO_PRESENT_ONLY, &got, &writable), OK);
    assert_true(writable && got != page);
    assert_int_equal(get_page(clone, 3, VMO_WRITE, &got, &writable), OK);
    assert_true(writable && got == page); /* nobody else has it by now: no copy */
    vmo_put(clone);
    vmo_put(vmo);
}

/* --- against a model --- */

enum { MODEL_VMOS = 6, MODEL_PAGES = 80 };

struct model {
    struct vmo *vmo; /* NULL: none */
    uint64_t pages;
    uint64_t word[MODEL_PAGES];
};

static struct model models[MODEL_VMOS];

static void model_clone(struct model *m, struct model *from, struct random *r)
{
    uint64_t first = random_below(r, from->pages + 1);
    uint64_t pages = random_below(r, MODEL_PAGES) + 1;

    if (random_below(r, 2)) {
        first = 0;
        pages = MAX(from->pages, 1u);
    }
    m->vmo = clone_of(from->vmo, first, pages);
    m->pages = pages;
    for (uint64_t i = 0; i < MODEL_PAGES; i++)
        m->word[i] = i < pages && first + i < from->pages ? from->word[first + i] : 0;
}

static void model_change(struct model *m, struct random *r)
{
    uint64_t at = random_below(r, MAX(m->pages, 1u)),
             count = random_below(r, m->pages - at + 1);
    uint64_t word = random_u64(r);

    switch (random_below(r, 8)) {
    case 0:
        assert_int_equal(vmo_decommit(m->vmo, at << PAGE_SHIFT, count << PAGE_SHIFT), OK);
        memset(&m->word[at], 0, count * sizeof(word));
        break;
    case 1:
        m->pages = random_below(r, MODEL_PAGES);
        assert_int_equal(vmo_set_size(m->vmo, m->pages << PAGE_SHIFT), OK);
        memset(&m->word[m->pages], 0, (MODEL_PAGES - m->pages) * sizeof(word));
        break;
    default:
        if (at < m->pages) {
            poke(m->vmo, at, word);
            m->word[at] = word;
        }
    }
}

static void model_step(struct random *r)
{
    struct model *m = &models[random_below(r, MODEL_VMOS)];
    struct model *other = &models[random_below(r, MODEL_VMOS)];

    if (!m->vmo && other->vmo)
        model_clone(m, other, r);
    else if (!m->vmo)
        *m = (struct model){.vmo = make(MODEL_PAGES / 2), .pages = MODEL_PAGES / 2};
    else if (random_below(r, 20) == 0) {
        vmo_put(m->vmo);
        m->vmo = NULL;
    } else
        model_change(m, r);
}

static void model_compare(void)
{
    for (unsigned i = 0; i < MODEL_VMOS; i++)
        for (uint64_t page = 0; models[i].vmo && page < models[i].pages; page++)
            assert_int_equal(peek(models[i].vmo, page), models[i].word[page]);
}

static void random_operations(void **state)
{
    struct random r;

    (void)state;
    random_seed(&r, 1);
    for (unsigned step = 0; step < 20000; step++) {
        model_step(&r);
        if (step % 50 == 0)
            model_compare();
    }
    for (unsigned i = 0; i < MODEL_VMOS; i++) {
        vmo_put(models[i].vmo);
        models[i].vmo = NULL;
    }
}

/* --- no memory --- */

static void check_words(struct vmo *vmo, uint64_t pages, uint64_t step)
{
    for (uint64_t i = 0; i < pages; i += step)
        assert_int_equal(peek(vmo, i), i + 1);
}

static void any_allocation_may_fail(void **state)
{
    struct vmo *vmo = NULL, *clone = NULL, *slice = NULL;
    uint64_t word = 1, far = 5000;
    struct page *page;
    bool writable;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = vmo_create(10000 << PAGE_SHIFT, VMO_RESIZABLE, &vmo), (void)0);
    FAIL_EACH(st, st = vmo_write(vmo, 0, &word, sizeof(word), NULL), assert_null(vmo->root));
    for (uint64_t i = 1; i < 200; i++)
        poke(vmo, i, i + 1);
    word = far + 1;
    FAIL_EACH(st, st = vmo_write(vmo, far << PAGE_SHIFT, &word, sizeof(word), NULL),
              check_words(vmo, 200, 7));
    FAIL_EACH(st, st = vmo_clone(vmo, 0, vmo->size, &clone), check_words(vmo, 200, 7));
    FAIL_EACH(st, st = vmo_clone(vmo, 33 << PAGE_SHIFT, 100 << PAGE_SHIFT, &slice),
              check_words(vmo, 200, 7));
    word = 77;
    FAIL_EACH(st, st = vmo_write(clone, 40 << PAGE_SHIFT, &word, sizeof(word), NULL),
              check_words(clone, 200, 7));
    FAIL_EACH(st, st = vmo_decommit(clone, 50 << PAGE_SHIFT, 45 << PAGE_SHIFT),
              assert_int_equal(peek(clone, 60), 61));
    FAIL_EACH(st, st = vmo_set_size(clone, (30 << PAGE_SHIFT) + 100),
              assert_int_equal(peek(clone, 199), 200));
    FAIL_EACH(st, st = get_page(slice, 3, VMO_WRITE, &page, &writable), (void)0);
    check_words(vmo, 200, 1);
    check_words(clone, 31, 1);
    assert_int_equal(peek(slice, 3), 37);
    vmo_put(vmo);
    vmo_put(clone);
    vmo_put(slice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(untouched_is_zero_and_free),
        TEST(far_apart),
        TEST(ranges_are_checked),
        TEST(physical_memory_has_no_pages),
        TEST(a_snapshot_is_apart),
        TEST(a_slice_holds_only_its_part),
        TEST(generations_leave_nothing),
        TEST(size_changes),
        TEST(pages_by_hand),
        TEST(random_operations),
        TEST(any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
