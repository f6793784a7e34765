/*
 * boot.h - what the machine or the launcher told the kernel, and how to leave.
 */
#pragma once

#include "base/types.h"

struct hal_memory_region {
    paddr_t base;
    uint64_t size; /* bytes; both page aligned */
};

#define HAL_MAX_REGIONS 16u

/* Filled in by the HAL before kernel_main. Kernel image, initramfs and boot record are not in
 * the regions. */
struct hal_boot_info {
    struct hal_memory_region regions[HAL_MAX_REGIONS]; /* free memory */
    unsigned region_count;
    const void *initramfs; /* cpio newc, in the linear map; NULL: none */
    size_t initramfs_size;
    /*
     * The boot record: NUL-terminated strings, the first byte of each says what it is:
     *   'A' an argument of the first program, in order; 'E' NAME=VALUE of its environment;
     *   'D' its working directory; 'O' NAME=VALUE, an option of the kernel (docs/boot.md).
     * libos: handed over by the launcher. Bare metal: NULL here, and the kernel takes the file
     * ".zcore/boot" of the initramfs.
     */
    const char *record;
    size_t record_size;
};

const struct hal_boot_info *hal_boot_info(void);

/* The symbol of kernel/main.c that the HAL enters on the boot CPU, interrupts set up, on the
 * CPU's own stack. */
_Noreturn void kernel_main(void);

/* End the machine with the launcher's exit status 0..255. Any CPU, any context. */
_Noreturn void hal_power_off(int status);

/* Panic support: stop the other CPUs (they never return), best effort. */
void hal_stop_others(void);

/* Return addresses of the caller's stack, innermost first; how many. Never faults. */
size_t hal_backtrace(uintptr_t *out, size_t max);

/* Fill with unpredictable bytes. */
void hal_entropy(void *buf, size_t size);
/* Stir bytes into what those are made of, which is never the worse for it. */
void hal_entropy_add(const void *data, size_t size);
