/*
 * format_test.c - format against the host's snprintf, log lines, panic.
 */
#include "base/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* After cmocka, which has an assert of its own. */
#include "base/assert.h"
#include "base/log.h"

/* Through pointers, or the compilers would judge directives that are odd on purpose. */
typedef int print_fn(char *buf, size_t size, const char *format, ...);
static print_fn *const ours = format, *const hosts = snprintf;

/* The same text and length as the host's, at full and at cut size. */
#define SAME(...)                                                                   \
    do {                                                                            \
        char our_text[128], host_text[128];                                         \
        int length = ours(our_text, sizeof(our_text), __VA_ARGS__);                 \
                                                                                    \
        assert_int_equal(length, hosts(host_text, sizeof(host_text), __VA_ARGS__)); \
        assert_string_equal(our_text, host_text);                                   \
        assert_int_equal(ours(our_text, 4, __VA_ARGS__), length);                   \
        assert_int_equal(strlen(our_text), length < 3 ? length : 3);                \
    } while (0)

static void integers(void **state)
{
    (void)state;
    SAME("%d %i %u", 0, -17, 17u);
    SAME("%d %d", INT32_MAX, INT32_MIN);
    SAME("%ld %lld", INT64_MAX, (long long)INT64_MIN);
    SAME("%lu %zu %jd %td", UINT64_MAX, sizeof(int), (intmax_t)-1, (ptrdiff_t)-2);
    SAME("%hhd %hd %hhu %hu", 200, 40000, 456, 70000);
    SAME("%x %X %#x %#X %#x", 0xbeefu, 0xbeefu, 0xbeefu, 0xbeefu, 0u);
    SAME("%o %#o %#o", 8u, 8u, 0u);
}

static void widths(void **state)
{
    (void)state;
    SAME("[%5d][%-5d][%05d]", 42, 42, -42);
    SAME("[%+d][% d][%+05d]", 42, 42, 42);
    SAME("[%*d][%-*d][%*d]", 6, 1, 6, 2, -6, 3);
    SAME("[%.3d][%8.3d][%-8.3d][%.0d]", 7, 7, 7, 0);
    SAME("[%#010x][%#8.4x][%-#8x]", 0xau, 0xau, 0xau);
    SAME("[%.*d]", -1, 5);
}

static void text(void **state)
{
    (void)state;
    SAME("[%s][%10s][%-10s]", "abc", "abc", "abc");
    SAME("[%.2s][%5.1s][%.*s]", "abc", "abc", 2, "xyz");
    SAME("[%c][%3c][%-3c]", 'a', 'b', 'c');
    SAME("100%% %s", "sure");
    SAME("%p", (void *)0x1234abcd);
}

static void nothing_is_written_without_room(void **state)
{
    char c = 'x';

    (void)state;
    assert_int_equal(format(&c, 0, "%d", 12345), 5);
    assert_int_equal(c, 'x');
}

static char line[300];
static size_t line_size;

static void sink(enum log_level level, const char *text_of, size_t size)
{
    (void)level;
    memcpy(line, text_of, size);
    line[size] = '\0';
    line_size = size;
}

static void log_filters_and_cuts(void **state)
{
    (void)state;
    log_init(sink, LOG_INFO);
    log_info("%d bottles", 99);
    assert_string_equal(line, "99 bottles");
    log_debug("not seen");
    assert_string_equal(line, "99 bottles");
    log_error("%300d", 1);
    assert_int_equal(line_size, 255);
    log_init(NULL, LOG_INFO);
    assert_false(log_enabled(LOG_ERROR));
}

static jmp_buf after_panic;

static void on_panic(const char *reason)
{
    strcpy(line, reason);
    longjmp(after_panic, 1);
}

static void panic_tells_the_reason(void **state)
{
    (void)state;
    panic_set_hook(on_panic);
    if (setjmp(after_panic) == 0)
        panic("code %d", 7);
    assert_string_equal(line, "code 7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(widths),
        cmocka_unit_test(text),
        cmocka_unit_test(nothing_is_written_without_room),
        cmocka_unit_test(log_filters_and_cuts),
        cmocka_unit_test(panic_tells_the_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
