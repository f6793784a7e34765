/*
 * policy.h - what a process's job lets it do.
 */
#pragma once

#include "personality/zircon/call.h"

/*
 * By every call that makes an object, or does something else that a condition (ZX_POL_*) is
 * about, once its arguments are found good. ERR_ACCESS_DENIED: it must not go on.
 */
status_t call_policy(struct syscall *call, uint32_t condition) MUST_USE;
