/*
 * time_set.c - setting clocks (clock_settime(2), adjtimex(2)): the machine keeps them, so that
 * nobody may, but everybody may ask how they run.
 */
#include "hal/time.h"

#include "personality/linux/process/process.h"
#include "personality/linux/time/clock.h"

status_t sys_clock_settime(struct syscall *call)
{
    int32_t id = (int32_t)call->arg[0];
    struct linux_clock clock;
    struct timespec ts;
    time_ns_t ns;
    status_t st = clock_open(call, id, &clock);

    if (st != OK)
        return st;
    clock_close(&clock);
    if (id > CLOCK_REALTIME)
        return ERR_INVALID_ARGS;
    st = copy_from_user(&call->thread->user, &ts, call->arg[1], sizeof(ts));
    if (st == OK && id == CLOCK_REALTIME)
        st = timespec_to_ns(&ts, &ns);
    return st == OK ? ERR_NOT_PERMITTED : st;
}

status_t sys_settimeofday(struct syscall *call)
{
    struct timeval tv;
    int32_t zone[2];
    status_t st = OK;

    if (call->arg[0])
        st = copy_from_user(&call->thread->user, &tv, call->arg[0], sizeof(tv));
    if (st == OK && call->arg[0] && (tv.sec < 0 || tv.usec < 0 || tv.usec >= 1000000))
        st = ERR_INVALID_ARGS;
    if (st == OK && call->arg[1])
        st = copy_from_user(&call->thread->user, zone, call->arg[1], sizeof(zone));
    if (st != OK)
        return st;
    return call->arg[0] || call->arg[1] ? ERR_NOT_PERMITTED : OK;
}

/* struct timex (adjtimex(2)) */
struct timex {
    uint32_t modes, pad0;
    int64_t offset, freq, maxerror, esterror;
    int32_t status, pad1;
    int64_t constant, precision, tolerance;
    struct timeval time;
    int64_t tick, ppsfreq, jitter;
    int32_t shift, pad2;
    int64_t stabil, jitcnt, calcnt, errcnt, stbcnt;
    int32_t tai, pad3[11];
};

enum { STA_UNSYNC = 0x40, TIME_ERROR = 5 };

/* Nobody steers the clock from here: "unsynchronized", as of a machine without NTP. */
static status_t adjust(struct syscall *call, user_addr_t at)
{
    time_ns_t now = hal_time_realtime();
    struct timex tx;
    status_t st = copy_from_user(&call->thread->user, &tx, at, sizeof(tx));

    if (st != OK)
        return st;
    if (tx.modes)
        return ERR_NOT_PERMITTED;
    tx = (struct timex){.maxerror = 16000000,
                        .esterror = 16000000,
                        .status = STA_UNSYNC,
                        .constant = 2,
                        .precision = 1,
                        .tolerance = 500 << 16,
                        .time = {now / NS_PER_SEC, now % NS_PER_SEC / 1000},
                        .tick = 10000};
    call->result = TIME_ERROR;
    return copy_to_user(&call->thread->user, at, &tx, sizeof(tx));
}

status_t sys_adjtimex(struct syscall *call)
{
    return adjust(call, call->arg[0]);
}

status_t sys_clock_adjtime(struct syscall *call)
{
    struct linux_clock clock;
    status_t st = clock_open(call, (int32_t)call->arg[0], &clock);

    if (st != OK)
        return st;
    clock_close(&clock);
    return (int32_t)call->arg[0] == CLOCK_REALTIME ? adjust(call, call->arg[1])
                                                   : ERR_NOT_SUPPORTED;
}
