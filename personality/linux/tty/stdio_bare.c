/*
 * stdio_bare.c - on a machine of its own, the serial console is all three descriptors.
 */
#include "personality/linux/tty/stdio.h"

#include "personality/linux/tty/tty_console.h"

status_t linux_stdio_open(unsigned flags, struct file *stdio[3], struct tty **tty)
{
    status_t st = tty_register_devices();

    if (st == OK)
        st = tty_console_create(flags & STDIO_NO_TERMINAL ? TTY_PLAIN : TTY_NORMAL, tty);
    if (st != OK)
        return st;
    tty_set_console(*tty);
    for (unsigned i = 0; i < 3; i++) {
        st = tty_file_create(*tty, FILE_READ | FILE_WRITE, &stdio[i]);
        if (st != OK)
            return st; /* the machine does not start */
    }
    return OK;
}
