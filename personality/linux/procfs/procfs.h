/*
 * procfs.h - /proc (proc(5)): what ps, top, shells and the C library read there, and the
 * kernel's own counters in /proc/zcore.
 */
#pragma once

#include "fs/file.h"
#include "personality/linux/process/process.h"

status_t procfs_create(struct filesystem **out) MUST_USE;
/* Known to mount(2) as "proc"; once per boot. */
status_t procfs_register(void) MUST_USE;

/* The process whose directory /proc/PID `file` is: a reference. ERR_BAD_FD: it is none;
 * ERR_NO_PROCESS: the process is gone. */
status_t procfs_process(struct file *file, struct linux_process **out) MUST_USE;

/* One more line of /proc/zcore that is no counter of mm/counter.h: static, stays. */
struct procfs_counter {
    const char *name;
    uint64_t (*read)(void);
    struct procfs_counter *next; /* procfs's */
};
/* At boot, before others run. */
void procfs_counter_register(struct procfs_counter *counter);
