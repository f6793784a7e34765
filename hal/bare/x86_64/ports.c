/*
 * ports.c - I/O ports for user mode: an address space that has any has a map of them, which the
 * task state of the CPU shows while it runs there (SDM volume 1, 19.5.2).
 *
 * A map that has changed has another number, of all that there ever are. So a CPU knows by it
 * whether it shows the map that it should.
 */
#include "hal/bare/x86_64/ports.h"

#include "base/status.h"
#include "base/string.h"
#include "hal/bare/common/irq.h"
#include "hal/ports.h"

enum { PORTS_EACH = PAGE_SIZE * 8 }; /* of half a map */

static atomic_ullong last_number;

static status_t map_alloc(struct hal_pt *pt)
{
    for (unsigned i = 0; i < HAL_PORT_PAGES; i++) {
        paddr_t page;
        status_t st = pt->ports[i] ? OK : irq_upcalls()->page_alloc(&page);

        if (st != OK)
            return st;
        if (pt->ports[i])
            continue;
        pt->ports[i] = hal_phys_to_virt(page);
        memset(pt->ports[i], 0xff, PAGE_SIZE);
    }
    return OK;
}

void ports_free(struct hal_pt *pt)
{
    for (unsigned i = 0; i < HAL_PORT_PAGES; i++)
        if (pt->ports[i])
            irq_upcalls()->page_free(hal_virt_to_phys(pt->ports[i]));
}

static void port_set(struct hal_pt *pt, unsigned port, bool allowed)
{
    uint8_t *byte = &pt->ports[port / PORTS_EACH][port % PORTS_EACH / 8];
    uint8_t bit = (uint8_t)(1u << port % 8);

    *byte = (uint8_t)(allowed ? *byte & ~bit : *byte | bit);
}

static void kick_all_others(void)
{
    for (unsigned cpu = 0; cpu < hal_cpu_count(); cpu++)
        if (cpu != hal_cpu_id())
            hal_cpu_kick(cpu);
}

status_t hal_ports_set(struct hal_pt *pt, unsigned first, unsigned count, bool allowed)
{
    status_t st = map_alloc(pt);

    if (st != OK)
        return st;
    for (unsigned port = first; port < first + count; port++)
        port_set(pt, port, allowed);
    atomic_store_explicit(&pt->port_map,
                          1 + atomic_fetch_add_explicit(&last_number, 1, memory_order_relaxed),
                          memory_order_release);
    if (!allowed)
        kick_all_others();
    return OK;
}

void ports_show(struct cpu *cpu, const struct hal_pt *pt, uint64_t number)
{
    cpu->port_map = number;
    cpu->tss.io_map = number ? offsetof(struct tss, ports) : sizeof(struct tss);
    for (unsigned i = 0; number && i < HAL_PORT_PAGES; i++)
        memcpy(cpu->tss.ports + i * PAGE_SIZE, pt->ports[i], PAGE_SIZE);
}
