/* irq.c - pending words: raising them across host threads, and serving them. */
#include "hal/libos/irq.h"

#include "base/assert.h"
#include "hal/libos/carrier.h"
#include "hal/libos/io.h"
#include "hal/libos/linux.h"
#include "hal/libos/space.h"
#include "hal/libos/timer.h"
#include "hal/libos/upcalls.h"

const struct hal_upcalls *hal_upcalls;

void hal_upcalls_register(const struct hal_upcalls *upcalls)
{
    hal_upcalls = upcalls;
}

/*
 * No raise is lost:
 *   raiser: set bits; read halted; read carrier, signal it
 *   halt:   set halted; read pending; sleep if it is 0 (hal_cpu_halt)
 *   entry:  publish carrier; read pending; user mode (carrier_switch, user_enter)
 * All are sequentially consistent, so whoever comes second sees the other. A signal that hits a
 * carrier which has just handed its CPU over does no harm.
 */
void irq_raise(unsigned id, unsigned bits)
{
    struct cpu *cpu = &libos_cpus[id];
    struct carrier *c;

    if (atomic_fetch_or(&cpu->hal.pending, bits) & bits)
        return;
    if (atomic_load(&cpu->halted)) {
        linux_futex_wake(&cpu->hal.pending, 1);
        return;
    }
    c = atomic_load(&cpu->carrier);
    if (c && c != carrier_self())
        host_call(LINUX_TGKILL, c->pid, c->tid, LINUX_SIGNAL_KICK);
}

void hal_cpu_kick(unsigned cpu)
{
    irq_raise(cpu, HAL_PENDING_KICK);
}

void hal_irq_serve(void)
{
    unsigned bits = atomic_exchange(&hal_cpu_local()->pending, 0);

    if (bits & HAL_PENDING_DEVICE) {
        space_serve_deaths();
        io_serve();
    }
    if (bits & HAL_PENDING_TIMER && timer_expired())
        hal_upcalls->timer();
}

/* Host events have interfaces of their own (hal/host.h); there are no numbered sources. */
status_t hal_irq_register(unsigned source, hal_irq_fn *handler, void *arg)
{
    (void)source, (void)handler, (void)arg;
    return ERR_OUT_OF_RANGE;
}

void hal_irq_unregister(unsigned source)
{
    (void)source;
}

void hal_irq_mask(unsigned source)
{
    (void)source;
}

void hal_irq_unmask(unsigned source)
{
    (void)source;
}

status_t hal_irq_configure(unsigned source, enum hal_irq_mode mode)
{
    (void)source, (void)mode;
    return ERR_OUT_OF_RANGE;
}
