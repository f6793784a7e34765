/*
 * assert.h - assertions and the last word of a kernel that cannot go on.
 */
#pragma once

#include "base/types.h"

/*
 * Say why, then stop the machine: the hook registered at boot (kernel/panic.c) prints backtrace
 * and await chains, restores the console and powers off with status 125. Any context.
 */
_Noreturn void panic(const char *format, ...) PRINTF_LIKE(1, 2);

/* Called by panic with the formatted reason; must not return. NULL before boot: halts. */
void panic_set_hook(void (*hook)(const char *reason));

/* An impossible state; a user's mistake never is one. Kept in release builds. */
#define assert(condition)                                                         \
    do {                                                                          \
        if (__builtin_expect(!(condition), 0))                                    \
            panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #condition); \
    } while (0)
