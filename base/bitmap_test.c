/*
 * bitmap_test.c - bitmaps against an array of flags.
 */
#include "base/bitmap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

#define BITS 200u

static uint64_t map[BITMAP_WORDS(BITS)];
static bool model[BITS];
static struct random r;

static size_t below(size_t n)
{
    return random_below(&r, n);
}

static size_t model_find(size_t from, bool value)
{
    while (from < BITS && model[from] != value)
        from++;
    return from;
}

static void set(size_t bit, bool value)
{
    if (value)
        bitmap_set(map, bit);
    else
        bitmap_clear(map, bit);
    model[bit] = value;
}

/* A run of bits, so that whole words are equal now and then. */
static void mutate(void)
{
    size_t from = below(BITS), to = from + below(BITS - from + 1);
    bool value = below(2);

    for (size_t bit = from; bit < to; bit++)
        set(bit, value);
}

static void random_operations(void **state)
{
    (void)state;
    random_seed(&r, 3);
    for (unsigned round = 0; round < 20000; round++) {
        size_t from = below(BITS + 1);

        mutate();
        for (size_t i = 0; i < BITS; i++)
            assert_int_equal(bitmap_test(map, i), model[i]);
        assert_int_equal(bitmap_find_set(map, BITS, from), model_find(from, true));
        assert_int_equal(bitmap_find_clear(map, BITS, from), model_find(from, false));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_operations)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
