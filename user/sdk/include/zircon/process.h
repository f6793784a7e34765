/*
 * process.h - what a process has from its start: handles on itself.
 *
 * In a Linux program they are made when they are first asked for, stay the process's own, and
 * are 0 where the kernel was not asked for Zircon calls. A child by fork finds its own under
 * the same values.
 */
#pragma once

#include "uapi/zircon/types.h"

zx_handle_t zx_process_self(void);
zx_handle_t zx_vmar_root_self(void);
zx_handle_t zx_job_default(void);
/* Of the calling thread. */
zx_handle_t zx_thread_self(void);
/* The vDSO's VMO, which is mapped into native processes that are made. */
zx_handle_t zx_vdso_vmo(void);
