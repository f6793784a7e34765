/*
 * page_test.c - the page allocator on a simulated machine: against a model, to exhaustion, on
 * several CPUs, in regions of odd shape.
 */
#include "mm/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/status.h"
#include "hal/cpu.h"
#include "hal/sim/sim.h"
#include "hal/spinlock.h"
#include "mm/inject.h"

#define MIB (1ull << 20)

static void boot(const struct sim_config *config)
{
    sim_setup(config);
    page_init();
}

static struct page_stats stats(void)
{
    struct page_stats s;

    page_stats_read(&s);
    return s;
}

/* Everything is free, and has merged: the same blocks can be had again. */
static void check_all_is_back(void)
{
    page_drain();
    assert_int_equal(stats().free, stats().total);
}

static int teardown(void **state)
{
    (void)state;
    sim_teardown();
    return 0;
}

/* --- against a model --- */

#define BLOCKS 400u

struct block {
    struct page *page; /* NULL: none */
    unsigned order;
};

static struct block blocks[BLOCKS];
static unsigned char owner[64 * MIB / PAGE_SIZE]; /* 1: frame is in a block */

static size_t frame_index(const struct page *page)
{
    return (page_to_phys(page) - SIM_RAM_BASE) / PAGE_SIZE;
}

static uint64_t *last_word(const struct page *page)
{
    return (uint64_t *)((char *)page_data(page) + PAGE_SIZE) - 1;
}

/* Every second one is to be of zeroes. What is in use is not, at both ends of each frame. */
static void take(struct block *b, unsigned order)
{
    size_t first, count = 1ul << order;
    static bool zeroed;

    zeroed = !zeroed;
    if ((zeroed ? page_alloc_order_zeroed : page_alloc_order)(order, &b->page) != OK) {
        b->page = NULL;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t *head = page_data(b->page + i), *tail = last_word(b->page + i);

        assert_true(!zeroed || (*head == 0 && *tail == 0));
        *head = *tail = ~0ull;
    }
    b->order = order;
    first = frame_index(b->page);
    assert_int_equal(page_to_phys(b->page) % (PAGE_SIZE << order), 0);
    assert_ptr_equal(page_of_phys(page_to_phys(b->page)), b->page);
    assert_int_equal(atomic_load(&b->page->refs), 1);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(owner[first + i]++, 0);
}

static void give(struct block *b)
{
    memset(&owner[frame_index(b->page)], 0, 1ul << b->order);
    page_free(b->page);
    b->page = NULL;
}

static void blocks_never_overlap(void **state)
{
    struct random r;
    uint64_t used = 0;

    (void)state;
    boot(&(struct sim_config){0});
    random_seed(&r, 11);
    for (unsigned round = 0; round < 20000; round++) {
        struct block *b = &blocks[random_below(&r, BLOCKS)];

        if (b->page) {
            used -= 1ull << b->order;
            give(b);
        } else {
            take(b, (unsigned)random_below(&r, random_below(&r, PAGE_MAX_ORDER + 1) + 1));
            used += b->page ? 1ull << b->order : 0;
        }
        assert_int_equal(stats().free, stats().total - used);
    }
    for (unsigned i = 0; i < BLOCKS; i++)
        if (blocks[i].page)
            give(&blocks[i]);
    check_all_is_back();
}

/* --- exhaustion --- */

/* Take all single frames, chained through their links; how many. */
static uint64_t take_all(struct list *all)
{
    struct page *page;
    uint64_t count = 0;

    list_init(all);
    for (; page_alloc(&page) == OK; count++)
        list_push_back(all, &page->link);
    return count;
}

static void give_all(struct list *all)
{
    struct list *link;

    while ((link = list_pop_front(all)))
        page_free(container_of(link, struct page, link));
}

static void exhaustion_is_an_error_and_all_comes_back(void **state)
{
    struct page *page;
    struct list all;
    unsigned most = 0;

    (void)state;
    boot(&(struct sim_config){.memory = 32 * MIB});
    for (unsigned round = 0; round < 2; round++) {
        assert_int_equal(take_all(&all), stats().total);
        assert_int_equal(stats().free, 0);
        assert_int_equal(page_alloc(&page), ERR_NO_MEMORY);
        assert_int_equal(page_alloc_order(3, &page), ERR_NO_MEMORY);
        give_all(&all);
        check_all_is_back();
    }
    list_init(&all);
    for (; page_alloc_order(PAGE_MAX_ORDER, &page) == OK; most++)
        list_push_back(&all, &page->link);
    assert_int_equal(most, 32 / 4 - 1); /* the first chunk holds the descriptors */
    give_all(&all);
    check_all_is_back();
    assert_int_equal(page_alloc_order(PAGE_MAX_ORDER + 1, &page), ERR_NO_MEMORY);
}

static void regions_of_odd_shape(void **state)
{
    const struct sim_config config = {
        .regions = {{SIM_RAM_BASE + 3 * PAGE_SIZE, 5 * MIB + 7 * PAGE_SIZE},
                    {SIM_RAM_BASE + 16 * MIB, PAGE_SIZE},
                    {SIM_RAM_BASE + 17 * MIB + PAGE_SIZE, 2 * PAGE_SIZE},
                    {SIM_RAM_BASE + 20 * MIB + 5 * PAGE_SIZE, 9 * MIB}},
        .region_count = 4};
    struct list all;

    (void)state;
    boot(&config);
    assert_int_equal(take_all(&all), stats().total);
    assert_true(stats().total > 14 * MIB / PAGE_SIZE - 40);
    list_for_each (it, &all) {
        struct page *page = container_of(it, struct page, link);

        memset(page_data(page), 0x55, PAGE_SIZE); /* its own memory, and nobody's descriptor */
        assert_ptr_equal(page_of_phys(page_to_phys(page)), page);
    }
    give_all(&all);
    check_all_is_back();
    assert_null(page_of_phys(SIM_RAM_BASE));
    assert_null(page_of_phys(SIM_RAM_BASE + 16 * MIB));
    assert_null(page_of_phys(0));
    assert_null(page_of_phys(UINT64_MAX));
}

/* --- references, splitting, zeroes --- */

static void splitting_makes_single_frames(void **state)
{
    struct page *head;

    (void)state;
    boot(&(struct sim_config){0});
    assert_int_equal(page_alloc_order(4, &head), OK);
    page_split(head);
    for (unsigned i = 0; i < 16; i++) {
        assert_int_equal(atomic_load(&head[i].refs), 1);
        page_get(&head[i]);
    }
    for (unsigned i = 0; i < 16; i++)
        page_put(&head[i]);
    assert_int_equal(stats().free, stats().total - 16);
    for (unsigned i = 0; i < 16; i++)
        page_put(&head[i]);
    check_all_is_back();
}

static void zeroed_pages_are_zero(void **state)
{
    static const char zeroes[PAGE_SIZE];
    struct page *page;
    paddr_t frame;

    (void)state;
    boot(&(struct sim_config){0});
    assert_int_equal(page_alloc(&page), OK);
    memset(page_data(page), 0xff, PAGE_SIZE);
    page_free(page);
    assert_int_equal(page_alloc_zeroed(&page), OK);
    assert_memory_equal(page_data(page), zeroes, PAGE_SIZE);
    page_free(page);
    assert_int_equal(page_alloc_frame(&frame), OK);
    assert_ptr_equal(hal_phys_to_virt(frame), page_data(page));
    page_free_frame(frame);
    check_all_is_back();
}

static void freeing_twice_panics(void **state)
{
    struct page *page;

    (void)state;
    boot(&(struct sim_config){0});
    assert_int_equal(page_alloc(&page), OK);
    page_free(page);
    assert_true(SIM_PANICS(page_free(page)));
    assert_int_equal(page_alloc_order(5, &page), OK);
    page_free(page);
    assert_true(SIM_PANICS(page_free(page)));
}

static void the_nth_allocation_fails_on_request(void **state)
{
    struct page *page[3], *none;

    (void)state;
    boot(&(struct sim_config){0});
    inject_failure_at(3);
    assert_int_equal(page_alloc(&page[0]), OK);
    assert_int_equal(page_alloc_order(1, &page[1]), OK);
    assert_int_equal(page_alloc(&none), ERR_NO_MEMORY);
    assert_int_equal(page_alloc(&page[2]), OK);
    for (unsigned i = 0; i < 3; i++)
        page_free(page[i]);
    check_all_is_back();
}

/* --- start-up --- */

static uint64_t resident_pages(const void *at, size_t size)
{
    static unsigned char map[1u << 20];
    uint64_t count = 0;

    for (size_t done = 0; done < size; done += sizeof(map) * PAGE_SIZE) {
        size_t part = MIN(size - done, sizeof(map) * PAGE_SIZE);

        assert_int_equal(mincore((char *)(uintptr_t)at + done, part, map), 0);
        for (size_t i = 0; i < part / PAGE_SIZE; i++)
            count += map[i] & 1;
    }
    return count;
}

static void much_memory_costs_nothing_until_it_is_used(void **state)
{
    struct timespec before, after;
    struct page *page;
    uint64_t size = 12ull << 30;

    (void)state;
    sim_setup(&(struct sim_config){.memory = size});
    clock_gettime(CLOCK_MONOTONIC, &before);
    page_init();
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_true((after.tv_sec - before.tv_sec) * NS_PER_SEC + after.tv_nsec - before.tv_nsec <
                NS_PER_MS);
    assert_int_equal(resident_pages(sim_ram, size), 0);
    assert_int_equal(page_alloc(&page), OK);
    assert_true(resident_pages(sim_ram, size) <= 16); /* one chunk's descriptors */
    page_free(page);
}

/* --- several CPUs --- */

#define WORKERS 4u

static atomic_uint workers_done;

static void work(void)
{
    struct page *mine[80] = {NULL};

    for (unsigned round = 0; round < 3000; round++) {
        struct page **slot = &mine[sim_random(countof(mine))];

        if (!*slot && page_alloc_order((unsigned)sim_random(3), slot) == OK)
            memset(page_data(*slot), (int)hal_cpu_id() + 1, PAGE_SIZE << (*slot)->order);
        else if (*slot) {
            assert_int_equal(*(unsigned char *)page_data(*slot), hal_cpu_id() + 1);
            page_free(*slot);
            *slot = NULL;
        }
    }
    for (unsigned i = 0; i < countof(mine); i++)
        if (mine[i])
            page_free(mine[i]);
    page_drain();
    atomic_fetch_add(&workers_done, 1);
    for (;;) {
        hal_cpu_halt();
        atomic_store(&hal_cpu_local()->pending, 0);
    }
}

static void cpus_do_not_get_each_other_s_frames(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++) {
        boot(&(struct sim_config){
            .cpus = WORKERS, .seed = seed, .switch_one_in = 3, .memory = 2 * MIB});
        workers_done = 0;
        assert_int_equal(sim_run(work), SIM_IDLE);
        assert_int_equal(workers_done, WORKERS);
        assert_int_equal(stats().free, stats().total);
        if (seed < 4)
            sim_teardown();
    }
}

static void a_frame_freed_elsewhere_is_counted_once(void **state)
{
    struct page *page[100];

    (void)state;
    boot(&(struct sim_config){.cpus = 2});
    for (unsigned i = 0; i < countof(page); i++)
        assert_int_equal(page_alloc(&page[i]), OK);
    sim_become(1);
    for (unsigned i = 0; i < countof(page); i++)
        page_free(page[i]);
    assert_int_equal(stats().free, stats().total);
    page_drain();
    assert_int_equal(stats().free, stats().total);
    sim_become(0);
    check_all_is_back();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(blocks_never_overlap, teardown),
        cmocka_unit_test_teardown(exhaustion_is_an_error_and_all_comes_back, teardown),
        cmocka_unit_test_teardown(regions_of_odd_shape, teardown),
        cmocka_unit_test_teardown(splitting_makes_single_frames, teardown),
        cmocka_unit_test_teardown(zeroed_pages_are_zero, teardown),
        cmocka_unit_test_teardown(freeing_twice_panics, teardown),
        cmocka_unit_test_teardown(the_nth_allocation_fails_on_request, teardown),
        cmocka_unit_test_teardown(much_memory_costs_nothing_until_it_is_used, teardown),
        cmocka_unit_test_teardown(cpus_do_not_get_each_other_s_frames, teardown),
        cmocka_unit_test_teardown(a_frame_freed_elsewhere_is_counted_once, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
