/*
 * time_calls.c - clocks, sleeping, random numbers.
 */
#include "hal/boot.h"
#include "hal/time.h"
#include "personality/zircon/policy.h"
#include "personality/zircon/resource_calls.h"

/* What zx_clock_adjust made of UTC, from the monotonic clock on. */
#define NOT_ADJUSTED INT64_MIN
static atomic_llong utc_offset = NOT_ADJUSTED;

static time_ns_t utc_now(void)
{
    int64_t offset = atomic_load_explicit(&utc_offset, memory_order_relaxed);

    return offset == NOT_ADJUSTED ? hal_time_realtime()
                                  : (time_ns_t)((uint64_t)hal_time_now() + (uint64_t)offset);
}

/* The programs of this personality share it; Linux's clocks go on. */
status_t zircon_clock_adjust(struct syscall *call)
{
    status_t st = call_resource(call, 0, ZX_RSRC_KIND_ROOT);

    if (st != OK)
        return st;
    switch ((uint32_t)call->arg[1]) {
    case ZX_CLOCK_MONOTONIC:
        return ERR_ACCESS_DENIED;
    case ZX_CLOCK_UTC:
        atomic_store_explicit(&utc_offset, (int64_t)call->arg[2], memory_order_relaxed);
        return OK;
    default:
        return ERR_INVALID_ARGS;
    }
}

status_t zircon_clock_get(struct syscall *call)
{
    time_ns_t now = hal_time_now();

    switch ((uint32_t)call->arg[0]) {
    case ZX_CLOCK_MONOTONIC:
        break;
    case ZX_CLOCK_UTC:
        now = utc_now();
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
    CO_CALL(st, f->sleep, sleep_until,
            .deadline = call_deadline(f->call, (time_ns_t)f->call->arg[0]));
    CO_RETURN(st);
}
CO_END

struct zircon_thread_legacy_yield {
    SYSCALL_FRAME;
};
CO_FITS(zircon_thread_legacy_yield, union syscall_slot);
SYSCALL_WAIT(zircon_thread_legacy_yield);

CO_FN(zircon_thread_legacy_yield)
{
    if ((uint32_t)f->call->arg[0] != 0)
        CO_RETURN(ERR_INVALID_ARGS);
    CO_YIELD();
    CO_RETURN(OK);
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

status_t zircon_cprng_add_entropy(struct syscall *call)
{
    unsigned char bytes[ZX_CPRNG_ADD_ENTROPY_MAX_LEN];
    size_t size = call->arg[1];
    status_t st;

    if (size > sizeof(bytes))
        return ERR_INVALID_ARGS;
    st = copy_from_user(call_user(call), bytes, call->arg[0], size);
    if (st == OK)
        hal_entropy_add(bytes, size);
    return st;
}
