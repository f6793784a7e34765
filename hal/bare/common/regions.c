/*
 * regions.c - the free memory of hal_boot_info, cut to shape at boot.
 */
#include "hal/bare/common/regions.h"

static void region_put(struct hal_boot_info *info, paddr_t base, paddr_t end)
{
    if (base >= end || info->region_count == HAL_MAX_REGIONS)
        return;
    info->regions[info->region_count++] =
        (struct hal_memory_region){.base = base, .size = end - base};
}

void regions_add(struct hal_boot_info *info, paddr_t base, uint64_t size)
{
    region_put(info, ROUND_UP(base, PAGE_SIZE), ROUND_DOWN(base + size, PAGE_SIZE));
}

/* The set is rebuilt: of each region what lies below the hole, then what lies above it. */
void regions_remove(struct hal_boot_info *info, paddr_t base, uint64_t size)
{
    struct hal_boot_info old = *info;
    paddr_t hole = ROUND_DOWN(base, PAGE_SIZE), hole_end = ROUND_UP(base + size, PAGE_SIZE);

    info->region_count = 0;
    for (unsigned i = 0; i < old.region_count; i++) {
        paddr_t start = old.regions[i].base, end = start + old.regions[i].size;

        region_put(info, start, MIN(end, hole));
        region_put(info, MAX(start, hole_end), end);
    }
}

bool regions_take(struct hal_boot_info *info, uint64_t size, paddr_t *out)
{
    size = ROUND_UP(size, PAGE_SIZE);
    for (unsigned i = 0; i < info->region_count; i++) {
        if (info->regions[i].size < size)
            continue;
        *out = info->regions[i].base;
        regions_remove(info, *out, size);
        return true;
    }
    return false;
}
