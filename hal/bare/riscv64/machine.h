/*
 * machine.h - what the device tree says about the machine, in the HAL's words.
 */
#pragma once

#include "hal/boot.h"
#include "hal/cpu.h"

struct machine {
    struct hal_boot_info info; /* memory, less what is reserved; the initramfs */
    paddr_t memory_end;        /* the first address above all memory */

    uint64_t timebase; /* ticks of the time register a second */
    bool has_stimecmp; /* the extension Sstc: each CPU sets its own timer */

    /* Devices; base 0: there is none. */
    struct {
        paddr_t base;
        unsigned reg_shift, source;
    } uart;
    struct {
        paddr_t base;
        unsigned sources;
        unsigned context; /* the boot CPU's, for supervisor mode */
    } plic;
    paddr_t test_device; /* SiFive's: ends the machine with a status */
    paddr_t rtc;         /* Goldfish's */

    const void *seed; /* from firmware; NULL: none */
    int seed_size;
};

/* Read the tree; cpu_add for each CPU, `boot_hart` first. */
void machine_read(const void *fdt, uint64_t boot_hart, struct machine *machine);
