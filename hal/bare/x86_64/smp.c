/*
 * smp.c - starts the other CPUs, one after the other, by INIT and SIPI (SDM volume 3, 8.4.4).
 */

#include "hal/bare/x86_64/boot.h"

#include "base/log.h"
#include "base/string.h"
#include "hal/bare/x86_64/cpu.h"
#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/lapic.h"
#include "hal/bare/x86_64/time.h"
#include "hal/irq.h"
#include "hal/mmu.h"

#define INIT_DELAY    (10 * NS_PER_MS)
#define STARTUP_DELAY (200 * NS_PER_US)
#define PATIENCE      (5 * NS_PER_SEC)

extern const char trampoline[], trampoline_end[]; /* entry.S */

/* Of the CPU that is being started. */
uint64_t starting_root;
uintptr_t starting_stack;
static unsigned starting_id;
static void (*starting_entry)(void);

static void wait_until(time_ns_t deadline)
{
    while (hal_time_now() < deadline)
        __builtin_ia32_pause();
}

static bool online_by(const struct cpu *cpu, time_ns_t deadline)
{
    while (!atomic_load_explicit(&cpu->online, memory_order_acquire)) {
        if (hal_time_now() >= deadline)
            return false;
        __builtin_ia32_pause();
    }
    return true;
}

/* The second startup is for CPUs that missed the first; one that runs ignores it. */
static bool cpu_start(unsigned id)
{
    const struct cpu *cpu = &cpus[id];

    starting_id = id;
    starting_stack = cpu_stack_top(id);
    lapic_send_startup(cpu->apic_id, TRAMPOLINE_PHYS);
    if (online_by(cpu, hal_time_now() + STARTUP_DELAY))
        return true;
    lapic_send_startup(cpu->apic_id, TRAMPOLINE_PHYS);
    return online_by(cpu, hal_time_now() + PATIENCE);
}

/* One that does not come up is the last: ids are dense. */
void hal_cpu_start_others(void (*entry)(void))
{
    memcpy(hal_phys_to_virt(TRAMPOLINE_PHYS), trampoline,
           (size_t)(trampoline_end - trampoline));
    starting_root = kmap_root();
    starting_entry = entry;
    for (unsigned id = 1; id < hal_cpu_count(); id++)
        lapic_send_init(cpus[id].apic_id);
    wait_until(hal_time_now() + INIT_DELAY);
    for (unsigned id = 1; id < hal_cpu_count(); id++) {
        if (cpu_start(id))
            continue;
        log_error("CPU %u does not start", id);
        cpu_set_count(id);
    }
}

void other_main(void)
{
    struct cpu *cpu = &cpus[starting_id];
    void (*entry)(void) = starting_entry;

    cpu_init(starting_id);
    lapic_enable();
    timer_init_cpu();
    atomic_store_explicit(&cpu->online, true, memory_order_release);
    interrupts_on();
    entry();
    __builtin_unreachable();
}
