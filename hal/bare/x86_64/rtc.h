/*
 * rtc.h - the battery clock.
 */
#pragma once

#include "base/types.h"

/* Seconds since 1970 (UTC, as QEMU and servers keep it); 0 where there is no clock. */
int64_t rtc_read(void);
