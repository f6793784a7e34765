/*
 * greet.c - the library.
 */
#include "tests/zbi/dynamic/greet.h"

#include "user/zircon/runtime.h"

int greet_count;
_Thread_local int greet_own = 5;
static _Thread_local long next = 100;
static _Thread_local char zeroes[1000];

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

/* What is zero stays so, and is each thread's. */
int greet_next(void)
{
    for (unsigned i = 0; i < sizeof(zeroes); i++) {
        if (zeroes[i] != (next > 100))
            return -1;
        zeroes[i] = 1;
    }
    return (int)next++;
}

__attribute__((destructor)) static void destroy(void)
{
    program_say("the library ends");
}
