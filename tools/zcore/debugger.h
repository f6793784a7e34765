/*
 * debugger.h - run --gdb: gdb on the processes of a machine, from its beginning.
 */
#pragma once

#include "tools/zcore/options.h"

/*
 * Two children go on: gdb, with the embedded kernel's symbols and tools/gdb/zcore.py, and a
 * launcher, in which this returns a descriptor for debugger_await. The caller waits for both
 * and ends with the launcher's status.
 */
int debugger_start(const struct options *options);

/* In the first process of the machine, the kernel's text mapped: gdb may attach; returns when
 * it has. */
void debugger_await(int fd);
