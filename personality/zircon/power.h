/*
 * power.h - what of zx_system_powerctl the machine can do.
 */
#pragma once

#include "base/status.h"

/* Does not return, or ERR_NOT_SUPPORTED: the machine goes off when its first program ends. */
status_t power_off(void) MUST_USE;
