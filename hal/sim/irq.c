/*
 * irq.c - serving what is pending: timer, simulated devices, console, host events.
 */
#include "hal/irq.h"

#include "base/assert.h"
#include "base/status.h"
#include "hal/sim/sim_internal.h"

#define SOURCES 64u

/* A source is raised from sim_irq_raise until a CPU begins to serve it; a raise while its
 * handler runs, on whichever CPU, is served by that CPU when the handler has returned. */
static struct source {
    hal_irq_fn *handler;
    void *arg;
    bool raised, serving, masked;
} sources[SOURCES];

void sim_irq_setup(void)
{
    for (unsigned i = 0; i < SOURCES; i++)
        sources[i] = (struct source){0};
}

status_t hal_irq_register(unsigned source, hal_irq_fn *handler, void *arg)
{
    if (source >= SOURCES)
        return ERR_OUT_OF_RANGE;
    if (sources[source].handler)
        return ERR_ALREADY_BOUND;
    sources[source] = (struct source){.handler = handler, .arg = arg};
    return OK;
}

void hal_irq_unregister(unsigned source)
{
    for (unsigned tries = 0; sources[source].serving; tries++)
        hal_cpu_relax(tries);
    sources[source] = (struct source){0};
}

static void ask_for_service(void)
{
    sim_raise(&sim.cpus[sim_random(sim.cpu_count)], HAL_PENDING_DEVICE);
}

void sim_irq_raise(unsigned source)
{
    assert(source < SOURCES);
    sources[source].raised = true;
    ask_for_service();
}

void hal_irq_mask(unsigned source)
{
    sources[source].masked = true;
}

void hal_irq_unmask(unsigned source)
{
    sources[source].masked = false;
    if (sources[source].raised)
        ask_for_service();
}

/* Lines here have no level: they are raised. */
status_t hal_irq_configure(unsigned source, enum hal_irq_mode mode)
{
    (void)mode;
    return source < SOURCES ? OK : ERR_OUT_OF_RANGE;
}

static void serve_source(struct source *s)
{
    if (s->serving)
        return;
    s->serving = true;
    while (s->raised && s->handler && !s->masked) {
        s->raised = false;
        s->handler(s->arg);
    }
    s->serving = false;
}

static void serve_devices(void)
{
    for (unsigned i = 0; i < SOURCES; i++)
        if (sources[i].raised)
            serve_source(&sources[i]);
    sim_console_serve();
    sim_host_serve();
}

void hal_irq_serve(void)
{
    struct hal_cpu *cpu = hal_cpu_local();
    unsigned pending = atomic_exchange(&cpu->pending, 0);

    assert(cpu->preempt_count == 0);
    if (pending & HAL_PENDING_TIMER)
        sim_upcalls->timer();
    if (pending & HAL_PENDING_DEVICE)
        serve_devices();
}
