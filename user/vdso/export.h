/*
 * export.h - what the vDSO's C sources give to programs: zx_NAME and _zx_NAME, which is it.
 */
#pragma once

#pragma GCC visibility push(default)
#include "zircon/syscalls.h"
#pragma GCC visibility pop

/* zx_NAME is weak, so that a program may wrap it. */
#define EXPORT(name) \
    extern __typeof__(zx_##name) zx_##name __attribute__((weak, alias("_zx_" #name)))
