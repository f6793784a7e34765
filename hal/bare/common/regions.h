/*
 * regions.h - sets of physical memory: what the machine has, less what is taken.
 */
#pragma once

#include "hal/boot.h"

/* Add [base, base + size), cut to whole pages. Beyond HAL_MAX_REGIONS it is left unused. */
void regions_add(struct hal_boot_info *info, paddr_t base, uint64_t size);

/* Take [base, base + size), widened to whole pages, out of every region. */
void regions_remove(struct hal_boot_info *info, paddr_t base, uint64_t size);

/* Take `size` bytes, page aligned, from the first region that has them. False: none has. */
bool regions_take(struct hal_boot_info *info, uint64_t size, paddr_t *out);
