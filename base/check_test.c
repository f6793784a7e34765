/*
 * check_test.c - the checks of check.h count and tell what fails, and only that.
 */
#include "base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"

static char errors[512];
static unsigned lines;

static void sink(enum log_level level, const char *line, size_t size)
{
    lines++;
    if (level == LOG_ERROR)
        strncat(errors, line, size);
}

static void good_and_bad(void)
{
    CHECK(1 + 1 == 2);
    CHECK(1 + 1 == 3);
    CHECK_EQ(2 + 2, 4);
    CHECK_EQ(2 + 2, 5);
}

static void failures_are_counted_and_told(void **state)
{
    (void)state;
    log_init(sink, LOG_INFO);
    assert_int_equal(check_failures(), 0);
    CHECK_RUN(good_and_bad);
    assert_int_equal(check_failures(), 2);
    assert_int_equal(lines, 4); /* begin, two failures, end */
    assert_non_null(strstr(errors, "not so: 1 + 1 == 3"));
    assert_non_null(strstr(errors, "2 + 2 is 4 (0x4), not 5 (0x5)"));
    assert_null(strstr(errors, "== 2"));
    log_init(NULL, LOG_INFO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(failures_are_counted_and_told)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
