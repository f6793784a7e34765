/*
 * exception.h (x86_64) - what Zircon tells of a trap beyond its kind.
 */
#pragma once

#include "uapi/zircon/syscalls/exception.h"

/* From hal_trap's code and addr. */
static inline void isa_exception_context(uint64_t code, uint64_t addr,
                                         struct zx_exception_context *out)
{
    out->arch.x86_64 =
        (zx_x86_64_exc_data_t){.vector = code >> 32, .err_code = (uint32_t)code, .cr2 = addr};
}
