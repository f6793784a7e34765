/* terminal.c - raw mode of the terminal on descriptor 0. */
#include "tools/zcore/terminal.h"

#include <stdbool.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static volatile bool raw;

void terminal_raw(void)
{
    struct termios mode;

    if (raw || tcgetattr(STDIN_FILENO, &before))
        return;
    mode = before;
    cfmakeraw(&mode);
    raw = tcsetattr(STDIN_FILENO, TCSADRAIN, &mode) == 0;
}

void terminal_restore(void)
{
    if (raw)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    raw = false;
}
