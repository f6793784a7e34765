/*
 * time.c - the TSC as the clock, and each CPU's deadline in its local APIC.
 *
 * The TSCs of all CPUs count together from reset. The timer may be a little early (its rate is
 * measured, its range limited): its interrupt then looks at the clock and starts it again.
 */
#include "hal/bare/x86_64/time.h"

#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/lapic.h"
#include "hal/bare/x86_64/pit.h"
#include "hal/bare/x86_64/rtc.h"
#include "uapi/zcore/clock.h"

/* Rates as fixed-point factors. With this many bits of fraction a rate of up to 8 GHz, moved
 * left by them, fits 64 bits. Set once at boot. */
#define FRACTION 30

static uint64_t ns_per_tsc, tsc_per_ns, apic_per_ns;
static uint64_t tsc_start;
static time_ns_t realtime_offset;

static uint64_t scale(uint64_t n, uint64_t factor)
{
    return (uint64_t)((unsigned __int128)n * factor >> FRACTION);
}

static uint64_t factor_of(uint64_t numerator, uint64_t denominator)
{
    uint64_t whole = numerator / denominator, rest = numerator % denominator;

    return (whole << FRACTION) + (rest << FRACTION) / denominator;
}

void time_init(void)
{
    struct clock_rates rates = pit_measure();
    uint64_t told = cpuid_tsc_rate(), tsc = told ? told : rates.tsc;

    ns_per_tsc = factor_of(NS_PER_SEC, tsc);
    tsc_per_ns = factor_of(tsc, NS_PER_SEC);
    apic_per_ns = factor_of(rates.apic, NS_PER_SEC);
    tsc_start = tsc_read();
    realtime_offset = rtc_read() * NS_PER_SEC - hal_time_now();
}

time_ns_t hal_time_now(void)
{
    return (time_ns_t)scale(tsc_read() - tsc_start, ns_per_tsc);
}

time_ns_t hal_time_realtime(void)
{
    return hal_time_now() + realtime_offset;
}

/* The TSC is not withheld from user mode (CR4.TSD is clear). */
void hal_time_user_clock(struct user_clock *out)
{
    *out = (struct user_clock){
        .source = USER_CLOCK_COUNTER,
        .shift = FRACTION,
        .start = tsc_start,
        .factor = ns_per_tsc,
        .realtime_offset = realtime_offset,
    };
}

void timer_init_cpu(void)
{
    if (cpu_features.tsc_deadline)
        lapic_timer_use_deadline();
    else
        lapic_timer_use_counter();
}

/* Rounded up, so that it is not early for that; beyond the counter's range it comes early. */
static void timer_start(time_ns_t deadline, time_ns_t now)
{
    uint64_t count;

    if (cpu_features.tsc_deadline) {
        msr_write(MSR_TSC_DEADLINE, tsc_start + scale((uint64_t)deadline, tsc_per_ns) + 1);
        return;
    }
    count = scale((uint64_t)(deadline - now), apic_per_ns) + 1;
    lapic_timer_set((uint32_t)MIN(count, (uint64_t)UINT32_MAX));
}

static void timer_stop(void)
{
    if (cpu_features.tsc_deadline)
        msr_write(MSR_TSC_DEADLINE, 0);
    else
        lapic_timer_set(0);
}

void timer_update(struct cpu *cpu)
{
    time_ns_t now = hal_time_now();

    if (cpu->deadline == TIME_INFINITE)
        return;
    if (cpu->deadline > now) {
        timer_start(cpu->deadline, now);
        return;
    }
    cpu->deadline = TIME_INFINITE;
    atomic_fetch_or_explicit(&cpu->hal.pending, HAL_PENDING_TIMER, memory_order_relaxed);
}

/* With interrupts off, or the one before could expire between the two halves. An interrupt of
 * it that is under way finds the new deadline and starts the timer once more. */
void hal_timer_set(time_ns_t deadline)
{
    struct cpu *cpu;

    interrupts_off();
    cpu = cpu_local();
    if (deadline == TIME_INFINITE && cpu->deadline != TIME_INFINITE)
        timer_stop();
    cpu->deadline = deadline;
    timer_update(cpu);
    interrupts_on();
}
