/*
 * assert.c - panic: words the reason and leaves the rest to the hook.
 */
#include "base/assert.h"

#include <stdarg.h>

#include "base/format.h"

static void (*panic_hook)(const char *reason);

void panic_set_hook(void (*hook)(const char *reason))
{
    panic_hook = hook;
}

void panic(const char *message, ...)
{
    char reason[256];
    va_list ap;

    va_start(ap, message);
    format_va(reason, sizeof(reason), message, ap);
    va_end(ap);
    if (panic_hook)
        panic_hook(reason);
    __builtin_trap(); /* no hook yet: an undefined instruction stops every machine we know */
}
