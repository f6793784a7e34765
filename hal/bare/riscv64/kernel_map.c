/*
 * kernel_map.c - the linear map: devices and memory in the largest pages that fit, the kernel's
 * image in 4 KiB pages with the rights of each part, and a hole below each stack.
 */
#include "hal/bare/riscv64/kernel_map.h"

#include "base/assert.h"
#include "base/string.h"
#include "hal/bare/common/regions.h"
#include "hal/bare/riscv64/cpu_internal.h"
#include "hal/bare/riscv64/pte.h"

#define KERNEL_PAGE (PTE_READ | PTE_GLOBAL | PTE_ACCESSED | PTE_DIRTY)

/* kernel.ld */
extern char kernel_text[], kernel_rodata[], kernel_data[];

pte_t kernel_root[PT_ENTRIES] __attribute__((aligned(PAGE_SIZE))); /* entry.S knows it */

paddr_t kernel_root_phys(void)
{
    return hal_virt_to_phys(kernel_root);
}

void kernel_map_share(paddr_t root)
{
    pte_t *to = hal_phys_to_virt(root);

    memcpy(to + PT_ENTRIES / 2, kernel_root + PT_ENTRIES / 2, PAGE_SIZE / 2);
}

static pte_t *table_below(pte_t *slot, struct hal_boot_info *info)
{
    paddr_t pa;

    if (!pte_get(slot)) {
        if (!regions_take(info, PAGE_SIZE, &pa))
            panic("no memory for the kernel's page tables");
        memset(hal_phys_to_virt(pa), 0, PAGE_SIZE);
        pte_set(slot, pte_make(pa, 0));
    }
    return pte_table(pte_get(slot));
}

/* The largest level whose pages fit at `pa` before `end`. */
static unsigned level_at(paddr_t pa, paddr_t end)
{
    unsigned level = PT_ROOT_LEVEL;

    while (level && (!IS_ALIGNED(pa, pt_span(level)) || end - pa < pt_span(level)))
        level--;
    return level;
}

static void map_up_to(struct hal_boot_info *info, paddr_t *at, paddr_t end, uint64_t rights)
{
    while (*at < end) {
        uint64_t va = *at + LINEAR_BASE;
        unsigned level = level_at(*at, end);
        pte_t *table = kernel_root;

        for (unsigned l = PT_ROOT_LEVEL; l > level; l--)
            table = table_below(&table[pt_index(va, l)], info);
        pte_set(&table[pt_index(va, level)], pte_make(*at, KERNEL_PAGE | rights));
        *at += pt_span(level);
    }
}

/* From the bottom of physical memory to its top, each part as far as the next begins. */
void kernel_map_init(struct hal_boot_info *info, paddr_t end)
{
    paddr_t at = 0;

    map_up_to(info, &at, hal_virt_to_phys(kernel_text), PTE_WRITE);
    map_up_to(info, &at, hal_virt_to_phys(kernel_rodata), PTE_EXEC);
    map_up_to(info, &at, hal_virt_to_phys(kernel_data), 0);
    for (unsigned id = 0; id < hal_cpu_count(); id++) {
        map_up_to(info, &at, hal_virt_to_phys((void *)cpu_area(id)), PTE_WRITE);
        at += CPU_AREA_GUARD;
    }
    map_up_to(info, &at, end, PTE_WRITE);

    csr_write(satp, SATP_SV39 | kernel_root_phys() >> PAGE_SHIFT);
    __asm__ volatile("sfence.vma" ::: "memory");
}
