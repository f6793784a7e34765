/*
 * tty_console.h - the machine's serial console as a terminal.
 */
#pragma once

#include "personality/linux/tty/tty.h"

/* Once; input begins to flow. */
status_t tty_console_create(enum tty_kind kind, struct tty **out) MUST_USE;
