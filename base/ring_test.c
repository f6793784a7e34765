/*
 * ring_test.c - a stream of bytes through a small ring comes out as it went in.
 */
#include "base/ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

#define SIZE 16u

static void a_stream_passes(void **state)
{
    unsigned char buf[SIZE], chunk[2 * SIZE];
    unsigned char next_in = 0, next_out = 0;
    struct ring ring;
    struct random r;

    (void)state;
    random_seed(&r, 5);
    ring_init(&ring, buf, SIZE);
    ring.read = ring.written = UINT32_MAX - 5; /* the counters wrap early on */
    for (unsigned round = 0; round < 10000; round++) {
        uint32_t want = (uint32_t)random_below(&r, sizeof(chunk)), used = ring_used(&ring), n;

        for (uint32_t i = 0; i < want; i++)
            chunk[i] = (unsigned char)(next_in + i);
        n = ring_write(&ring, chunk, want);
        assert_int_equal(n, MIN(want, SIZE - used));
        next_in += (unsigned char)n;
        assert_int_equal(ring_used(&ring) + ring_space(&ring), SIZE);

        n = ring_read(&ring, chunk, (uint32_t)random_below(&r, sizeof(chunk)));
        for (uint32_t i = 0; i < n; i++)
            assert_int_equal(chunk[i], next_out++);
    }
}

static void peeking_takes_nothing(void **state)
{
    unsigned char buf[SIZE];
    char out[SIZE] = {0};
    struct ring ring;

    (void)state;
    ring_init(&ring, buf, SIZE);
    ring_write(&ring, "0123456789", 10);
    assert_int_equal(ring_drop(&ring, 8), 8);
    ring_write(&ring, "abcdefghij", 10);
    assert_int_equal(ring_peek(&ring, 0, out, 4), 4);
    assert_memory_equal(out, "89ab", 4);
    assert_int_equal(ring_peek(&ring, 6, out, SIZE), 6);
    assert_memory_equal(out, "efghij", 6);
    assert_int_equal(ring_peek(&ring, 12, out, 1), 0);
    assert_int_equal(ring_used(&ring), 12);
    assert_int_equal(ring_drop(&ring, 100), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_passes),
        cmocka_unit_test(peeking_takes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
