/*
 * features.h - kinds of zx_system_get_features, and bits of its answers.
 */
#pragma once

#include "uapi/zircon/syscalls/system.h"
