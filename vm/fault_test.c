/*
 * fault_test.c - page faults: what is mapped, with which rights, and how much it costs; fork;
 * and several CPUs at it.
 */
#include "vm/vm_test.h"

static unsigned mapped(struct aspace *of, unsigned page, unsigned count)
{
    unsigned n = 0;

    for (unsigned i = 0; i < count; i++)
        n += rights(of, AT(page + i)) != 0;
    return n;
}

static void refusals(void **state)
{
    (void)state;
    map(make(4), 0, 8, R, 0);
    map(make(4), 8, 4, 0, 0);
    assert_int_equal(try_vm_fault(as, AT(20), R), ERR_FAULT);
    assert_int_equal(try_vm_fault(as, 0, R), ERR_FAULT);
    assert_int_equal(try_vm_fault(as, UINT64_MAX, R), ERR_FAULT);
    assert_int_equal(try_vm_fault(as, AT(0), W), ERR_ACCESS_DENIED);
    assert_int_equal(try_vm_fault(as, AT(0), X), ERR_ACCESS_DENIED);
    assert_int_equal(try_vm_fault(as, AT(8), R), ERR_ACCESS_DENIED);
    assert_int_equal(try_vm_fault(as, AT(4), R), ERR_OUT_OF_RANGE);
    assert_int_equal(as->faults, 7);
}

/* A gigabyte that is only read costs no memory but page tables. */
static void reading_commits_nothing(void **state)
{
    struct vmo *vmo = map(make(1u << 18), 0, 1u << 18, R | W, 0);
    uint64_t before = free_pages();

    (void)state;
    for (unsigned page = 5; page < 1u << 18; page += 512) {
        assert_int_equal(load(as, AT(page)), 0);
        assert_int_equal(rights(as, AT(page)), R);
    }
    assert_int_equal(vmo_committed_pages(vmo), 0);
    assert_true(before - free_pages() < 600);
}

/* One fault commits a run, in one piece of memory. */
static void writing_commits_runs(void **state)
{
    struct vmo *vmo = map(make(100), 0, 100, R | W, 0);

    (void)state;
    assert_int_equal(load(as, AT(20)), 0); /* zeroes are mapped, and replaced */
    assert_int_equal(try_vm_fault(as, AT(20) + 8, W), OK);
    assert_int_equal(vmo_committed_pages(vmo), 16);
    assert_int_equal(mapped(as, 0, 100), 16);
    for (unsigned i = 0; i < 16; i++) {
        assert_int_equal(rights(as, AT(16 + i)), R | W);
        assert_int_equal(frame(as, AT(16 + i)), frame(as, AT(16)) + PAGES(i));
    }
    /* At the end of the VMO, and beside what is there already, runs are shorter. */
    assert_int_equal(try_vm_fault(as, AT(98), W), OK);
    assert_int_equal(vmo_committed_pages(vmo), 20);
    assert_int_equal(vmo_decommit(vmo, PAGES(24), PAGES(3)), OK);
    assert_int_equal(try_vm_fault(as, AT(24), W), OK);
    assert_int_equal(vmo_committed_pages(vmo), 19);
    assert_int_equal(as->faults, 4);
}

static void without_blocks_single_pages_do(void **state)
{
    static struct page *hoard[64 * MIB / PAGE_SIZE];
    struct vmo *vmo = map(make(16), 0, 16, R | W, 0);
    size_t n = 0;

    (void)state;
    store(as, AT(15) - PAGES(15), 1);
    assert_int_equal(vmo_decommit(vmo, 0, PAGES(16)), OK);
    while (page_alloc(&hoard[n]) == OK)
        n++;
    for (size_t i = 0; i < n; i += 2)
        page_put(hoard[i]);
    store(as, AT(5), 7);
    assert_int_equal(vmo_committed_pages(vmo), 1);
    for (size_t i = 1; i < n; i += 2)
        page_put(hoard[i]);
}

static void physical_memory(void **state)
{
    struct user_access ua = {.aspace = as};
    struct vmo *vmo;
    uint64_t word;

    (void)state;
    assert_int_equal(vmo_create_physical(0x1000, PAGES(20), &vmo), OK);
    map(vmo, 0, 20, R | W, MAPPING_SHARED);
    assert_int_equal(try_vm_fault(as, AT(3), W), OK);
    assert_int_equal(frame(as, AT(0)), 0x1000);
    assert_int_equal(frame(as, AT(15)), 0x10000);
    assert_int_equal(copy_from_user(&ua, &word, AT(3), sizeof(word)), ERR_FAULT);
}

static void a_clone_takes_the_right_to_write(void **state)
{
    struct vmo *vmo = map(make(32), 0, 32, R | W, 0), *clone;
    paddr_t was;

    (void)state;
    for (unsigned i = 0; i < 32; i++)
        store(as, AT(i), i + 1);
    was = frame(as, AT(0));
    assert_int_equal(vmo_clone(vmo, 0, PAGES(32), &clone), OK);
    for (unsigned i = 0; i < 32; i++)
        assert_int_equal(rights(as, AT(i)), R);
    store(as, AT(3), 100);
    /* The whole run was copied, into one piece. */
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(rights(as, AT(i)), R | W);
        assert_int_equal(frame(as, AT(i)), frame(as, AT(0)) + PAGES(i));
    }
    assert_true(frame(as, AT(0)) != was);
    assert_int_equal(rights(as, AT(4)), R);
    /* What goes on where it ended copies more at a time. */
    store(as, AT(4), 100);
    assert_int_equal(rights(as, AT(7)), R | W);
    store(as, AT(8), 100);
    assert_int_equal(rights(as, AT(15)), R | W);
    assert_int_equal(rights(as, AT(16)), R);
    assert_int_equal(peek(clone, 3), 4);
    assert_int_equal(load(as, AT(2)), 3);
    /* Once nobody shares them, pages are written where they are. */
    vmo_put(clone);
    was = frame(as, AT(16));
    store(as, AT(16), 5);
    assert_int_equal(frame(as, AT(16)), was);
    assert_int_equal(rights(as, AT(31)), R | W);
    assert_int_equal(vmo_committed_pages(vmo), 32);
}

/* What one mapping of a VMO changes, the other one shows. */
static void two_views(void **state)
{
    struct vmo *vmo = make(32), *clone;

    (void)state;
    map(vmo_get(vmo), 0, 32, R | W, MAPPING_SHARED);
    map(vmo, 40, 32, R | W, MAPPING_SHARED);
    assert_int_equal(load(as, AT(41)), 0);
    store(as, AT(1), 5); /* zeroes give way to a page */
    assert_int_equal(load(as, AT(41)), 5);
    assert_int_equal(vmo_clone(vmo, 0, PAGES(32), &clone), OK);
    store(as, AT(1), 6); /* the shared page to a copy */
    assert_int_equal(load(as, AT(41)), 6);
    poke(vmo, 20, 9);
    assert_int_equal(load(as, AT(60)), 9);
    assert_int_equal(vmo_decommit(vmo, 0, PAGES(32)), OK);
    assert_int_equal(mapped(as, 0, 80), 0);
    assert_int_equal(peek(clone, 1), 5);
    store(as, AT(30), 1);
    assert_int_equal(vmo_set_size(vmo, PAGES(10)), OK);
    assert_int_equal(mapped(as, 0, 80), 0);
    assert_int_equal(try_vm_fault(as, AT(70), R), ERR_OUT_OF_RANGE);
    vmo_put(clone);
}

static void rights_change(void **state)
{
    (void)state;
    map(make(32), 0, 32, R | W | X, 0);
    store(as, AT(0), 1);
    assert_int_equal(rights(as, AT(0)), R | W | X);
    assert_int_equal(vmar_protect(as->root, AT(0), PAGES(4), R, true), OK);
    assert_int_equal(rights(as, AT(3)), R);
    assert_int_equal(rights(as, AT(4)), R | W | X);
    assert_int_equal(vmar_protect(as->root, AT(0), PAGES(4), R | W, true), OK);
    store(as, AT(0), 2);
    assert_int_equal(rights(as, AT(0)), R | W);
    assert_int_equal(vmar_protect(as->root, AT(0), PAGES(4), 0, true), OK);
    assert_int_equal(mapped(as, 0, 16), 12);
    assert_int_equal(vmar_protect(as->root, AT(0), PAGES(4), W, true), OK);
    assert_int_equal(load(as, AT(0)), 2);
    assert_int_equal(vmar_unmap(as->root, AT(2), PAGES(8)), OK);
    assert_int_equal(mapped(as, 2, 8), 0);
    assert_int_equal(mapped(as, 0, 32), 8);
}

/* --- files --- */

static struct test_pager pager;

static void reading_a_file(void **state)
{
    struct vmo *file = map(make_file(&pager, 40), 0, 40, R | W, MAPPING_SHARED);

    (void)state;
    pager.absent = 20;
    assert_int_equal(try_vm_fault(as, AT(18), R), OK);
    assert_int_equal(pager.reads, 39);
    assert_int_equal(mapped(as, 0, 40), 39);
    assert_int_equal(rights(as, AT(20)), 0);
    for (unsigned i = 0; i < 40; i++)
        assert_true(i == 20 || frame(as, AT(i)) == frame(as, AT(0)) + PAGES(i));
    /* The right to write comes with writing. */
    assert_int_equal(rights(as, AT(18)), R);
    store(as, AT(18), 5);
    assert_int_equal(rights(as, AT(18)), R | W);
    assert_int_equal(pager.reads, 39);
    assert_int_equal(peek(file, 18), 5);
    assert_int_equal(load(as, AT(39)), 40);
}

static void a_private_file(void **state)
{
    struct vmo *file = make_file(&pager, 40), *clone;

    (void)state;
    assert_int_equal(vmo_clone(file, PAGES(8), PAGES(32), &clone), OK);
    map(clone, 0, 32, R | W, 0);
    assert_int_equal(load(as, AT(2)), 11);
    assert_int_equal(rights(as, AT(2)), R);
    assert_int_equal(frame(as, AT(2)), frame(as, AT(1)) + PAGE_SIZE);
    assert_int_equal(vmo_committed_pages(clone), 0);
    store(as, AT(2), 1);
    assert_int_equal(vmo_committed_pages(clone), 16);
    assert_int_equal(peek(file, 10), 11);
    assert_int_equal(load(as, AT(20)), 29);
    /* The file's pages go: also where the clone shows them. */
    assert_true(rights(as, AT(20)) != 0);
    assert_int_equal(vmo_set_size(file, PAGES(16)), OK);
    assert_int_equal(rights(as, AT(20)), 0);
    assert_int_equal(load(as, AT(20)), 0);
    assert_int_equal(load(as, AT(2)), 1);
    assert_int_equal(aspace_discard(as, AT(0), PAGES(32)), OK);
    assert_int_equal(load(as, AT(2)), 11);
    vmo_put(file);
    assert_int_equal(load(as, AT(3)), 12);
}

static status_t fault_waiting(user_addr_t at, unsigned access)
{
    struct vm_fault f = {
        .co = {.resume = vm_fault}, .aspace = as, .addr = at, .access = access};
    status_t st = run_coroutine(&f.co);

    assert_true(f.waited || st != OK);
    return st;
}

static void waiting_for_a_file(void **state)
{
    struct vmo *file = make_file(&pager, 40), *clone;
    status_t st;

    (void)state;
    pager.slow = true;
    assert_int_equal(vmo_clone(file, 0, PAGES(40), &clone), OK);
    map(clone, 0, 40, R | W, 0);
    vmo_put(file);
    assert_int_equal(try_vm_fault(as, AT(2), W), ERR_SHOULD_WAIT);
    FAIL_EACH(st, st = fault_waiting(AT(2), W), assert_int_equal(pager.waits, 0));
    assert_int_equal(pager.waits, 1);
    assert_int_equal(load(as, AT(2)), 3);
    assert_int_equal(vmo_committed_pages(clone), 1);

    pager.failure = ERR_IO;
    assert_int_equal(fault_waiting(AT(3), R), ERR_IO);
    assert_int_equal(fault_waiting(AT(50), R), ERR_FAULT);
}

/* --- no memory --- */

/* With the nth allocation failing; if need be, a smaller run does. */
static void fault_failing(user_addr_t at, unsigned access, unsigned nth)
{
    status_t st;

    inject_failure_at(nth);
    st = try_vm_fault(as, at, access);
    inject_failure_at(0);
    assert_true(st == OK || st == ERR_NO_MEMORY);
}

static void any_allocation_may_fail(void **state)
{
    struct vmo *vmo = map(make(64), 0, 64, R | W, 0), *copy;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = try_vm_fault(as, AT(0), R), (void)0);
    for (unsigned nth = 1; nth < 8; nth++)
        fault_failing(AT(nth * 2), W, nth);
    store(as, AT(0), 1);
    copy = clone_of(vmo, 0, 64);
    for (unsigned nth = 1; nth < 8; nth++) {
        fault_failing(AT(0), W, nth);
        assert_int_equal(peek(copy, 0), 1);
        assert_int_equal(load(as, AT(0)), 1);
    }
    store(as, AT(0), 2);
    assert_int_equal(peek(copy, 0), 1);
    vmo_put(copy);
}

static void any_allocation_for_a_file_may_fail(void **state)
{
    struct vmo *file = make_file(&pager, 64), *clone = clone_of(file, 0, 64);
    status_t st;

    (void)state;
    map(file, 64, 64, R | W, MAPPING_SHARED);
    map(clone, 1024, 64, R | W, 0);
    FAIL_EACH(st, st = try_vm_fault(as, AT(1024), R), (void)0);
    for (unsigned nth = 1; nth < 12; nth++) {
        fault_failing(AT(1024 + nth * 4), W, nth);
        assert_int_equal(load(as, AT(1024 + nth * 4)), nth * 4 + 1);
        fault_failing(AT(64 + nth * 4), W, nth);
        assert_int_equal(load(as, AT(64 + nth * 4)), nth * 4 + 1);
    }
}

/* --- the library OS patches text --- */

static void write_99(void *const pages[], void *arg)
{
    *(uint64_t *)pages[0] = 99;
    *(bool *)arg = true;
}

static status_t write_text(user_addr_t at, bool *written)
{
    *written = false;
    return aspace_text_write(&as->pt, at, 2, write_99, written);
}

static void text_is_patched(void **state)
{
    struct vmo *file = make_file(&pager, 16);
    bool written;
    status_t st;

    (void)state;
    map(clone_of(file, 0, 16), 0, 16, R | X, 0);
    assert_int_equal(try_vm_fault(as, AT(3), X), OK);
    assert_int_equal(write_text(AT(30), &written), ERR_FAULT);
    FAIL_EACH(st, st = write_text(AT(3), &written), assert_int_equal(load(as, AT(3)), 4));
    assert_true(written);
    assert_int_equal(load(as, AT(3)), 99);
    assert_int_equal(rights(as, AT(3)), R | X);
    assert_int_equal(peek(file, 3), 4);
    map(file, 16, 16, R | X, MAPPING_SHARED);
    assert_int_equal(write_text(AT(15), &written), ERR_ACCESS_DENIED);
    map(make(2), 40, 2, R | W, 0);
    assert_int_equal(write_text(AT(40), &written), ERR_ACCESS_DENIED);
    assert_false(written);
}

static void stubs_are_near(void **state)
{
    user_addr_t area;
    bool written;
    status_t st;

    (void)state;
    FAIL_EACH(st, st = aspace_stub_area(&as->pt, AT(0), &area),
              assert_int_equal(vmo_count(), 0));
    assert_true(area > AT(0) && area - AT(0) < 1ull << 31);
    assert_int_equal(load(as, area), 0);
    assert_int_equal(write_text(area, &written), OK);
    assert_int_equal(rights(as, area), R | X);
    assert_int_equal(load(as, area), 99);
    assert_int_equal(aspace_stub_area(&as->pt, HAL_USER_END - PAGE_SIZE, &area), OK);
    assert_int_equal(area, HAL_USER_END - HAL_STUB_AREA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASPACE_TEST(refusals),
        ASPACE_TEST(reading_commits_nothing),
        ASPACE_TEST(writing_commits_runs),
        ASPACE_TEST(without_blocks_single_pages_do),
        ASPACE_TEST(physical_memory),
        ASPACE_TEST(a_clone_takes_the_right_to_write),
        ASPACE_TEST(two_views),
        ASPACE_TEST(rights_change),
        ASPACE_TEST(reading_a_file),
        ASPACE_TEST(a_private_file),
        ASPACE_TEST(waiting_for_a_file),
        ASPACE_TEST(any_allocation_may_fail),
        ASPACE_TEST(any_allocation_for_a_file_may_fail),
        ASPACE_TEST(text_is_patched),
        ASPACE_TEST(stubs_are_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
