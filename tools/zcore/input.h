/*
 * input.h - our standard input on its way to a guest's serial terminal.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct input {
    int fd;        /* the machine's console */
    bool terminal; /* what is typed goes on as it is */
    bool open;     /* our standard input has more */
    unsigned line; /* bytes that the guest holds back until their line ends */
    char pending[8192];
    size_t from, to; /* what of it the machine has not taken */
};

/* Reads once; only when nothing is pending. */
void input_read(struct input *input);
/* Sends what is pending, as far as the machine takes it. */
void input_send(struct input *input);
/* A character as if typed. */
void input_type(struct input *input, char c);
