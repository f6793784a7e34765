/*
 * time_calls.c - clocks, sleeping, random numbers.
 */
#include "hal/boot.h"
#include "hal/time.h"
#include "personality/zircon/call.h"

status_t zircon_clock_get(struct syscall *call)
{
    time_ns_t now = hal_time_now();

    switch ((uint32_t)call->arg[0]) {
    case ZX_CLOCK_MONOTONIC:
        break;
    case ZX_CLOCK_UTC:
        now = hal_time_realtime();
        break;
    case ZX_CLOCK_THREAD:
        return ERR_NOT_SUPPORTED;
    default:
        return ERR_INVALID_ARGS;
    }
    return copy_to_user(call_user(call), call->arg[1], &now, sizeof(now));
}

status_t zircon_clock_get_monotonic_via_kernel(struct syscall *call)
{
    call->result = hal_time_now();
    return OK;
}

/* A tick is a nanosecond; the vDSO's zx_ticks_per_second says so. */
status_t zircon_ticks_get_via_kernel(struct syscall *call)
{
    call->result = hal_time_now();
    return OK;
}

struct zircon_nanosleep {
    SYSCALL_FRAME;
    struct sleep_until sleep;
};
CO_FITS(zircon_nanosleep, union syscall_slot);
SYSCALL_WAIT(zircon_nanosleep);

/* A deadline in the past lets others run. */
CO_FN(zircon_nanosleep)
{
    status_t st;

    if ((time_ns_t)f->call->arg[0] <= hal_time_now()) {
        CO_YIELD();
        CO_RETURN(OK);
    }
    CO_CALL(st, f->sleep, sleep_until, .deadline = (time_ns_t)f->call->arg[0]);
    CO_RETURN(st);
}
CO_END

status_t zircon_cprng_draw_once(struct syscall *call)
{
    unsigned char bytes[ZX_CPRNG_DRAW_MAX_LEN];
    size_t size = call->arg[1];

    if (size > sizeof(bytes))
        return ERR_INVALID_ARGS;
    hal_entropy(bytes, size);
    return copy_to_user(call_user(call), call->arg[0], bytes, size);
}
