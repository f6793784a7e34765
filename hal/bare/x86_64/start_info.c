/*
 * start_info.c - reads the start info of a PVH boot (Xen, public/arch-x86/hvm/start_info.h).
 */
#include "hal/bare/common/regions.h"
#include "hal/bare/x86_64/boot.h"

#include "base/assert.h"
#include "hal/mmu.h"

#define START_MAGIC 0x336ec578u
#define MEMORY_RAM  1u
#define MIB         (1ull << 20)

struct start_info {
    uint32_t magic, version, flags, module_count;
    uint64_t modules, cmdline, rsdp;
    /* version 1 */
    uint64_t memory_map;
    uint32_t memory_map_entries, reserved;
};

struct start_module {
    uint64_t address, size, cmdline, reserved;
};

struct start_memory {
    uint64_t address, size;
    uint32_t type, reserved;
};

static void memory_map_read(const struct start_info *start, struct hal_boot_info *info,
                            paddr_t *memory_end)
{
    const struct start_memory *map = hal_phys_to_virt(start->memory_map);

    for (uint32_t i = 0; i < start->memory_map_entries; i++) {
        if (map[i].type != MEMORY_RAM)
            continue;
        regions_add(info, map[i].address, map[i].size);
        *memory_end = MAX(*memory_end, map[i].address + map[i].size);
    }
}

/* The first MiB is firmware's, and holds the trampoline. The start info itself is read here and
 * needed no more. */
void start_info_read(paddr_t start_info, struct hal_boot_info *info, paddr_t *rsdp,
                     paddr_t *memory_end)
{
    const struct start_info *start = hal_phys_to_virt(start_info);
    const struct start_module *module;

    if (start->magic != START_MAGIC || start->version < 1)
        panic("no PVH start info with a memory map at %#llx", (unsigned long long)start_info);
    *rsdp = start->rsdp;
    *memory_end = 0;
    memory_map_read(start, info, memory_end);
    regions_remove(info, 0, MIB);
    regions_remove(info, hal_virt_to_phys(kernel_start), (uint64_t)(kernel_end - kernel_start));
    if (start->module_count == 0)
        return;
    module = hal_phys_to_virt(start->modules);
    info->initramfs = hal_phys_to_virt(module->address);
    info->initramfs_size = module->size;
    regions_remove(info, module->address, module->size);
}
