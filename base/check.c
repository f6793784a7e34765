/*
 * check.c - counts and logs the checks of check.h.
 */
#include "base/check.h"

#include <stdatomic.h>

#include "base/log.h"

static atomic_uint checks, failures;

static bool count(bool ok)
{
    atomic_fetch_add_explicit(&checks, 1, memory_order_relaxed);
    if (!ok)
        atomic_fetch_add_explicit(&failures, 1, memory_order_relaxed);
    return ok;
}

bool check_note(bool ok, const char *file, unsigned line, const char *what)
{
    if (!count(ok))
        log_error("%s:%u: not so: %s", file, line, what);
    return ok;
}

bool check_note_equal(int64_t got, int64_t want, const char *file, unsigned line,
                      const char *what)
{
    if (!count(got == want))
        log_error("%s:%u: %s is %lld (%#llx), not %lld (%#llx)", file, line, what,
                  (long long)got, (unsigned long long)got, (long long)want,
                  (unsigned long long)want);
    return got == want;
}

void check_run(void (*fn)(void), const char *name)
{
    unsigned checks_before = atomic_load(&checks), failures_before = check_failures();
    unsigned failed;

    log_info("%s ...", name);
    fn();
    failed = check_failures() - failures_before;
    log_info("%s: %s, %u checks, %u failed", name, failed ? "FAILED" : "ok",
             atomic_load(&checks) - checks_before, failed);
}

unsigned check_failures(void)
{
    return atomic_load_explicit(&failures, memory_order_relaxed);
}
