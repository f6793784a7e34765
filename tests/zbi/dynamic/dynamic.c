/*
 * dynamic.c - the program: says the library's text and ends with 42, which both know together.
 */
#include "tests/zbi/dynamic/greet.h"
#include "user/zircon/runtime.h"

int program_answer(void)
{
    return 40;
}

int main(int argc, char **argv)
{
    (void)argc, (void)argv;
    print(greet_text());
    if (zx_system_get_num_cpus() < 1)
        return 1;
    return greet_ask();
}
