/* timer.c - the clock, which is the host's vDSO, and the deadlines of CPUs. */
#include "hal/libos/timer.h"

#include "hal/libos/boot.h"
#include "hal/libos/carrier.h"
#include "hal/libos/io.h"
#include "hal/libos/irq.h"
#include "hal/libos/linux.h"
#include "uapi/zcore/clock.h"

enum { CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1 };

static time_ns_t boot_time; /* host CLOCK_MONOTONIC at our 0 */

/* When the I/O thread looks next; TIME_AWAKE: it is about to. */
#define TIME_AWAKE INT64_MIN
static _Atomic time_ns_t promised = TIME_AWAKE;

static time_ns_t read_clock(int id)
{
    int (*clock_gettime)(int, struct linux_timespec *) =
        (int (*)(int, struct linux_timespec *))libos_boot->clock_gettime;
    struct linux_timespec ts;

    if (clock_gettime)
        clock_gettime(id, &ts);
    else
        host_call(LINUX_CLOCK_GETTIME, id, &ts);
    return ts.sec * NS_PER_SEC + ts.nsec;
}

void timer_setup(void)
{
    boot_time = read_clock(CLOCK_MONOTONIC);
    for (unsigned i = 0; i < HAL_MAX_CPUS; i++)
        atomic_store(&libos_cpus[i].deadline, TIME_INFINITE);
}

time_ns_t hal_time_now(void)
{
    return read_clock(CLOCK_MONOTONIC) - boot_time;
}

time_ns_t hal_time_realtime(void)
{
    return read_clock(CLOCK_REALTIME);
}

/* The host's vDSO is at the same place for user mode; see in_kernel of signal.c. */
void hal_time_user_clock(struct user_clock *out)
{
    *out = (struct user_clock){
        .source = libos_boot->clock_gettime ? USER_CLOCK_HOST : USER_CLOCK_NONE,
        .function = libos_boot->clock_gettime,
        .host_start = boot_time,
    };
}

time_ns_t timer_host_time(time_ns_t t)
{
    return t == TIME_INFINITE ? t : t + boot_time;
}

/*
 *   CPU:         store deadline; read promised: earlier than that, ring
 *   I/O thread:  store promised; read deadlines: one is earlier, start over; sleep
 * Both sequentially consistent: one of them sees the other.
 */
void timer_cover(void)
{
    if (atomic_load(&cpu_self()->deadline) < atomic_load(&promised))
        io_ring();
}

void hal_timer_set(time_ns_t deadline)
{
    atomic_store(&cpu_self()->deadline, deadline);
    if (deadline < TIME_INFINITE)
        timer_cover();
}

bool timer_expired(void)
{
    struct cpu *cpu = cpu_self();

    if (atomic_load(&cpu->deadline) > hal_time_now()) {
        timer_cover();
        return false;
    }
    atomic_store(&cpu->deadline, TIME_INFINITE);
    return true;
}

void timer_awake(void)
{
    atomic_store(&promised, TIME_AWAKE);
}

/* The earliest deadline not yet come; those that have are raised. */
static time_ns_t earliest(void)
{
    time_ns_t now = hal_time_now(), first = TIME_INFINITE;

    for (unsigned i = 0; i < hal_cpu_count(); i++) {
        struct cpu *cpu = &libos_cpus[i];
        time_ns_t deadline = atomic_load(&cpu->deadline);

        if (atomic_load(&cpu->halted) || atomic_load(&cpu->hal.pending) & HAL_PENDING_TIMER)
            continue;
        if (deadline <= now)
            irq_raise(i, HAL_PENDING_TIMER);
        else
            first = MIN(first, deadline);
    }
    return first;
}

time_ns_t timer_promise(void)
{
    time_ns_t first = earliest(), again;

    for (;;) {
        atomic_store(&promised, first);
        again = earliest();
        if (again >= first)
            return first;
        first = again;
    }
}
