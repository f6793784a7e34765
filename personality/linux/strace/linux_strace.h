/*
 * linux_strace.h - Linux calls, signals and ends of threads in what --strace shows.
 */
#pragma once

#include "object/syscall.h"

struct linux_thread;
struct siginfo;

/* syscall_table.trace_enter */
void linux_strace_enter(struct syscall *call, const struct syscall_entry *entry);

/* These do nothing for a thread that is not traced. */

/* `lt` takes this signal. */
void linux_strace_signal(struct linux_thread *lt, const struct siginfo *info);
/* Its process stops by this signal. */
void linux_strace_stopped(struct linux_thread *lt, int signo);
/* It ends, with this wait status. */
void linux_strace_ended(struct linux_thread *lt, uint32_t wait_status);
