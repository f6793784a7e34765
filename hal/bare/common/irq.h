/*
 * irq.h - device interrupts of a bare machine: a table of handlers over one interrupt
 * controller.
 */
#pragma once

#include "hal/irq.h"

#define IRQ_MAX_SOURCES 256u

/* The target's controller. */
struct irq_controller {
    unsigned sources; /* numbered 0 .. sources - 1, at most IRQ_MAX_SOURCES */
    void (*unmask)(unsigned source);
    void (*mask)(unsigned source);
    /* NULL: sources are as they are wired. */
    void (*configure)(unsigned source, enum hal_irq_mode mode);
    /* This CPU noted HAL_PENDING_DEVICE: take each source that came in, call irq_dispatch for
     * it, and keep it closed until that returns. Runs from hal_irq_serve. */
    void (*serve)(void);
};

/* Once, on the boot CPU, before the first hal_irq_register. */
void irq_controller_set(const struct irq_controller *controller);

/* Run the handler of `source`, if there is one. From irq_controller.serve only. */
void irq_dispatch(unsigned source);

/* What kernel/main.c registered. */
const struct hal_upcalls *irq_upcalls(void);
/* hal_upcalls.syscall of the context: true, the call is over. */
bool irq_call_is_over(struct hal_context *ctx) MUST_USE;
