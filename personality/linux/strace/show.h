/*
 * show.h - how Linux's own types of arguments and results are shown.
 */
#pragma once

#include "personality/strace/show.h"

trace_show_fn show_at_clone_args;
trace_show_fn show_at_cpus;
trace_show_fn show_at_dirents;
trace_show_fn show_at_environment;
trace_show_fn show_at_epoll_event;
trace_show_fn show_at_epoll_events;
trace_show_fn show_at_fds;
trace_show_fn show_at_fdset;
trace_show_fn show_at_ioctl;
trace_show_fn show_at_iovec;
trace_show_fn show_at_itimerspec;
trace_show_fn show_at_itimerval;
trace_show_fn show_at_open_how;
trace_show_fn show_at_pollfd;
trace_show_fn show_at_rlimit;
trace_show_fn show_at_rusage;
trace_show_fn show_at_sigaction;
trace_show_fn show_at_siginfo;
trace_show_fn show_at_sigset;
trace_show_fn show_at_sigset_pair;
trace_show_fn show_at_sigstack;
trace_show_fn show_at_stat;
trace_show_fn show_at_statfs;
trace_show_fn show_at_statx;
trace_show_fn show_at_str;
trace_show_fn show_at_strings;
trace_show_fn show_at_sysinfo;
trace_show_fn show_at_timespec;
trace_show_fn show_at_timespecs;
trace_show_fn show_at_timeval;
trace_show_fn show_at_timevals;
trace_show_fn show_at_utsname;
trace_show_fn show_at_wait_status;
trace_show_fn show_create_mode;
trace_show_fn show_fcntl_arg;
trace_show_fn show_fd;
trace_show_fn show_file_mode;
trace_show_fn show_futex_timeout;
trace_show_fn show_mode;
trace_show_fn show_prctl_arg;
trace_show_fn show_sig;
trace_show_fn show_str;

trace_result_fn result_fcntl;
trace_result_fn result_mode;
trace_result_fn result_none;
trace_result_fn result_poll;
trace_result_fn result_select;

/* By number, as linux_syscalls; made from syscalls.tbl. */
extern const struct trace_signature linux_signatures[];

void trace_add_signal(struct trace *t, int signo);
struct siginfo;
void trace_add_siginfo(struct trace *t, const struct siginfo *info);
