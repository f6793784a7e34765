/*
 * clock.c - time from the time register, deadlines by the CPU's comparator or firmware.
 */
#include "hal/bare/riscv64/clock.h"

#include "hal/bare/riscv64/cpu_internal.h"
#include "hal/bare/riscv64/machine.h"
#include "hal/bare/riscv64/mmio.h"
#include "hal/bare/riscv64/sbi.h"
#include "hal/time.h"
#include "uapi/zcore/clock.h"

#define NO_TICK UINT64_MAX

/* Goldfish RTC: nanoseconds since 1970. Reading the low half latches the high one. */
enum { RTC_LOW = 0, RTC_HIGH = 4 };

static uint64_t frequency;    /* ticks a second */
static uint64_t ns_per_tick;  /* 32.32 fixed point, rounded up */
static time_ns_t wall_offset; /* since 1970, at tick 0 */
static bool has_stimecmp;

static time_ns_t rtc_read(paddr_t rtc)
{
    uint64_t low = mmio_read32(rtc + RTC_LOW);

    return (time_ns_t)((uint64_t)mmio_read32(rtc + RTC_HIGH) << 32 | low);
}

void clock_init(const struct machine *machine)
{
    frequency = machine->timebase;
    ns_per_tick = DIV_ROUND_UP((uint64_t)NS_PER_SEC << 32, frequency);
    has_stimecmp = machine->has_stimecmp;
    if (machine->rtc)
        wall_offset = rtc_read(machine->rtc) - hal_time_now();
}

time_ns_t hal_time_now(void)
{
    return (time_ns_t)((unsigned __int128)csr_read(time) * ns_per_tick >> 32);
}

time_ns_t hal_time_realtime(void)
{
    return hal_time_now() + wall_offset;
}

/* User mode may read the register: see SCOUNTEREN_TIME. */
void hal_time_user_clock(struct user_clock *out)
{
    *out = (struct user_clock){
        .source = USER_CLOCK_COUNTER,
        .shift = 32,
        .factor = ns_per_tick,
        .realtime_offset = wall_offset,
    };
}

/* The first tick at which hal_time_now is not before `ns`: rounded up, as ns_per_tick is. */
static uint64_t tick_of(time_ns_t ns)
{
    uint64_t seconds = (uint64_t)ns / NS_PER_SEC, rest = (uint64_t)ns % NS_PER_SEC;

    return seconds * frequency + DIV_ROUND_UP(rest * frequency, (uint64_t)NS_PER_SEC);
}

static void set_comparator(uint64_t tick)
{
    if (has_stimecmp)
        csr_write(STIMECMP, tick);
    else
        sbi_set_timer(tick);
}

/* An emulator may be about to raise the interrupt of the deadline before (QEMU 7.2 does, from
 * another thread) when we replace it. */
bool clock_deadline_came(void)
{
    if (csr_read(time) >= cpu_this()->deadline)
        return true;
    set_comparator(cpu_this()->deadline);
    return false;
}

/* A deadline that was replaced does not count, even if it has come. */
void hal_timer_set(time_ns_t deadline)
{
    hal_preempt_disable();
    csr_clear(sie, SIE_TIMER);
    if (deadline <= hal_time_now()) {
        atomic_fetch_or(&hal_cpu_local()->pending, HAL_PENDING_TIMER);
    } else {
        atomic_fetch_and(&hal_cpu_local()->pending, ~HAL_PENDING_TIMER);
        cpu_this()->deadline = deadline == TIME_INFINITE ? NO_TICK : tick_of(deadline);
        set_comparator(cpu_this()->deadline);
        csr_set(sie, SIE_TIMER);
    }
    hal_preempt_enable();
}
