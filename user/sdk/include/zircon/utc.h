/*
 * utc.h - the clock that is the program's idea of UTC.
 *
 * A native program is started with one by PA_CLOCK_UTC, or with none; a Linux program has none
 * until it sets one, and its C library does not ask for it.
 */
#pragma once

#include "uapi/zircon/types.h"

/* The handle is lent: who swaps it out may close it. 0: there is none. */
zx_handle_t zx_utc_reference_get(void);
zx_handle_t _zx_utc_reference_get(void);

/* Consumes `clock`, which must be readable, or 0; the one before is the caller's then. An error
 * is zx_clock_read's. */
zx_status_t zx_utc_reference_swap(zx_handle_t clock, zx_handle_t *before);
zx_status_t _zx_utc_reference_swap(zx_handle_t clock, zx_handle_t *before);
