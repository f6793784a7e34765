/*
 * machine.c - reads the flattened device tree that firmware hands over (libfdt).
 *
 * The tree is trusted as firmware is: a node that lacks what its binding demands is skipped,
 * and a machine without memory, CPUs or a clock is a panic.
 */
#include "hal/bare/riscv64/machine.h"

#include <libfdt.h>

#include "base/assert.h"
#include "base/string.h"
#include "hal/bare/common/regions.h"
#include "hal/bare/riscv64/cpu_internal.h"
#include "hal/bare/riscv64/csr.h"

/* The children of a node, in order: negative at the end. */
static int child_first(const void *fdt, int parent)
{
    return parent < 0 ? -1 : fdt_first_subnode(fdt, parent);
}

/* A number of one or two cells. */
static uint64_t cells(const fdt32_t *at, int count)
{
    uint64_t value = 0;

    for (int i = 0; i < count; i++)
        value = value << 32 | fdt32_to_cpu(at[i]);
    return value;
}

/* The whole property as a number; `missing` where it is not there. */
static uint64_t number(const void *fdt, int node, const char *name, uint64_t missing)
{
    int size;
    const fdt32_t *at = fdt_getprop(fdt, node, name, &size);

    return at ? cells(at, size / (int)sizeof(*at)) : missing;
}

/* Entry `index` of the node's reg. False: there are not so many. */
static bool reg(const void *fdt, int node, int parent, int index, struct hal_memory_region *out)
{
    int address = (int)number(fdt, parent, "#address-cells", 2);
    int length = (int)number(fdt, parent, "#size-cells", 1), size;
    const fdt32_t *at = fdt_getprop(fdt, node, "reg", &size);

    if (!at || size < (index + 1) * (address + length) * (int)sizeof(*at))
        return false;
    at += index * (address + length);
    *out = (struct hal_memory_region){.base = cells(at, address),
                                      .size = cells(at + address, length)};
    return true;
}

/* The first device that is `compatible` and has registers: its node. Negative: none. */
static int find_device(const void *fdt, const char *compatible, paddr_t *base)
{
    struct hal_memory_region registers;
    int node = fdt_node_offset_by_compatible(fdt, -1, compatible);

    while (node >= 0 && !reg(fdt, node, fdt_parent_offset(fdt, node), 0, &registers))
        node = fdt_node_offset_by_compatible(fdt, node, compatible);
    if (node >= 0)
        *base = registers.base;
    return node;
}

static bool has_value(const void *fdt, int node, const char *name, const char *value)
{
    const char *text = fdt_getprop(fdt, node, name, NULL);

    return text && strcmp(text, value) == 0;
}

static void read_memory(const void *fdt, struct machine *m)
{
    struct hal_memory_region region;

    for (int node = child_first(fdt, 0); node >= 0; node = fdt_next_subnode(fdt, node)) {
        if (!has_value(fdt, node, "device_type", "memory"))
            continue;
        for (int i = 0; reg(fdt, node, 0, i, &region); i++) {
            regions_add(&m->info, region.base, region.size);
            m->memory_end = MAX(m->memory_end, region.base + region.size);
        }
    }
}

/* Firmware's own memory, in either of the two forms, and the tree itself. */
static void read_reserved(const void *fdt, struct machine *m)
{
    int parent = fdt_path_offset(fdt, "/reserved-memory");
    struct hal_memory_region region;
    uint64_t base, size;

    for (int i = 0; i < fdt_num_mem_rsv(fdt); i++)
        if (fdt_get_mem_rsv(fdt, i, &base, &size) == 0)
            regions_remove(&m->info, base, size);
    for (int node = child_first(fdt, parent); node >= 0; node = fdt_next_subnode(fdt, node))
        for (int i = 0; reg(fdt, node, parent, i, &region); i++)
            regions_remove(&m->info, region.base, region.size);
    regions_remove(&m->info, hal_virt_to_phys(fdt), fdt_totalsize(fdt));
}

static void read_chosen(const void *fdt, struct machine *m)
{
    int node = fdt_path_offset(fdt, "/chosen");
    uint64_t start = number(fdt, node, "linux,initrd-start", 0);
    uint64_t end = number(fdt, node, "linux,initrd-end", 0);

    m->seed = fdt_getprop(fdt, node, "rng-seed", &m->seed_size);
    if (start >= end)
        return;
    m->info.initramfs = hal_phys_to_virt(start);
    m->info.initramfs_size = end - start;
    regions_remove(&m->info, start, end - start);
}

/* Runs of letters after the first '_' name the extensions of more than one letter. */
static bool has_extension(const char *isa, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = strchr(isa, '_'); at; at = strchr(at + 1, '_'))
        if (strncmp(at + 1, name, length) == 0 && (at[length + 1] == '_' || !at[length + 1]))
            return true;
    return false;
}

static bool usable_cpu(const void *fdt, int node)
{
    const char *status = fdt_getprop(fdt, node, "status", NULL);

    return has_value(fdt, node, "device_type", "cpu") &&
           (!status || strcmp(status, "okay") == 0);
}

static void read_cpus(const void *fdt, uint64_t boot_hart, struct machine *m)
{
    int parent = fdt_path_offset(fdt, "/cpus");

    m->timebase = number(fdt, parent, "timebase-frequency", 0);
    cpu_add(boot_hart);
    for (int node = child_first(fdt, parent); node >= 0; node = fdt_next_subnode(fdt, node)) {
        uint64_t hart = number(fdt, node, "reg", UINT64_MAX);
        const char *isa = fdt_getprop(fdt, node, "riscv,isa", NULL);

        if (!usable_cpu(fdt, node))
            continue;
        if (hart != boot_hart)
            cpu_add(hart);
        else
            m->has_stimecmp = isa && has_extension(isa, "sstc");
    }
}

static void read_uart(const void *fdt, struct machine *m)
{
    int node = find_device(fdt, "ns16550a", &m->uart.base);

    if (node < 0)
        return;
    m->uart.reg_shift = (unsigned)number(fdt, node, "reg-shift", 0);
    m->uart.source = (unsigned)number(fdt, node, "interrupts", 0);
}

/* The hart whose interrupt controller, a child of its node, has this phandle. */
static uint64_t hart_of_intc(const void *fdt, uint32_t phandle)
{
    int intc = fdt_node_offset_by_phandle(fdt, phandle);

    return number(fdt, fdt_parent_offset(fdt, intc), "reg", UINT64_MAX);
}

/* A context of the PLIC is one entry of interrupts-extended: a hart's controller and the
 * interrupt of it that the context raises. */
static void read_plic(const void *fdt, uint64_t boot_hart, struct machine *m)
{
    int size, node = find_device(fdt, "sifive,plic-1.0.0", &m->plic.base);
    const fdt32_t *at = fdt_getprop(fdt, node, "interrupts-extended", &size);

    for (unsigned i = 0; at && i < (unsigned)size / (2 * sizeof(*at)); i++) {
        if (fdt32_to_cpu(at[2 * i + 1]) != IRQ_EXTERNAL ||
            hart_of_intc(fdt, fdt32_to_cpu(at[2 * i])) != boot_hart)
            continue;
        m->plic.context = i;
        m->plic.sources = (unsigned)number(fdt, node, "riscv,ndev", 0) + 1;
    }
}

void machine_read(const void *fdt, uint64_t boot_hart, struct machine *m)
{
    if (fdt_check_header(fdt) != 0)
        panic("firmware hands over no device tree");
    *m = (struct machine){0};
    read_memory(fdt, m);
    read_reserved(fdt, m);
    read_chosen(fdt, m);
    read_cpus(fdt, boot_hart, m);
    read_uart(fdt, m);
    read_plic(fdt, boot_hart, m);
    find_device(fdt, "sifive,test0", &m->test_device);
    find_device(fdt, "google,goldfish-rtc", &m->rtc);
    if (!m->info.region_count || !m->timebase)
        panic("the device tree lacks memory or a clock");
}
