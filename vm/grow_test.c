/*
 * grow_test.c - stacks that grow: by steps, up to the limit, away from what is below them.
 */
#include "vm/vm_test.h"

/* In pages: where the stack ends, what it has at first, and the room in front of its VMO. */
enum { TOP = 1024, SIZE = 4, ROOM = 512, STEP = 32, GUARD = 256 };

static struct vmo *map_stack(unsigned room, unsigned flags)
{
    struct vmar_map_args args = {.vmo = make(room),
                                 .size = PAGES(SIZE),
                                 .prot = R | W,
                                 .max_prot = R | W,
                                 .flags = flags,
                                 .vmo_offset = PAGES(room - SIZE),
                                 .place = PLACE_EXACT,
                                 .addr = AT(TOP - SIZE)};
    user_addr_t at;

    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    vmo_put(args.vmo);
    aspace_set_growth(as, AT(TOP), PAGES(ROOM));
    return args.vmo;
}

/* Of the lowest mapping from `page` on: how many pages it begins below the stack's end. */
static unsigned length_from(struct aspace *of, unsigned page)
{
    struct mapping_info info;

    assert_int_equal(aspace_next_mapping(of, AT(page), &info), OK);
    vmo_put(info.vmo);
    return (unsigned)((AT(TOP) - info.base) >> PAGE_SHIFT);
}

static unsigned length(void)
{
    return length_from(as, 0);
}

static void it_grows_by_steps(void **state)
{
    struct vmo *vmo = map_stack(ROOM, MAPPING_GROWS);

    (void)state;
    store(as, AT(TOP - 1), 1);
    assert_int_equal(length(), SIZE);
    store(as, AT(TOP - SIZE - 1), 7);
    assert_int_equal(length(), STEP);
    assert_int_equal(peek(vmo, ROOM - SIZE - 1), 7);
    store(as, AT(TOP - STEP - 1), 8);
    assert_int_equal(length(), 2 * STEP);
    /* It is one mapping, and what was there is where it was. */
    assert_int_equal(as->mappings, 1);
    assert_int_equal(load(as, AT(TOP - SIZE - 1)), 7);
    assert_int_equal(load(as, AT(TOP - 1)), 1);
    /* However far down that is. */
    store(as, AT(TOP - 300), 9);
    assert_int_equal(length(), 320);
    assert_int_equal(load(as, AT(TOP - 200)), 0);
}

static void up_to_its_limit(void **state)
{
    (void)state;
    map_stack(ROOM, MAPPING_GROWS);
    aspace_set_growth(as, 0, PAGES(STEP + 8) + 100);
    store(as, AT(TOP - STEP - 1), 1);
    assert_int_equal(length(), STEP + 8);
    assert_int_equal(try_vm_fault(as, AT(TOP - STEP - 9), W), ERR_FAULT);
    /* What it has is not taken from it. */
    aspace_set_growth(as, 0, PAGES(1));
    assert_int_equal(load(as, AT(TOP - STEP - 1)), 1);
    assert_int_equal(try_vm_fault(as, AT(TOP - STEP - 9), W), ERR_FAULT);
    aspace_set_growth(as, 0, UINT64_MAX);
    assert_int_equal(try_vm_fault(as, AT(TOP - STEP - 9), W), OK);
    assert_int_equal(length(), 2 * STEP);
}

static void away_from_what_is_below(void **state)
{
    enum { BELOW = TOP - 400, ALLOWED = 400 - SIZE - GUARD };

    (void)state;
    map_stack(ROOM, MAPPING_GROWS);
    map(make(SIZE), BELOW, SIZE, 0, 0); /* even if nobody may touch it */
    assert_int_equal(try_vm_fault(as, AT(TOP - ALLOWED - 1), W), ERR_FAULT);
    assert_int_equal(length_from(as, BELOW + SIZE), SIZE);
    assert_int_equal(try_vm_fault(as, AT(TOP - ALLOWED), W), OK);
    assert_int_equal(length_from(as, BELOW + SIZE), ALLOWED);
    assert_int_equal(try_vm_fault(as, AT(TOP - ALLOWED - 1), W), ERR_FAULT);
    assert_int_equal(vmar_unmap(as->root, AT(BELOW), PAGES(SIZE)), OK);
    assert_int_equal(try_vm_fault(as, AT(TOP - ALLOWED - 1), W), OK);
}

static void other_mappings_do_not(void **state)
{
    (void)state;
    map_stack(ROOM, 0);
    assert_int_equal(try_vm_fault(as, AT(TOP - SIZE - 1), W), ERR_FAULT);
    /* Nor what grows, above another. */
    map(make(SIZE), TOP - 40, SIZE, R | W, 0);
    assert_int_equal(try_vm_fault(as, AT(TOP - 41), W), ERR_FAULT);
}

/* Where its VMO has no room left it goes on in another. */
static void beyond_its_vmo(void **state)
{
    (void)state;
    map_stack(SIZE + 1, MAPPING_GROWS);
    store(as, AT(TOP - 1), 1);
    store(as, AT(TOP - SIZE - 2), 2);
    assert_int_equal(length(), STEP);
    assert_int_equal(as->mappings, 2);
    assert_int_equal(load(as, AT(TOP - SIZE - 1)), 0);
    assert_int_equal(load(as, AT(TOP - 1)), 1);
}

static void calls_make_it_grow(void **state)
{
    struct user_access ua = {.aspace = as};
    uint64_t word = 5;

    (void)state;
    map_stack(ROOM, MAPPING_GROWS);
    assert_int_equal(copy_to_user(&ua, AT(TOP - SIZE - 2), &word, sizeof(word)), OK);
    assert_int_equal(load(as, AT(TOP - SIZE - 2)), 5);
    assert_int_equal(copy_to_user(&ua, AT(TOP - ROOM - 1), &word, sizeof(word)), ERR_FAULT);
}

static void a_child_has_its_own(void **state)
{
    struct aspace *child;

    (void)state;
    map_stack(ROOM, MAPPING_GROWS);
    store(as, AT(TOP - 1), 1);
    assert_int_equal(aspace_create(&child), OK);
    assert_int_equal(aspace_fork(as, child), OK);
    store(child, AT(TOP - SIZE - 1), 2);
    assert_int_equal(length_from(child, 0), STEP);
    assert_int_equal(length(), SIZE);
    store(as, AT(TOP - SIZE - 1), 3);
    assert_int_equal(load(child, AT(TOP - SIZE - 1)), 2);
    assert_int_equal(load(child, AT(TOP - 1)), 1);
    aspace_put(child);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASPACE_TEST(it_grows_by_steps),       ASPACE_TEST(up_to_its_limit),
        ASPACE_TEST(away_from_what_is_below), ASPACE_TEST(other_mappings_do_not),
        ASPACE_TEST(beyond_its_vmo),          ASPACE_TEST(calls_make_it_grow),
        ASPACE_TEST(a_child_has_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
