/*
 * show.h - how arguments and results are shown: show_T and result_T for each type T of
 * syscalls.tbl. show_at_T takes the address of a T.
 */
#pragma once

#include "personality/linux/strace/trace.h"

trace_show_fn show_addr;
trace_show_fn show_at_addr;
trace_show_fn show_at_bytes;
trace_show_fn show_at_char;
trace_show_fn show_at_clone_args;
trace_show_fn show_at_cpus;
trace_show_fn show_at_dirents;
trace_show_fn show_at_environment;
trace_show_fn show_at_epoll_event;
trace_show_fn show_at_epoll_events;
trace_show_fn show_at_fds;
trace_show_fn show_at_fdset;
trace_show_fn show_at_i32;
trace_show_fn show_at_i64;
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
trace_show_fn show_at_size;
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
trace_show_fn show_at_u32;
trace_show_fn show_at_u8;
trace_show_fn show_at_utsname;
trace_show_fn show_at_void;
trace_show_fn show_at_wait_status;
trace_show_fn show_create_mode;
trace_show_fn show_fcntl_arg;
trace_show_fn show_fd;
trace_show_fn show_file_mode;
trace_show_fn show_futex_timeout;
trace_show_fn show_i32;
trace_show_fn show_i64;
trace_show_fn show_mode;
trace_show_fn show_names;
trace_show_fn show_prctl_arg;
trace_show_fn show_sig;
trace_show_fn show_size;
trace_show_fn show_str;
trace_show_fn show_u32;
trace_show_fn show_u64;
trace_show_fn show_x32;
trace_show_fn show_x64;

trace_result_fn result_addr;
trace_result_fn result_fcntl;
trace_result_fn result_mode;
trace_result_fn result_none;
trace_result_fn result_poll;
trace_result_fn result_select;
trace_result_fn result_status;
