/*
 * terminal.h - the terminal on descriptor 0, whose line discipline is the guest kernel's.
 */
#pragma once

/* Raw, if it is a terminal; remembers how it was. Should the caller be killed, it becomes so
 * again. */
void terminal_raw(void);

/* In a process that was forked meanwhile: whether the terminal is raw is its parent's affair.
 */
void terminal_leave(void);

/* As it was before terminal_raw. Any number of times, in a signal handler too. */
void terminal_restore(void);
