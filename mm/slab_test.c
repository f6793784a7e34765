/*
 * slab_test.c - object caches and kmalloc on a simulated machine.
 */
#include "mm/slab.h"

#include <sanitizer/asan_interface.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "hal/cpu.h"
#include "hal/sim/sim.h"
#include "mm/inject.h"
#include "mm/page.h"

struct thing {
    uint64_t stamp;
    char text[50];
};

SLAB_CACHE(things, struct thing);

static void boot(const struct sim_config *config)
{
    sim_setup(config);
    page_init();
    slab_init();
}

static int setup(void **state)
{
    (void)state;
    boot(&(struct sim_config){.memory = 16ull << 20});
    return 0;
}

/* No object is left, and no page either. */
static void check_nothing_is_left(void)
{
    struct page_stats s;

    assert_int_equal(slab_live_objects(), 0);
    slab_drain();
    page_stats_read(&s);
    assert_int_equal(s.free, s.total);
}

static int teardown(void **state)
{
    (void)state;
    check_nothing_is_left();
    sim_teardown();
    return 0;
}

static void objects_are_apart_and_aligned(void **state)
{
    static struct thing *all[1000];

    (void)state;
    for (unsigned i = 0; i < countof(all); i++) {
        all[i] = slab_alloc(&things);
        assert_non_null(all[i]);
        assert_int_equal((uintptr_t)all[i] % _Alignof(struct thing), 0);
        memset(all[i], (int)i, sizeof(struct thing));
    }
    assert_int_equal(slab_live_objects(), countof(all));
    for (unsigned i = 0; i < countof(all); i++) {
        assert_int_equal((unsigned char)all[i]->text[49], (unsigned char)i);
        assert_int_equal((unsigned char)all[i]->text[0], (unsigned char)i);
        slab_free(&things, all[i]);
    }
    slab_free(&things, NULL);
}

static void zeroed_objects_are_zero(void **state)
{
    static const struct thing zero;

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct thing *t = slab_alloc_zeroed(&things);

        assert_memory_equal(t, &zero, sizeof(zero));
        t->stamp = 1;
        slab_free(&things, t);
    }
}

static void any_size_and_alignment(void **state)
{
    static struct slab_cache caches[13 * 3];
    unsigned n = 0;

    (void)state;
    for (size_t align = 1; align <= 4096; align *= 2)
        for (size_t size = 1; size <= 65536; size = size * 137 + 3) {
            struct slab_cache *cache = &caches[n++];
            void *a, *b;

            slab_cache_init(cache, "test", size, align);
            a = slab_alloc(cache);
            b = slab_alloc(cache);
            assert_int_equal(((uintptr_t)a | (uintptr_t)b) % align, 0);
            memset(a, 1, size);
            memset(b, 2, size);
            assert_int_equal(*(char *)a, 1);
            slab_free(cache, a);
            slab_free(cache, b);
        }
}

static void kmalloc_sizes(void **state)
{
    static const size_t sizes[] = {0,    1,    16,   17,    48,    49,    64,     65,     96,
                                   128,  192,  256,  1000,  1024,  1536,  2048,   3000,   3072,
                                   4096, 4097, 8192, 40000, 65536, 65537, 300000, 4194304};

    (void)state;
    for (unsigned i = 0; i < countof(sizes); i++) {
        size_t size = sizes[i], power = size & -size;
        char *p = kzalloc(size);

        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        if (power == size)
            assert_int_equal((uintptr_t)p % MAX(MIN(size, PAGE_SIZE), 1ul), 0);
        for (size_t at = 0; at < size; at++)
            assert_int_equal(p[at], 0);
        memset(p, 0x5a, size);
        kfree(p);
    }
    kfree(NULL);
    assert_null(kmalloc(4194305));
    assert_null(kmalloc(SIZE_MAX));
}

static void kmemdup_copies(void **state)
{
    char *p = kmemdup("hello", 6);

    (void)state;
    assert_string_equal(p, "hello");
    kfree(p);
}

static void random_operations(void **state)
{
    static struct {
        unsigned char *p;
        size_t size;
    } slots[200];
    struct random r;

    (void)state;
    random_seed(&r, 2);
    for (unsigned round = 0; round < 20000; round++) {
        unsigned i = (unsigned)random_below(&r, countof(slots));

        if (slots[i].p) {
            assert_int_equal(slots[i].p[0], i);
            assert_int_equal(slots[i].p[slots[i].size - 1], i);
            kfree(slots[i].p);
            slots[i].p = NULL;
        } else {
            slots[i].size = 1 + random_below(&r, 1ull << random_below(&r, 15));
            slots[i].p = kmalloc(slots[i].size);
            assert_non_null(slots[i].p);
            memset(slots[i].p, (int)i, slots[i].size);
        }
    }
    for (unsigned i = 0; i < countof(slots); i++)
        kfree(slots[i].p);
}

static void exhaustion_is_null_and_all_comes_back(void **state)
{
    void *first = NULL, *p;

    (void)state;
    while ((p = kmalloc(1000))) {
        *(void **)p = first;
        first = p;
    }
    assert_null(kmalloc(2000));
    while (first) {
        p = first;
        first = *(void **)p;
        kfree(p);
    }
}

/* Each step of an allocation that needs a slab, a header and pages may fail. */
static void any_step_may_fail(void **state)
{
    (void)state;
    for (unsigned nth = 1;; nth++) {
        void *p;

        slab_drain();
        inject_failure_at(nth);
        p = kmalloc(5000);
        inject_failure_at(0);
        kfree(p);
        if (p)
            break;
        assert_int_equal(slab_live_objects(), 0);
        assert_in_range(nth, 1, 4);
    }
}

static void wrong_use_is_noticed(void **state)
{
    unsigned char *p = kmalloc(100);
    struct thing *t = slab_alloc(&things);

    (void)state;
    assert_false(__asan_address_is_poisoned(p + 99));
    assert_true(__asan_address_is_poisoned(p + 100));
    kfree(p);
    assert_true(__asan_address_is_poisoned(p));
    assert_true(SIM_PANICS(slab_free(&things, (char *)t + 8)));
    slab_free(&things, t);
}

static void count_caches(void *arg, const struct slab_cache *cache)
{
    unsigned *count = arg;

    *count += strcmp(cache->name, "struct thing") == 0 && cache->live == 1;
}

static void caches_are_listed_once(void **state)
{
    struct thing *t = slab_alloc(&things);
    unsigned count = 0;

    (void)state;
    slab_for_each(count_caches, &count);
    assert_int_equal(count, 1);
    slab_free(&things, t);
}

static void work(void)
{
    struct thing *mine[40] = {NULL};

    for (unsigned round = 0; round < 2000; round++) {
        struct thing **slot = &mine[sim_random(countof(mine))];

        if (*slot) {
            assert_int_equal((*slot)->stamp, hal_cpu_id());
            slab_free(&things, *slot);
            *slot = NULL;
        } else if ((*slot = slab_alloc(&things))) {
            (*slot)->stamp = hal_cpu_id();
        }
    }
    for (unsigned i = 0; i < countof(mine); i++)
        slab_free(&things, mine[i]);
    for (;;) {
        hal_cpu_halt();
        atomic_store(&hal_cpu_local()->pending, 0);
    }
}

/* The first use of a cache is a race, too. */
static void cpus_share_a_cache(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++) {
        sim_teardown();
        boot(&(struct sim_config){.cpus = 3, .seed = seed, .switch_one_in = 2});
        assert_int_equal(sim_run(work), SIM_IDLE);
        check_nothing_is_left();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(objects_are_apart_and_aligned, setup, teardown),
        cmocka_unit_test_setup_teardown(zeroed_objects_are_zero, setup, teardown),
        cmocka_unit_test_setup_teardown(any_size_and_alignment, setup, teardown),
        cmocka_unit_test_setup_teardown(kmalloc_sizes, setup, teardown),
        cmocka_unit_test_setup_teardown(kmemdup_copies, setup, teardown),
        cmocka_unit_test_setup_teardown(random_operations, setup, teardown),
        cmocka_unit_test_setup_teardown(exhaustion_is_null_and_all_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(any_step_may_fail, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_use_is_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(caches_are_listed_once, setup, teardown),
        cmocka_unit_test_setup_teardown(cpus_share_a_cache, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
