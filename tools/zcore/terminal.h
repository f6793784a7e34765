/*
 * terminal.h - the terminal on descriptor 0, whose line discipline is the guest kernel's.
 */
#pragma once

/* Raw, if it is a terminal; remembers how it was. */
void terminal_raw(void);

/* As it was before terminal_raw. Any number of times, in a signal handler too. */
void terminal_restore(void);
