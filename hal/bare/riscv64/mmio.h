/*
 * mmio.h - registers of devices, at physical addresses, through the linear map. Ordered against
 * memory on both sides, as a driver expects.
 */
#pragma once

#include "hal/mmu.h"

static inline uint8_t mmio_read8(paddr_t pa)
{
    uint8_t value = *(volatile uint8_t *)hal_phys_to_virt(pa);

    __asm__ volatile("fence i, ir" ::: "memory");
    return value;
}

static inline void mmio_write8(paddr_t pa, uint8_t value)
{
    __asm__ volatile("fence iw, o" ::: "memory");
    *(volatile uint8_t *)hal_phys_to_virt(pa) = value;
}

static inline uint32_t mmio_read32(paddr_t pa)
{
    uint32_t value = *(volatile uint32_t *)hal_phys_to_virt(pa);

    __asm__ volatile("fence i, ir" ::: "memory");
    return value;
}

static inline void mmio_write32(paddr_t pa, uint32_t value)
{
    __asm__ volatile("fence iw, o" ::: "memory");
    *(volatile uint32_t *)hal_phys_to_virt(pa) = value;
}
