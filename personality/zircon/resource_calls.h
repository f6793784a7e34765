/*
 * resource_calls.h - calls that need a resource.
 */
#pragma once

#include "object/resource.h"
#include "personality/zircon/call.h"

/* The handle argument is a resource of that kind, or the root. ERR_BAD_HANDLE, ERR_WRONG_TYPE.
 */
status_t call_resource(const struct syscall *call, unsigned arg, uint32_t kind) MUST_USE;
/* ... that covers the range. ERR_OUT_OF_RANGE too. */
status_t call_resource_range(const struct syscall *call, unsigned arg, uint32_t kind,
                             uint64_t base, uint64_t size) MUST_USE;
