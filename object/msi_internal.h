/*
 * msi_internal.h - what msi.c knows of the platform, for the interrupts (msi_interrupt.c).
 */
#pragma once

#include "object/msi.h"

/* What a message is for the irq. */
uint64_t msi_target_addr(void);
uint32_t msi_target_data(unsigned irq);

/* The irq of a block comes to `i` from now on; no longer, when msi_detach returns. No lock
 * held. */
void msi_attach(unsigned irq, struct interrupt *i);
void msi_detach(unsigned irq);
