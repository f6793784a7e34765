/*
 * check.h - three macros for test suites that also run inside a freestanding kernel.
 *
 * A failed check is logged and counted, and the test goes on. Any CPU may check.
 */
#pragma once

#include "base/types.h"

/* The condition holds. True if so, to guard what depends on it. */
#define CHECK(condition) check_note((condition), __FILE__, __LINE__, #condition)

/* Two integers are equal; both are shown if not. */
#define CHECK_EQ(got, want) \
    check_note_equal((int64_t)(got), (int64_t)(want), __FILE__, __LINE__, #got)

/* Run the test `void fn(void)` and log its name and outcome. */
#define CHECK_RUN(fn) check_run((fn), #fn)

bool check_note(bool ok, const char *file, unsigned line, const char *what);
bool check_note_equal(int64_t got, int64_t want, const char *file, unsigned line,
                      const char *what);
void check_run(void (*fn)(void), const char *name);

/* Failures since boot. */
unsigned check_failures(void);
