/*
 * stdio.h - descriptors 0, 1 and 2 of the first program: what the launcher hands on, as what it
 * is.
 */
#pragma once

#include "personality/linux/tty/tty.h"

enum {
    /* Bare metal: the launcher's stdout is no terminal, so nothing is echoed or translated. */
    STDIO_NO_TERMINAL = 1u << 0,
};

/* `stdio[i]` NULL: the launcher was started without it. `*tty`: the terminal among them, to be
 * the first session's; NULL: none is one. References of the caller's. */
status_t linux_stdio_open(unsigned flags, struct file *stdio[3], struct tty **tty) MUST_USE;

/* Once there is a root: those that are terminals have been opened at /dev/console. */
void linux_stdio_place(const struct path *root, struct file *const stdio[3]);
