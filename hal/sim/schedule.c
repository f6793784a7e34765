/*
 * schedule.c - which CPU the host thread plays, and for how long.
 *
 * A CPU's stack is left in the middle of what it did; `current` says where it goes on. The
 * test's stack stands for CPU 0 outside sim_run and for nobody inside.
 */
#include "hal/sim/sim_internal.h"

#include "base/assert.h"

#define SPINNING_STEP  1000     /* ns that pass while one CPU spins and all others are halted */
#define SPINNING_LIMIT 1000000u /* rounds; more is a deadlock */

static bool can_run(struct sim_cpu *c)
{
    return c->state == SIM_CPU_RUNNING ||
           (c->state == SIM_CPU_HALTED && atomic_load(&c->cpu.pending));
}

/* Some CPU that can run, other than `not`; NULL: none. */
static struct sim_cpu *pick(const struct sim_cpu * not )
{
    struct sim_cpu *able[HAL_MAX_CPUS];
    unsigned count = 0;

    for (unsigned i = 0; i < sim.cpu_count; i++)
        if (&sim.cpus[i] != not &&can_run(&sim.cpus[i]))
            able[count++] = &sim.cpus[i];
    return count ? able[random_below(&sim.random, count)] : NULL;
}

/* An end that came about on another stack while the test waited outside sim_run. */
static void look_at_end(void)
{
    if (!sim.running && sim.outcome >= SIM_POWERED_OFF)
        sim_end(sim.outcome);
}

void sim_switch_fiber(struct fiber *to)
{
    struct sim_cpu *here = sim.here;
    struct fiber *from = here->current;

    here->current = to;
    fiber_switch(from, to);
}

static void turn_to(struct sim_cpu *next)
{
    struct fiber *from = sim.here->current;

    sim.here = next;
    next->state = SIM_CPU_RUNNING;
    if (next->current != from) {
        fiber_switch(from, next->current);
        look_at_end();
    }
}

/* Back to the test; from a CPU's stack, inside sim_run. */
static void turn_to_test(enum sim_outcome outcome)
{
    struct fiber *from = sim.here->current;

    sim.outcome = outcome;
    fiber_switch(from, &sim.test);
}

void sim_point(void)
{
    struct sim_cpu *next;

    if (!sim.config.switch_one_in || random_below(&sim.random, sim.config.switch_one_in))
        return;
    next = pick(sim.here);
    if (next)
        turn_to(next);
}

struct hal_cpu *hal_cpu_local(void)
{
    sim_point();
    return &sim.here->cpu;
}

unsigned hal_cpu_count(void)
{
    return sim.cpu_count;
}

/* Every CPU is halted, this one too, and nothing is pending here. */
static void wait_for_anything(void)
{
    if (sim_idle())
        return;
    if (!sim.running)
        panic("the machine is idle for ever, and the test waits");
    turn_to_test(SIM_IDLE);
}

void hal_cpu_halt(void)
{
    struct sim_cpu *here = sim.here;

    assert(here->cpu.preempt_count == 0);
    while (!atomic_load(&here->cpu.pending)) {
        struct sim_cpu *next;

        here->state = SIM_CPU_HALTED;
        next = pick(here);
        if (next)
            turn_to(next);
        else
            wait_for_anything();
    }
    here->state = SIM_CPU_RUNNING;
}

bool sim_give_way(void)
{
    struct sim_cpu *next = pick(sim.here);

    if (next)
        turn_to(next);
    return next;
}

void hal_cpu_relax(unsigned tries)
{
    if (tries > SPINNING_LIMIT)
        panic("CPU %u spins for ever", sim.here->cpu.id);
    if (!sim_give_way())
        sim_advance(SPINNING_STEP);
}

void sim_raise(struct sim_cpu *c, unsigned pending)
{
    atomic_fetch_or(&c->cpu.pending, pending);
}

void hal_cpu_kick(unsigned cpu)
{
    assert(cpu < sim.cpu_count);
    sim_raise(&sim.cpus[cpu], HAL_PENDING_KICK);
}

void hal_stop_others(void)
{
    for (unsigned i = 0; i < sim.cpu_count; i++)
        if (&sim.cpus[i] != sim.here)
            sim.cpus[i].state = SIM_CPU_OFF;
}

static void cpu_main(void *arg)
{
    struct sim_cpu *c = arg;

    look_at_end();
    c->entry();
    panic("CPU %u came back from its entry", c->cpu.id);
}

static void start(struct sim_cpu *c, void (*entry)(void))
{
    c->entry = entry;
    c->kernel = c->current = fiber_create(cpu_main, c);
    c->state = SIM_CPU_RUNNING;
}

void hal_cpu_start_others(void (*entry)(void))
{
    for (unsigned i = 0; i < sim.cpu_count; i++)
        if (&sim.cpus[i] != sim.here)
            start(&sim.cpus[i], entry);
}

enum sim_outcome sim_run(void (*entry)(void))
{
    struct sim_cpu *boot = &sim.cpus[0];

    assert(!sim.running && sim.here == boot && boot->cpu.preempt_count == 0);
    assert(sim.outcome < SIM_POWERED_OFF);
    for (unsigned i = 0; i < sim.cpu_count; i++)
        if (!sim.cpus[i].kernel)
            start(&sim.cpus[i], entry);
    boot->current = sim.boot_stack ? sim.boot_stack : boot->kernel;
    /* What the test did as CPU 0, CPU 0 need not have been told. */
    sim_raise(boot, HAL_PENDING_KICK);
    sim.running = true;
    sim.here = pick(NULL);
    sim.here->state = SIM_CPU_RUNNING;
    fiber_switch(&sim.test, sim.here->current);
    sim.running = false;
    sim.here = boot;
    sim.boot_stack = boot->current;
    boot->current = &sim.test;
    boot->state = SIM_CPU_RUNNING;
    return sim.outcome;
}

void sim_stop(void)
{
    assert(sim.running);
    turn_to_test(SIM_STOPPED);
}

void sim_become(unsigned cpu)
{
    struct sim_cpu *c = &sim.cpus[cpu];

    assert(!sim.running && cpu < sim.cpu_count && (!c->kernel || cpu == 0));
    sim.here->state = SIM_CPU_OFF;
    sim.here->current = NULL;
    c->state = SIM_CPU_RUNNING;
    c->current = &sim.test;
    sim.here = sim.test_cpu = c;
}

uint64_t sim_random(uint64_t below)
{
    return random_below(&sim.random, below);
}

void sim_end(enum sim_outcome outcome)
{
    sim.outcome = outcome;
    for (;;) {
        if (sim.running || sim.here->current != &sim.test) {
            /* From here on the test is all there is: as the CPU that it stands for. */
            struct fiber *from = sim.here->current;

            if (!sim.running)
                sim.here = sim.test_cpu;
            fiber_switch(from, &sim.test);
        } else if (sim.catching) {
            longjmp(sim.catch, 1);
        } else {
            __builtin_trap();
        }
    }
}
