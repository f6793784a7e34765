/*
 * fork_test.c - copies of address spaces, one after another and on several CPUs.
 */
#include "vm/vm_test.h"

#include "base/random.h"

static struct test_pager pager;

static struct aspace *fork_of(struct aspace *from)
{
    struct aspace *to;

    assert_int_equal(aspace_create(&to), OK);
    assert_int_equal(aspace_fork(from, to), OK);
    return to;
}

static void fork_copies(void **state)
{
    struct vmo *file = make_file(&pager, 16), *clone, *shared = make(16);
    struct aspace *child;

    (void)state;
    assert_int_equal(vmo_clone(file, 0, PAGES(16), &clone), OK);
    map(clone, 0, 16, R | W, 0);
    vmo_put(file);
    map(make(16), 16, 16, R | W, 0);
    map(shared, 32, 16, R | W, MAPPING_SHARED);
    map(make(16), 48, 16, R | W, MAPPING_DONTFORK);
    for (unsigned i = 0; i < 64; i += 4)
        store(as, AT(i), i + 1);
    assert_int_equal(vmar_protect(as->root, AT(20), PAGES(4), R, true), OK);
    child = fork_of(as);
    store(as, AT(0), 100);
    store(as, AT(16), 100);
    store(as, AT(32), 100);
    store(child, AT(4), 200);
    store(child, AT(24), 200);
    store(child, AT(36), 200);
    assert_int_equal(load(child, AT(0)), 1);
    assert_int_equal(load(child, AT(1)), 2);
    assert_int_equal(load(child, AT(16)), 17);
    assert_int_equal(load(child, AT(20)), 21);
    assert_int_equal(load(child, AT(32)), 100);
    assert_int_equal(load(as, AT(4)), 5);
    assert_int_equal(load(as, AT(24)), 25);
    assert_int_equal(load(as, AT(36)), 200);
    assert_int_equal(try_vm_fault(child, AT(48), R), ERR_FAULT);
    assert_int_equal(try_vm_fault(child, AT(20), W), ERR_ACCESS_DENIED);
    /* The three parts of one VMO are parts of one clone. */
    assert_int_equal(vmo_count(), 7);
    assert_int_equal(child->mapped_bytes, PAGES(48));
    aspace_put(child);
}

/* What was written last is copied by fork; the rest when it is written. */
static void the_last_written_pages_do_not_fault(void **state)
{
    struct aspace *child;
    uint64_t faults;

    (void)state;
    map(make(64), 0, 64, R | W, 0);
    store(as, AT(5), 1);
    child = fork_of(as);
    faults = as->faults;
    store(as, AT(5), 2);
    store(child, AT(5), 3);
    store(child, AT(6), 4);
    assert_int_equal(as->faults, faults);
    assert_int_equal(child->faults, 0);
    store(child, AT(12), 5);
    assert_int_equal(child->faults, 1);
    assert_int_equal(load(as, AT(5)), 2);
    assert_int_equal(load(as, AT(6)), 0);
    assert_int_equal(load(as, AT(12)), 0);
    assert_int_equal(load(child, AT(5)), 3);
    aspace_put(child);
}

static void fork_without_memory(void **state)
{
    struct aspace *child;
    status_t st;

    (void)state;
    map(make(16), 0, 16, R | W, 0);
    map(make(16), 16, 16, R | W, MAPPING_SHARED);
    map(make(16), 32, 16, R | W, 0);
    for (unsigned i = 0; i < 48; i++)
        store(as, AT(i), i + 1);
    assert_int_equal(aspace_create(&child), OK);
    FAIL_EACH(st, st = aspace_fork(as, child), {
        assert_int_equal(child->mapped_bytes, 0);
        assert_int_equal(vmo_count(), 3);
        store(as, AT(1), 2);
    });
    assert_int_equal(load(child, AT(1)), 2);
    aspace_put(child);
}

/* A daemon that forks, writes, and whose parent exits, for ever. */
static void generations_cost_the_same(void **state)
{
    uint64_t pages = 0, objects = 0;

    (void)state;
    map(make(64), 0, 64, R | W, 0);
    for (unsigned i = 0; i < 64; i++)
        store(as, AT(i), i);
    for (unsigned generation = 0; generation < 1000; generation++) {
        struct aspace *child = fork_of(as);

        aspace_put(as);
        as = child;
        store(as, AT(generation % 64), generation);
        assert_int_equal(vmo_count(), 1);
        if (generation == 0) {
            objects = slab_live_objects();
            pages = free_pages();
        }
        assert_int_equal(slab_live_objects(), objects);
        assert_true(as->faults <= 1); /* none where fork has copied the page ahead */
    }
    assert_int_equal(free_pages(), pages);
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(load(as, AT(i)), i < 1000 % 64 ? 960 + i : 896 + i);
}

/* --- several CPUs --- */

enum { CPUS = 4, ROUNDS = 60, SHARED_PAGES = 40 };

static struct vmo *common;
static atomic_uint finished;

/* Each CPU has a word in each page that only it writes: what it reads there must be what it
 * wrote, whatever the others do to the page. */
static void cpu_round(struct random *r, unsigned cpu, uint64_t *mine)
{
    unsigned page = (unsigned)random_below(r, SHARED_PAGES);
    user_addr_t at = AT(page) + cpu * sizeof(uint64_t);
    struct aspace *child;
    struct vmo *clone;

    switch (random_below(r, 8)) {
    case 0:
        assert_int_equal(aspace_create(&child), OK);
        assert_int_equal(aspace_fork(as, child), OK);
        assert_int_equal(load(child, at), mine[page]);
        store(child, at, 12345);
        aspace_put(child);
        break;
    case 1:
        assert_int_equal(vmo_clone(common, 0, PAGES(SHARED_PAGES), &clone), OK);
        assert_int_equal(load(as, at), mine[page]);
        vmo_put(clone);
        break;
    case 2:
        assert_int_equal(vmar_protect(as->root, AT(page), PAGE_SIZE, R | W, true), OK);
        break;
    case 3:
        assert_int_equal(vmar_protect(as->root, AT(page), PAGE_SIZE, R | W | X, true), OK);
        break;
    case 4:
        map(make(20), 1000 + 20 * cpu, 20, R | W, 0);
        store(as, AT(1000 + 20 * cpu), 1);
        assert_int_equal(vmar_unmap(as->root, AT(1000 + 20 * cpu), PAGES(20)), OK);
        break;
    default:
        assert_int_equal(load(as, at), mine[page]);
        store(as, at, ++mine[page]);
    }
}

static void cpu_entry(void)
{
    static uint64_t words[CPUS][SHARED_PAGES];
    unsigned cpu = hal_cpu_id();
    struct random r;

    memset(words[cpu], 0, sizeof(words[cpu]));
    random_seed(&r, cpu + 1);
    for (unsigned i = 0; i < ROUNDS; i++)
        cpu_round(&r, cpu, words[cpu]);
    if (atomic_fetch_add(&finished, 1) == CPUS - 1)
        sim_stop();
    for (;;) {
        hal_irq_serve();
        hal_cpu_halt();
    }
}

static void cpus_share_an_aspace(void **state)
{
    for (unsigned seed = 1; seed <= 40; seed++) {
        boot(&(struct sim_config){
            .cpus = CPUS, .seed = seed, .switch_one_in = 5, .memory = 64 * MIB});
        atomic_store(&finished, 0);
        assert_int_equal(aspace_create(&as), OK);
        common = map(make(SHARED_PAGES), 0, SHARED_PAGES, R | W, 0);
        assert_int_equal(sim_run(cpu_entry), SIM_STOPPED);
        aspace_put(as);
        teardown(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASPACE_TEST(fork_copies),
        ASPACE_TEST(the_last_written_pages_do_not_fault),
        ASPACE_TEST(fork_without_memory),
        ASPACE_TEST(generations_cost_the_same),
        cmocka_unit_test(cpus_share_an_aspace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
