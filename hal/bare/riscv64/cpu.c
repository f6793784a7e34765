/*
 * cpu.c - CPUs of the machine: starting, sleeping, kicking and stopping them.
 *
 * Interrupts are on in the kernel, but for the last steps before user mode and before sleep.
 * Each only notes itself (trap.c) and shuts its source until hal_irq_serve or hal_timer_set.
 */
#include "hal/bare/riscv64/cpu_internal.h"

#include "base/assert.h"
#include "base/status.h"
#include "hal/bare/riscv64/kernel_map.h"
#include "hal/bare/riscv64/sbi.h"
#include "hal/bare/riscv64/tlb.h"
#include "hal/bare/riscv64/trap_internal.h"
#include "hal/time.h"

#define STOP_PATIENCE_NS (100 * NS_PER_MS)

struct cpu cpus[HAL_MAX_CPUS];
static unsigned count;

static _Atomic(uint64_t) running; /* harts that are in the kernel's hands */
static atomic_uint stopper;       /* id + 1 of the CPU that stopped the others; 0: none */

static void (*secondary_entry)(void);

/* entry.S: where every CPU begins, and by what it finds its block. */
extern char entry[];
extern struct cpu *cpu_of_hart[HART_LIMIT];
struct cpu *cpu_of_hart[HART_LIMIT];
_Noreturn void cpu_secondary(void);

void cpu_add(uint64_t hart)
{
    struct cpu *cpu = &cpus[count];

    if (count == HAL_MAX_CPUS || hart >= HART_LIMIT)
        return;
    cpu->head.id = count;
    cpu->hart = hart;
    cpu_of_hart[hart] = cpu;
    cpu->fault_sp = cpu_area(count) + CPU_AREA_SIZE;
    cpu->kernel_sp = cpu->fault_sp - CPU_AREA_FAULT_STACK;
    count++;
}

void cpu_begin(void)
{
    struct cpu *cpu = cpu_this();

    csr_write(sscratch, 0);
    csr_write(stvec, (uintptr_t)trap_entry);
    csr_write(scounteren, SCOUNTEREN_TIME);
    csr_clear(sstatus, SSTATUS_FS);
    csr_write(sie, SIE_SOFTWARE | SIE_EXTERNAL);
    atomic_store(&cpu->root, kernel_root_phys());
    atomic_store(&cpu->next_root, kernel_root_phys());
    atomic_fetch_or(&running, 1ull << cpu->hart);
    interrupts_on();
}

void cpu_secondary(void)
{
    cpu_begin();
    secondary_entry();
    panic("the entry of CPU %u returned", hal_cpu_id());
}

unsigned hal_cpu_count(void)
{
    return count;
}

void hal_cpu_start_others(void (*kernel_entry)(void))
{
    paddr_t start = hal_virt_to_phys(entry);

    secondary_entry = kernel_entry;
    atomic_thread_fence(memory_order_seq_cst);
    for (unsigned id = 1; id < count; id++)
        if (sbi_hart_start(cpus[id].hart, start) != OK)
            panic("firmware does not start hart %u", (unsigned)cpus[id].hart);
}

uint64_t cpu_running_others(void)
{
    return atomic_load(&running) & ~(1ull << cpu_this()->hart);
}

/* With interrupts off an interrupt still ends wfi, and is taken behind it: none can slip in
 * between the look and the sleep. Not every one is for the executor. */
void hal_cpu_halt(void)
{
    interrupts_off();
    while (!hal_irq_pending()) {
        wait_for_interrupt();
        interrupts_on();
        interrupts_off();
    }
    interrupts_on();
}

/* Who finds the bit set need not interrupt: he who set it does, and the CPU looks at its
 * pending word after that, before it sleeps or enters user mode. The release pairs with
 * hal_irq_serve. */
void hal_cpu_kick(unsigned id)
{
    unsigned old = atomic_fetch_or_explicit(&cpus[id].head.pending, HAL_PENDING_KICK,
                                            memory_order_acq_rel);

    if (!(old & HAL_PENDING_KICK) && id != hal_cpu_id())
        sbi_send_ipi(1ull << cpus[id].hart);
}

/* Firmware serves shoot-downs on its own, and requests of other CPUs come as interrupts. */
void hal_cpu_relax(unsigned tries UNUSED)
{
    __asm__ volatile(".4byte 0x0100000f" ::: "memory"); /* pause; a hint where it is unknown */
}

static _Noreturn void cpu_stop(void)
{
    interrupts_off();
    atomic_fetch_and(&running, ~(1ull << cpu_this()->hart));
    for (;;)
        wait_for_interrupt();
}

void cpu_serve_ipi(void)
{
    struct cpu *cpu = cpu_this();
    unsigned who = atomic_load(&stopper);

    if (who && who != cpu->head.id + 1)
        cpu_stop();
    if (atomic_exchange(&cpu->leave_root, 0))
        tlb_leave();
}

/* The first to ask goes on alone; one that asks later is among those who are stopped. */
void hal_stop_others(void)
{
    unsigned nobody = 0, me = hal_cpu_id() + 1;
    time_ns_t limit = hal_time_now() + STOP_PATIENCE_NS;

    if (!atomic_compare_exchange_strong(&stopper, &nobody, me) && nobody != me)
        cpu_stop();
    sbi_send_ipi(cpu_running_others());
    for (unsigned tries = 0; cpu_running_others() && hal_time_now() < limit; tries++)
        hal_cpu_relax(tries);
}
