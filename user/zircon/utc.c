/*
 * utc.c - the program's clock of UTC.
 */
#include <stdatomic.h>

#include "user/sdk/include/zircon/utc.h"
#include "zircon/syscalls.h"

static _Atomic zx_handle_t reference;

zx_handle_t zx_utc_reference_get(void)
{
    return atomic_load(&reference);
}

zx_status_t zx_utc_reference_swap(zx_handle_t clock, zx_handle_t *before)
{
    zx_time_t now;
    zx_status_t st = clock ? zx_clock_read(clock, &now) : ZX_OK;

    if (st != ZX_OK) {
        zx_handle_close(clock);
        return st;
    }
    *before = atomic_exchange(&reference, clock);
    return ZX_OK;
}

extern __typeof__(zx_utc_reference_get) _zx_utc_reference_get
    __attribute__((alias("zx_utc_reference_get")));
extern __typeof__(zx_utc_reference_swap) _zx_utc_reference_swap
    __attribute__((alias("zx_utc_reference_swap")));
