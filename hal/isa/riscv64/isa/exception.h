/*
 * exception.h (riscv64) - what Zircon tells of a trap beyond its kind.
 */
#pragma once

#include "uapi/zircon/syscalls/exception.h"

/* From hal_trap's code and addr. */
static inline void isa_exception_context(uint64_t code, uint64_t addr,
                                         struct zx_exception_context *out)
{
    out->arch.riscv_64 = (zx_riscv64_exc_data_t){.cause = code, .tval = addr};
}
