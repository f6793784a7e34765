/*
 * ktrace.h - the calls of Zircon processes in the kernel's trace.
 */
#pragma once

#include "object/syscall.h"

/* At boot: the table whose calls are to be recorded, with what strace has put into it. */
void zircon_ktrace_init(struct syscall_table *of);
