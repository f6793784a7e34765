/*
 * strace.h - a line for each system call, signal and exit, in the manner of strace(1).
 *
 * A call's name and arguments are written when it begins, up to the first argument that the
 * call fills in; the rest when it is done. What another thread writes in between closes the
 * line with "<unfinished ...>", and the rest then begins with "<... NAME resumed>".
 */
#pragma once

#include "object/syscall.h"

struct linux_thread;
struct siginfo;

/* Before the first program: from now on lines are written. */
void strace_start(void);

/* table.trace_enter and trace_exit */
void strace_enter(struct syscall *call, const struct syscall_entry *entry);
void strace_exit(struct syscall *call, const struct syscall_entry *entry, status_t st);

/* These do nothing unless tracing is on. */

/* `lt` takes this signal. */
void strace_signal(struct linux_thread *lt, const struct siginfo *info);
/* Its process stops by this signal. */
void strace_stopped(struct linux_thread *lt, int signo);
/* It ends, with this wait status. */
void strace_thread_ended(struct linux_thread *lt, uint32_t wait_status);
/* Its memory goes. */
void strace_thread_free(struct linux_thread *lt);
