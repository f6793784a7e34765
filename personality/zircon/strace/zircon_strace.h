/*
 * zircon_strace.h - Zircon calls in what --strace shows.
 */
#pragma once

#include "object/syscall.h"

/* syscall_table.trace_enter */
void zircon_strace_enter(struct syscall *call, const struct syscall_entry *entry);
