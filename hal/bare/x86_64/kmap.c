/*
 * kmap.c - the kernel half of every address space, built once at boot.
 *
 * Three parts: the linear map of everything below 4 GiB or the end of memory, whichever is
 * higher (firmware's MTRRs keep device memory in it uncached); the CPU stacks; the image. No
 * address is both writable and executable, and no page of the image is writable through the
 * linear map that is not so in the image.
 */
#include "hal/bare/common/regions.h"
#include "hal/bare/x86_64/boot.h"
#include "hal/bare/x86_64/cpu.h"
#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/pte.h"

#include "base/assert.h"
#include "base/string.h"

#define GIB (1ull << 30)

#define KERNEL_TEXT   (PTE_PRESENT | PTE_GLOBAL)
#define KERNEL_RODATA (PTE_PRESENT | PTE_GLOBAL | PTE_NO_EXEC)
#define KERNEL_DATA   (PTE_PRESENT | PTE_GLOBAL | PTE_NO_EXEC | PTE_WRITE)

/* entry.S goes by the one, C by the other. */
_Static_assert(HAL_IMAGE_BASE == KERNEL_WINDOW, "layout.h");
_Static_assert((HAL_LINEAR_BASE >> 39 & (PT_ENTRIES - 1)) == LINEAR_SLOT, "layout.h");

static paddr_t root;

paddr_t kmap_root(void)
{
    return root;
}

/* The boot tables reach 4 GiB only, and region 0 is the lowest. */
static paddr_t boot_page(struct hal_boot_info *info)
{
    paddr_t page;

    if (!regions_take(info, PAGE_SIZE, &page) || page >= 4 * GIB)
        panic("too little memory to boot");
    memset(hal_phys_to_virt(page), 0, PAGE_SIZE);
    return page;
}

static bool leaf_fits(unsigned level, uint64_t va, paddr_t pa, uint64_t size)
{
    unsigned top = cpu_features.gib_pages ? 3 : 2;

    return level == 1 ||
           (level <= top && IS_ALIGNED(va | pa, pt_span(level)) && size >= pt_span(level));
}

/* The entry for `va` in the highest table where a leaf for it may stand. */
static pte_t *leaf_make(struct hal_boot_info *info, uint64_t va, paddr_t pa, uint64_t size,
                        unsigned *level)
{
    pte_t *table = hal_phys_to_virt(root);
    pte_t *entry;

    for (*level = PT_LEVELS;; --*level) {
        entry = &table[pt_index(va, *level)];
        if (leaf_fits(*level, va, pa, size))
            return entry;
        if (!*entry)
            *entry = boot_page(info) | PTE_PRESENT | PTE_WRITE;
        table = pt_table(*entry);
    }
}

static void map(struct hal_boot_info *info, uint64_t va, paddr_t pa, paddr_t end, pte_t flags)
{
    unsigned level;
    pte_t *entry;

    while (pa < end) {
        entry = leaf_make(info, va, pa, end - pa, &level);
        *entry = pa | flags | (level > 1 ? PTE_LARGE : 0);
        va += pt_span(level);
        pa += pt_span(level);
    }
}

static void map_linear(struct hal_boot_info *info, paddr_t pa, paddr_t end, pte_t flags)
{
    map(info, (uint64_t)hal_phys_to_virt(pa), pa, end, flags);
}

static void map_image(struct hal_boot_info *info, const char *from, const char *to, pte_t flags)
{
    map(info, (uint64_t)from, hal_virt_to_phys(from), hal_virt_to_phys(to), flags);
}

static void map_stack(struct hal_boot_info *info, uintptr_t top)
{
    paddr_t pa;

    for (uintptr_t va = top - STACK_SIZE; va < top; va += PAGE_SIZE) {
        pa = boot_page(info);
        map(info, va, pa, pa + PAGE_SIZE, KERNEL_DATA);
    }
}

void kmap_init(struct hal_boot_info *info, paddr_t memory_end)
{
    paddr_t image = hal_virt_to_phys(kernel_start),
            writable = hal_virt_to_phys(kernel_rodata_end);
    paddr_t end = ROUND_UP(MAX(memory_end, 4 * GIB), pt_span(2));

    root = boot_page(info);
    map_linear(info, 0, image, KERNEL_DATA);
    map_linear(info, image, writable, KERNEL_RODATA);
    map_linear(info, writable, end, KERNEL_DATA);
    map_image(info, kernel_start, kernel_text_end, KERNEL_TEXT);
    map_image(info, kernel_text_end, kernel_rodata_end, KERNEL_RODATA);
    map_image(info, kernel_rodata_end, kernel_end, KERNEL_DATA);
    for (unsigned i = 0; i < hal_cpu_count(); i++) {
        map_stack(info, cpu_stack_top(i));
        map_stack(info, cpu_fatal_stack_top(i));
    }
    cr3_write(root);
}
