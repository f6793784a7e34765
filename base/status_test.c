/*
 * status_test.c - texts and translations of status codes.
 */
#include "base/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void every_code_translates(void **state)
{
    (void)state;
#define STATUS(name, number, zircon, error, text)     \
    assert_int_equal(name, number);                   \
    assert_int_equal(status_to_errno(name), error);   \
    assert_int_equal(status_to_zircon(name), zircon); \
    assert_string_equal(status_text(name), text);     \
    if (error)                                        \
        assert_int_equal(status_to_errno(status_from_errno(error)), error);
#include "base/status.def"
#undef STATUS
}

static void private_codes_become_public_ones(void **state)
{
    (void)state;
#define STATUS(name, number, zircon, error, text) \
    assert_int_equal(status_to_zircon(status_to_zircon(name)), status_to_zircon(name));
#include "base/status.def"
#undef STATUS
}

static void shared_errnos_mean_the_host_s(void **state)
{
    (void)state;
    assert_int_equal(status_from_errno(5), ERR_IO);
    assert_int_equal(status_from_errno(11), ERR_SHOULD_WAIT);
    assert_int_equal(status_from_errno(2), ERR_NOT_FOUND);
    assert_int_equal(status_from_errno(22), ERR_INVALID_ARGS);
    assert_int_equal(status_from_errno(0), OK);
}

static void unknown_codes(void **state)
{
    (void)state;
    assert_int_equal(status_from_errno(9999), ERR_IO);
    assert_int_equal(status_to_errno(-9999), 5);
    assert_int_equal(status_to_zircon(-9999), ERR_INTERNAL);
    assert_non_null(status_text(-9999));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_translates),
        cmocka_unit_test(private_codes_become_public_ones),
        cmocka_unit_test(shared_errnos_mean_the_host_s),
        cmocka_unit_test(unknown_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
