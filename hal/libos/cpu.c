/* cpu.c - CPUs: start, sleep, spinning, stopping. */
#include "hal/cpu.h"

#include "hal/boot.h"
#include "hal/libos/boot.h"
#include "hal/libos/carrier.h"
#include "hal/libos/linux.h"
#include "hal/libos/signal.h"
#include "hal/libos/space.h"
#include "hal/libos/template.h"
#include "hal/libos/timer.h"

enum { SPINS_BEFORE_YIELD = 200 };

struct cpu libos_cpus[HAL_MAX_CPUS];

unsigned hal_cpu_count(void)
{
    return libos_boot->cpus;
}

void hal_cpu_start_others(void (*entry)(void))
{
    for (unsigned i = 1; i < hal_cpu_count(); i++)
        carrier_start_cpu(&libos_cpus[i], entry);
}

/* Sleep on the pending word; see irq_raise for why no wake is lost. */
static void sleep_until(struct cpu *cpu, time_ns_t deadline)
{
    time_ns_t at = timer_host_time(deadline);
    struct linux_timespec ts = {at / NS_PER_SEC, at % NS_PER_SEC};

    host_call(LINUX_FUTEX, &cpu->hal.pending, LINUX_FUTEX_WAIT_BITSET, 0,
              deadline == TIME_INFINITE ? NULL : &ts, NULL, UINT32_MAX);
}

void hal_cpu_halt(void)
{
    struct cpu *cpu = cpu_self();
    time_ns_t deadline = atomic_load(&cpu->deadline);

    space_leave_orphan(cpu);
    atomic_store(&cpu->halted, true);
    if (!atomic_load(&cpu->hal.pending))
        sleep_until(cpu, deadline);
    atomic_store(&cpu->halted, false);

    if (deadline == TIME_INFINITE)
        return;
    if (hal_time_now() >= deadline)
        atomic_fetch_or(&cpu->hal.pending, HAL_PENDING_TIMER);
    else
        timer_cover();
}

void hal_cpu_relax(unsigned tries)
{
    if (tries < SPINS_BEFORE_YIELD)
        __asm__ volatile("pause");
    else {
        template_relax();
        host_call(LINUX_SCHED_YIELD);
    }
}

void hal_stop_others(void)
{
    atomic_store(&signal_stopping, true);
    template_await_end();
    for (unsigned i = 0; i < hal_cpu_count(); i++) {
        struct carrier *c = atomic_load(&libos_cpus[i].carrier);

        if (c && c != carrier_self())
            host_call(LINUX_TGKILL, c->pid, c->tid, LINUX_SIGNAL_KICK);
    }
}
