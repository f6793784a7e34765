/*
 * first.c - says that it runs, and stays until it is killed. bench/start waits for that.
 */
#include <unistd.h>

int main(void)
{
    if (write(STDOUT_FILENO, "!", 1) != 1)
        return 1;
    for (;;)
        pause();
}
