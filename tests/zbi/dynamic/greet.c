/*
 * greet.c - the library.
 */
#include "tests/zbi/dynamic/greet.h"

#include "user/zircon/runtime.h"

int greet_count;

/* Pointers in data: relocated by the base, and by a symbol. */
static const char *const texts[] = {"nothing", "a greeting from the library"};
static int (*volatile ask)(void) = program_answer;

__attribute__((constructor)) static void construct(void)
{
    greet_count++;
}

const char *greet_text(void)
{
    return texts[greet_count];
}

int greet_ask(void)
{
    return ask() + (zx_clock_get_monotonic() > 0) + greet_count;
}
