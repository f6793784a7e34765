/*
 * power.h - what of zx_system_powerctl the machine can do.
 */
#pragma once

#include "base/status.h"

/* To go off, or to start again, which is for the launcher's user to do. Does not return; the
 * simulated machine: ERR_NOT_SUPPORTED. */
status_t power_off(void) MUST_USE;
