/* irq.h - raising what hal_irq_serve takes. */
#pragma once

#include "hal/irq.h"

/* Set HAL_PENDING_ bits of `cpu` and make it look. Any context, any host process. */
void irq_raise(unsigned cpu, unsigned bits);
