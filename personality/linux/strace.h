/*
 * strace.h - a line on the console for each system call, in the manner of strace(1).
 */
#pragma once

#include "object/syscall.h"

enum { STRACE_LINE = 256 };

/* table.trace_enter and trace_exit. The line is begun at entry, since a call may replace the
 * memory that its arguments point to, and written when the call's outcome is known. */
void strace_enter(struct syscall *call, const struct syscall_entry *entry);
void strace_exit(struct syscall *call, const struct syscall_entry *entry, status_t st);
