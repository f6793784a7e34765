/*
 * hybrid.h - processes that make Linux calls and Zircon calls: what the two personalities,
 * which do not know each other, do for each other. They are Linux processes (process.linux_ is
 * set) with PROCESS_CALLS_ZIRCON in process.calls; fork, exec and clone hand that on.
 */
#pragma once

#include "fs/file.h"
#include "object/thread.h"

/* ---- by the Zircon personality (personality/zircon/hybrid.c) ---- */

/* Map the vDSO into a new program's memory, at an address with room for it. */
status_t hybrid_map_vdso(struct aspace *as, user_addr_t at) MUST_USE;
/* `p` has that memory now, and one thread: its calls come from there, its handles are closed.
 */
void hybrid_exec(struct process *p, user_addr_t vdso);
/*
 * `child` is the only thread of a new process, not started, with its memory. It gets handles on
 * its own process, VMAR, job and thread where `parent` has these, under the same values; any
 * other value of the parent's is a bad handle. ERR_NO_MEMORY.
 */
status_t hybrid_fork(struct thread *parent, struct thread *child) MUST_USE;
/* The thread ends: the handle that its process has on it as "own" is closed. */
void hybrid_thread_ended(struct thread *t);

/* ---- by the Linux personality (personality/linux/process/hybrid.c) ---- */

/* One more thread of `p`. Linux signals are blocked in it: no handler runs where the C library
 * of the program has set up nothing. */
status_t hybrid_thread_create(struct process *p, const char *name,
                              struct thread **out) MUST_USE;
/* thread_start_at. */
status_t hybrid_thread_start(struct thread *t, const struct thread_entry *entry) MUST_USE;
/* exit_group(2) with the low byte of the code; exit(2). Of the calling thread. */
void hybrid_process_exit(struct thread *t, int64_t code);
void hybrid_thread_exit(struct thread *t);

/* Descriptors of the calling process: the lowest free one for `file`; a reference to what is
 * behind one. ERR_TOO_MANY_FILES, ERR_NO_MEMORY; ERR_BAD_FD. */
status_t hybrid_fd_install(struct syscall *call, struct file *file, int *fd) MUST_USE;
status_t hybrid_fd_get(struct syscall *call, int fd, struct file **out) MUST_USE;
void hybrid_fd_close(struct syscall *call, int fd);
