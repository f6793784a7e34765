/*
 * place_test.c - where regions go: from the top, by hint, at random, and against a model.
 */
#include "vm/vmar_test.h"

#include "base/random.h"

static void places_from_the_top(void **state)
{
    user_addr_t a, b, c, d;

    (void)state;
    assert_int_equal(map_anywhere(as->root, PAGES(2), 0, &a), OK);
    assert_int_equal(a, HAL_USER_END - PAGES(2));
    assert_int_equal(map_anywhere(as->root, PAGES(1), 0, &b), OK);
    assert_int_equal(b, a - PAGES(1));
    assert_int_equal(map_anywhere(as->root, PAGES(3), 0, &c), OK);
    assert_int_equal(c, b - PAGES(3));
    assert_int_equal(vmar_unmap(as->root, b, PAGES(1)), OK);
    assert_int_equal(map_anywhere(as->root, PAGES(2), 0, &d), OK);
    assert_int_equal(d, c - PAGES(2));
    assert_int_equal(map_anywhere(as->root, PAGES(1), 0, &d), OK);
    assert_int_equal(d, b);
    assert_int_equal(map_anywhere(as->root, PAGES(2), AT(10) + 5 * PAGE_SIZE, &d), OK);
    assert_int_equal(d, AT(13));
    assert_int_equal(map_anywhere(as->root, PAGES(1), HAL_USER_BASE, &d), ERR_NO_MEMORY);
    assert_int_equal(map_anywhere(as->root, HAL_USER_END, 0, &d), ERR_NO_MEMORY);
}

static void hints_and_alignment(void **state)
{
    struct vmar_map_args args = args_at(4, 4, R);
    user_addr_t at;

    (void)state;
    args.place = PLACE_HINT;
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    assert_int_equal(at, AT(4));
    args.limit = AT(100);
    args.vmo_offset = 0;
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    assert_int_equal(at, AT(96));
    args.place = PLACE_ANY;
    args.align = 1 << 20;
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    assert_true(IS_ALIGNED(at, MIB) && at < AT(96));
    args.align = 0;
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    assert_int_equal(at, AT(92));
}

/* --- placement against a model --- */

enum { ROOM = 64 };

static struct vmar *room; /* ROOM pages from AT(0) */
static bool taken[ROOM];

static unsigned model_top(unsigned pages, unsigned limit)
{
    for (unsigned at = limit; at >= pages; at--) {
        unsigned free = 0;

        while (free < pages && !taken[at - 1 - free])
            free++;
        if (free == pages)
            return at - pages;
    }
    return ROOM;
}

static void room_map(struct random *r)
{
    unsigned pages = (unsigned)random_below(r, 6) + 1;
    unsigned limit = random_below(r, 4) ? ROOM : (unsigned)random_below(r, ROOM) + 1;
    unsigned want = model_top(pages, limit), page;
    user_addr_t at;
    status_t st = map_anywhere(room, PAGES(pages), AT(limit), &at);

    if (want == ROOM) {
        assert_int_equal(st, ERR_NO_MEMORY);
        return;
    }
    assert_int_equal(st, OK);
    page = (unsigned)((at - AT(0)) >> PAGE_SHIFT);
    assert_int_equal(page, want);
    for (unsigned i = 0; i < pages; i++)
        taken[page + i] = true;
}

static void room_change(struct random *r)
{
    unsigned page = (unsigned)random_below(r, ROOM);
    unsigned pages = (unsigned)random_below(r, MIN(8u, ROOM - page)) + 1;
    bool exact = random_below(r, 4) == 0, free = true;

    for (unsigned i = 0; i < pages; i++)
        free = free && !taken[page + i];
    if (exact)
        assert_int_equal(map_at(room, page, pages, R), free ? OK : ERR_ALREADY_EXISTS);
    else
        assert_int_equal(vmar_unmap(room, AT(page), PAGES(pages)), OK);
    for (unsigned i = 0; i < pages; i++)
        taken[page + i] = exact && (free || taken[page + i]);
    if (exact && !free)
        return;
}

static void random_places(void **state)
{
    struct random r;

    (void)state;
    random_seed(&r, 2);
    memset(taken, 0, sizeof(taken));
    assert_int_equal(vmar_create_child(as->root, PLACE_EXACT, AT(0), PAGES(ROOM), 0, 0, &room),
                     OK);
    for (unsigned step = 0; step < 30000; step++) {
        if (random_below(&r, 2))
            room_map(&r);
        else
            room_change(&r);
    }
    vmar_put(room);
}

static void aslr_uses_every_place(void **state)
{
    struct vmar_map_args args = args_at(0, 2, R);
    unsigned count[8] = {0};
    user_addr_t at;

    (void)state;
    assert_int_equal(vmar_create_child(as->root, PLACE_EXACT, AT(0), PAGES(8), 0, 0, &room),
                     OK);
    assert_int_equal(map_at(room, 3, 1, R), OK);
    args.place = PLACE_RANDOM;
    for (unsigned i = 0; i < 2000; i++) {
        assert_int_equal(vmar_map(room, &args, &at), OK);
        count[(at - AT(0)) >> PAGE_SHIFT]++;
        assert_int_equal(vmar_unmap(room, at, PAGES(2)), OK);
    }
    for (unsigned i = 0; i < 8; i++)
        assert_true(i == 2 || i == 3 || i == 7 ? count[i] == 0 : count[i] > 200);
    args.size = PAGES(5);
    assert_int_equal(vmar_map(room, &args, &at), ERR_NO_MEMORY);
    vmar_put(room);
}

/* They share page tables; when there is no more room, they go elsewhere. */
static void random_places_are_near(void **state)
{
    const uint64_t near = 8 * MIB;
    struct vmar_map_args args = args_at(0, 1, R);
    user_addr_t at, first, big;

    (void)state;
    args.place = PLACE_RANDOM;
    assert_int_equal(vmar_map(as->root, &args, &first), OK);
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(vmar_map(as->root, &args, &at), OK);
        assert_int_equal(at / near, first / near);
    }
    args.size = near;
    assert_int_equal(vmar_map(as->root, &args, &big), OK);
    assert_true(big / near != first / near);
    args.size = PAGES(1);
    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    assert_int_equal(at / near, first / near);
    args.size = near / 2;
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(vmar_map(as->root, &args, &at), OK);
    assert_true(at / near != first / near);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEMORY_TEST(places_from_the_top),    MEMORY_TEST(hints_and_alignment),
        MEMORY_TEST(random_places),          MEMORY_TEST(aslr_uses_every_place),
        MEMORY_TEST(random_places_are_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
