/*
 * pit.h - the rates of TSC and APIC timer, measured against the one clock whose rate is known.
 */
#pragma once

#include "base/types.h"

struct clock_rates {
    uint64_t tsc, apic; /* Hz */
};

/* Takes some 30 ms. Interrupts off; the local APIC's timer is used and left stopped. */
struct clock_rates pit_measure(void);
