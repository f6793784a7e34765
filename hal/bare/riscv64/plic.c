/*
 * plic.c - device interrupts from the PLIC, all to the boot CPU.
 *
 * A source is shut by priority 0, one register for each source, so that no lock is needed; in
 * the boot CPU's set of enabled sources are all of them. Between claim and completion the
 * controller holds a source back by itself.
 */
#include "hal/bare/riscv64/plic.h"

#include "hal/bare/common/irq.h"
#include "hal/bare/riscv64/csr.h"
#include "hal/bare/riscv64/machine.h"
#include "hal/bare/riscv64/mmio.h"

#define PRIORITY(source)      (4ul * (source))
#define ENABLE(context, word) (0x2000ul + 0x80ul * (context) + 4ul * (word))
#define THRESHOLD(context)    (0x200000ul + 0x1000ul * (context))
#define CLAIM(context)        (0x200004ul + 0x1000ul * (context))
#define SOURCES_A_WORD        32u

static paddr_t base;
static unsigned context;

static void plic_unmask(unsigned source)
{
    mmio_write32(base + PRIORITY(source), 1);
}

static void plic_mask(unsigned source)
{
    mmio_write32(base + PRIORITY(source), 0);
}

static void plic_serve(void)
{
    uint32_t source;

    while ((source = mmio_read32(base + CLAIM(context))) != 0) {
        irq_dispatch(source);
        mmio_write32(base + CLAIM(context), source);
    }
    csr_set(sie, SIE_EXTERNAL); /* shut since it noted itself (trap.c) */
}

void plic_init(const struct machine *machine)
{
    static struct irq_controller controller = {
        .unmask = plic_unmask, .mask = plic_mask, .serve = plic_serve};

    if (!machine->plic.sources)
        return;
    base = machine->plic.base;
    context = machine->plic.context;
    controller.sources = MIN(machine->plic.sources, IRQ_MAX_SOURCES);
    for (unsigned source = 1; source < controller.sources; source++)
        plic_mask(source);
    for (unsigned word = 0; word * SOURCES_A_WORD < controller.sources; word++)
        mmio_write32(base + ENABLE(context, word), UINT32_MAX);
    mmio_write32(base + THRESHOLD(context), 0);
    irq_controller_set(&controller);
}
