/*
 * interrupt.h - options of the interrupt calls (zircon/types.h of June 2020), and messages as
 * interrupts.
 */
#pragma once

#include "uapi/zircon/types.h"

/* zx_interrupt_create. */
#define ZX_INTERRUPT_REMAP_IRQ       0x1u
#define ZX_INTERRUPT_MODE_DEFAULT    0x0u
#define ZX_INTERRUPT_MODE_EDGE_LOW   0x2u
#define ZX_INTERRUPT_MODE_EDGE_HIGH  0x4u
#define ZX_INTERRUPT_MODE_LEVEL_LOW  0x6u
#define ZX_INTERRUPT_MODE_LEVEL_HIGH 0x8u
#define ZX_INTERRUPT_MODE_EDGE_BOTH  0xau
#define ZX_INTERRUPT_MODE_MASK       0xeu
#define ZX_INTERRUPT_VIRTUAL         0x10u

/* zx_interrupt_bind. */
#define ZX_INTERRUPT_BIND   0u
#define ZX_INTERRUPT_UNBIND 1u

#define ZX_INTERRUPT_SLOT_USER 62u

/* zx_msi_create. */
#define ZX_MSI_MODE_MSI_X 1u

typedef struct zx_info_msi {
    uint64_t target_addr;
    uint32_t target_data;
    uint32_t base_irq_id, num_irq;
    uint32_t interrupt_count;
} zx_info_msi_t;
