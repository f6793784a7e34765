/*
 * hash_test.c - dispersion of hashes, and that the generator is the published one.
 */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

#define BUCKETS 256u
#define KEYS    (BUCKETS * 64u)

/* Similar keys spread: no bucket of a table has twice or half of its share. */
static void check_spread(const unsigned *count)
{
    for (unsigned i = 0; i < BUCKETS; i++)
        assert_in_range(count[i], KEYS / BUCKETS / 2, KEYS / BUCKETS * 2);
}

static void names_spread(void **state)
{
    unsigned count[BUCKETS] = {0};
    char name[32];

    (void)state;
    for (unsigned i = 0; i < KEYS; i++) {
        int size = snprintf(name, sizeof(name), "file%u.txt", i);

        count[hash_bytes(name, (size_t)size, 0) % BUCKETS]++;
    }
    check_spread(count);
}

static void numbers_spread(void **state)
{
    unsigned count[BUCKETS] = {0};

    (void)state;
    for (unsigned i = 0; i < KEYS; i++)
        count[hash_u64((uint64_t)i << 12) % BUCKETS]++;
    check_spread(count);
}

static void every_byte_and_the_length_count(void **state)
{
    char name[24] = {0};

    (void)state;
    for (size_t size = 1; size < sizeof(name); size++) {
        uint64_t h = hash_bytes(name, size, 1);

        assert_true(h != hash_bytes(name, size - 1, 1));
        assert_true(h != hash_bytes(name, size, 2));
        for (size_t at = 0; at < size; at++) {
            name[at] = 1;
            assert_true(h != hash_bytes(name, size, 1));
            name[at] = 0;
        }
    }
}

/* xoshiro256** from state 1, 2, 3, 4: the first outputs of the authors' code. */
static void the_generator_is_xoshiro(void **state)
{
    struct random r = {{1, 2, 3, 4}};

    (void)state;
    assert_int_equal(random_u64(&r), 11520);
    assert_int_equal(random_u64(&r), 0);
    assert_int_equal(random_u64(&r), 1509978240);
    assert_int_equal(random_u64(&r), 1215971899390074240);
}

static void seeds_differ_and_bounds_hold(void **state)
{
    struct random a, b;

    (void)state;
    random_seed(&a, 0);
    random_seed(&b, 1);
    assert_true(random_u64(&a) != random_u64(&b));
    for (unsigned i = 0; i < 1000; i++)
        assert_true(random_below(&a, 10) < 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_spread),
        cmocka_unit_test(numbers_spread),
        cmocka_unit_test(every_byte_and_the_length_count),
        cmocka_unit_test(the_generator_is_xoshiro),
        cmocka_unit_test(seeds_differ_and_bounds_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
