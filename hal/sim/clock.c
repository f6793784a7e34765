/*
 * clock.c - virtual time and the CPUs' deadlines.
 */
#include "hal/sim/sim_internal.h"

#include "base/assert.h"
#include "hal/time.h"
#include "uapi/zcore/clock.h"

/* Wall-clock time at boot: 2024-01-01T00:00:00Z. */
#define BOOT_REALTIME (1704067200ll * NS_PER_SEC)

time_ns_t hal_time_now(void)
{
    return sim.now;
}

time_ns_t hal_time_realtime(void)
{
    return hal_time_now() + BOOT_REALTIME;
}

/* User code is a script, which yields traps only. */
void hal_time_user_clock(struct user_clock *out)
{
    *out = (struct user_clock){.source = USER_CLOCK_NONE};
}

void sim_fire_deadlines(void)
{
    for (unsigned i = 0; i < sim.cpu_count; i++) {
        struct sim_cpu *c = &sim.cpus[i];

        if (c->deadline <= sim.now) {
            c->deadline = TIME_INFINITE;
            sim_raise(c, HAL_PENDING_TIMER);
        }
    }
}

void hal_timer_set(time_ns_t deadline)
{
    sim.here->deadline = deadline;
    sim_fire_deadlines();
}

void sim_advance(time_ns_t by)
{
    assert(by >= 0);
    sim.now += by;
    sim_fire_deadlines();
}

static time_ns_t next_deadline(void)
{
    time_ns_t next = TIME_INFINITE;

    for (unsigned i = 0; i < sim.cpu_count; i++)
        if (sim.cpus[i].state != SIM_CPU_OFF)
            next = MIN(next, sim.cpus[i].deadline);
    return next;
}

bool sim_idle(void)
{
    time_ns_t next = next_deadline();

    if (sim_host_look())
        return true;
    if (next == TIME_INFINITE)
        return false;
    sim_advance(next - sim.now);
    return true;
}
