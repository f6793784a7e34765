/*
 * console_input.h - what is typed on the machine's console, for programs that read it without a
 * terminal. The machine says where it comes from; nothing is taken from there before somebody
 * reads.
 */
#pragma once

#include "co/timer.h"

struct console_input {
    /* What is there, without waiting; 1 ... size bytes. ERR_SHOULD_WAIT: console_input_arrived
     * will be called, from hal_irq_serve. Other errors: there is no more, ever. */
    status_t (*read)(char *to, size_t size, size_t *actual);
};

/* Once, at boot; without, there is no input. It stays the caller's. */
void console_input_set(const struct console_input *of_machine);
void console_input_arrived(void);

/* Wait for bytes. ERR_NOT_SUPPORTED: there is no input; ERR_CANCELED, ERR_INTERRUPTED; or what
 * the machine says at the end. */
enum { CONSOLE_READ_MAX = 64 };
struct console_read {
    struct co co;
    size_t size;                  /* in: at most this many, and CONSOLE_READ_MAX */
    size_t actual;                /* out */
    char bytes[CONSOLE_READ_MAX]; /* out */
    struct waiter waiter;         /* of console_input.c */
};
co_fn console_read;
