/*
 * lapic.h - the local APIC of the CPU that calls: end of interrupt, IPIs, its timer.
 */
#pragma once

#include "base/types.h"

/* Where it is; once, on the boot CPU. */
void lapic_init(paddr_t base);
/* Switch on that of this CPU, timer masked. */
void lapic_enable(void);

/* The interrupt of the highest priority that is in service is over. */
void lapic_eoi(void);

/* Raise `vector` on another CPU. */
void lapic_send(uint32_t apic_id, unsigned vector);
void lapic_send_nmi(uint32_t apic_id);
/* Reset another CPU, and then start it in real mode at `page`, below 1 MiB. */
void lapic_send_init(uint32_t apic_id);
void lapic_send_startup(uint32_t apic_id, paddr_t page);

/* VECTOR_TIMER by the counter, which goes down to 0 once at the rate that time.c measures; or
 * by the TSC-deadline MSR. */
void lapic_timer_use_counter(void);
void lapic_timer_use_deadline(void);
/* 0 stops it. */
void lapic_timer_set(uint32_t count);
uint32_t lapic_timer_left(void);
