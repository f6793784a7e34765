/* upcalls.h - the table that kernel/main.c registered. */
#pragma once

#include "base/status.h"
#include "hal/irq.h"

extern const struct hal_upcalls *hal_upcalls;
