/*
 * dynamic.c - the program: says the library's text and ends with 42, which both know together.
 */
#include <threads.h>

#include "tests/zbi/dynamic/greet.h"
#include "user/zircon/runtime.h"

static _Thread_local int mine = 7;

int program_answer(void)
{
    return 40;
}

void program_say(const char *text)
{
    print(text);
}

/* Variables of the program and of the library, of a thread that is new. */
static int check_own(void *arg)
{
    (void)arg;
    if (mine != 7 || greet_own != 5 || greet_next() != 100)
        return 0;
    mine = greet_own = 1;
    return greet_next() == 101;
}

int main(int argc, char **argv)
{
    thrd_t thread;
    int fine = 0;

    (void)argc, (void)argv;
    print(greet_text());
    if (zx_system_get_num_cpus() < 1 || greet_count != 1 || !check_own(NULL))
        return 1;
    if (thrd_create(&thread, check_own, NULL) != thrd_success ||
        thrd_join(thread, &fine) != thrd_success || !fine)
        return 2;
    if (mine != 1 || greet_own != 1 || greet_next() != 102)
        return 3;
    return greet_ask();
}
