/*
 * sysfs.h - /sys (sysfs(5)): the CPUs and memory nodes that the C library, lscpu and runtimes
 * look for there. There are no devices in it.
 */
#pragma once

#include "base/status.h"

/* Known to mount(2) as "sysfs"; once per boot. */
status_t sysfs_register(void) MUST_USE;
