/*
 * power.h - stopping, for the NMI that stops this CPU.
 */
#pragma once

#include "base/types.h"

/* A CPU called hal_stop_others. */
bool power_stopping(void);
