/*
 * bitmap_test.c - bitmaps against an array of flags.
 */
#include "base/bitmap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

static size_t model_run(size_t from, size_t count)
{
    for (; from + count <= BITS; from++)
        if (!memchr(&model[from], true, count))
            return from;
    return BITS;
}

static void mutate(void)
{
    size_t from = below(BITS), to = from + below(BITS - from + 1);

    switch (below(4)) {
    case 0:
        bitmap_set(map, from);
        model[from] = true;
        break;
    case 1:
        bitmap_clear(map, from);
        model[from] = false;
        break;
    case 2:
        bitmap_set_range(map, from, to);
        memset(&model[from], true, to - from);
        break;
    default:
        bitmap_clear_range(map, from, to);
        memset(&model[from], false, to - from);
    }
}

static void random_operations(void **state)
{
    (void)state;
    random_seed(&r, 3);
    for (unsigned round = 0; round < 20000; round++) {
        size_t from = below(BITS + 1), count = 1 + below(80);

        mutate();
        for (size_t i = 0; i < BITS; i++)
            assert_int_equal(bitmap_test(map, i), model[i]);
        assert_int_equal(bitmap_find_set(map, BITS, from), model_find(from, true));
        assert_int_equal(bitmap_find_clear(map, BITS, from), model_find(from, false));
        assert_int_equal(bitmap_find_clear_run(map, BITS, from, count), model_run(from, count));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_operations)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
