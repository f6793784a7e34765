/*
 * boot.c - from the first C instruction to kernel_main.
 */
#include "hal/boot.h"

#include "base/assert.h"
#include "hal/bare/common/entropy.h"
#include "hal/bare/common/regions.h"
#include "hal/bare/riscv64/clock.h"
#include "hal/bare/riscv64/cpu_internal.h"
#include "hal/bare/riscv64/kernel_map.h"
#include "hal/bare/riscv64/machine.h"
#include "hal/bare/riscv64/plic.h"
#include "hal/bare/riscv64/power.h"
#include "hal/bare/riscv64/serial.h"
#include "hal/time.h"

extern char kernel_text[]; /* kernel.ld */

_Noreturn void boot_main(uint64_t hart, paddr_t fdt);

static struct machine machine;

const struct hal_boot_info *hal_boot_info(void)
{
    return &machine.info;
}

/* Seeds that are as good as firmware's, and clocks, for what they are worth. */
static void entropy_begin(void)
{
    time_ns_t wall = hal_time_realtime();

    if (machine.seed)
        hal_entropy_add(machine.seed, (size_t)machine.seed_size);
    hal_entropy_add(&wall, sizeof(wall));
}

void entropy_refresh(void)
{
    uint64_t now = csr_read(time);

    hal_entropy_add(&now, sizeof(now));
}

/* The image, and above it the CPUs' stacks. */
static void reserve_kernel(struct hal_boot_info *info)
{
    paddr_t start = hal_virt_to_phys(kernel_text);
    paddr_t end = hal_virt_to_phys((void *)cpu_area(hal_cpu_count()));
    paddr_t initramfs = hal_virt_to_phys(info->initramfs);

    if (info->initramfs && initramfs < end && initramfs + info->initramfs_size > start)
        panic("too little memory: the initramfs lies in the kernel");
    regions_remove(info, start, end - start);
}

/* Only the first 4 GiB of the linear map are there until kernel_map_init (entry.S); firmware
 * puts the tree there. */
void boot_main(uint64_t hart, paddr_t fdt)
{
    machine_read(hal_phys_to_virt(fdt), hart, &machine);
    cpu_begin();
    reserve_kernel(&machine.info);
    kernel_map_init(&machine.info, machine.memory_end);
    power_init(&machine);
    clock_init(&machine);
    entropy_begin();
    plic_init(&machine);
    serial_init(&machine);
    kernel_main();
}
