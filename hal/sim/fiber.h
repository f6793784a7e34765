/*
 * fiber.h - host stacks to switch between, known to the address sanitizer.
 */
#pragma once

#include "base/types.h"

struct fiber {
    void *sp;    /* while it does not run; switch.S saves the registers above it */
    void *stack; /* lowest address; of the host thread's own stack once it was left */
    size_t size;
    void *shadow; /* the sanitizer's */
    bool ours;    /* `stack` was mapped by fiber_create */
    void (*body)(void *arg);
    void *arg;
};

/* `body` must not return. */
struct fiber *fiber_create(void (*body)(void *arg), void *arg);
/* Not the one that runs. What it holds on its stack is forgotten. */
void fiber_destroy(struct fiber *fiber);

/* Leave `from`, which is running, for `to`; returns when something switches back. */
void fiber_switch(struct fiber *from, struct fiber *to);
