/*
 * task_info.h - what records and properties tell of threads, processes and exceptions.
 */
#pragma once

#include "personality/zircon/call.h"
#include "uapi/zircon/syscalls/object.h"

void thread_info_fill(struct thread *t, zx_info_thread_t *out);

/* ERR_BAD_STATE: it is in no exception. */
status_t thread_exception_report(struct thread *t, zx_exception_report_t *out) MUST_USE;

/* Of a thread, a process or an exception, and dealt with here. */
bool is_task_property(uint32_t property);
/* Of one that is. ERR_BUFFER_TOO_SMALL, ERR_WRONG_TYPE; ERR_NOT_SUPPORTED: only the other way
 * round, or not on this machine. */
status_t task_get_property(struct syscall *call, struct object *obj,
                           uint32_t property) MUST_USE;
status_t task_set_property(struct syscall *call, struct object *obj,
                           uint32_t property) MUST_USE;
