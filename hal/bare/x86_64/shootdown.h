/*
 * shootdown.h - make other CPUs forget translations.
 */
#pragma once

#include "hal/mmu.h"

/* No CPU holds a translation of these pages when it returns. The tables were changed before. */
void shootdown(struct hal_pt *pt, user_addr_t va, size_t count);

/* No CPU has the address space loaded when it returns. */
void shootdown_leave(struct hal_pt *pt);

/* Do what other CPUs ask of this one. Any context: it takes no lock. */
void shootdown_serve(void);
