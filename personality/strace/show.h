/*
 * show.h - how arguments and results are shown: show_T and result_T for each type T of a
 * syscalls.tbl. show_at_T takes the address of a T. Here are those that the personalities
 * share.
 */
#pragma once

#include "personality/strace/trace.h"

trace_show_fn show_addr;
trace_show_fn show_at_addr;
trace_show_fn show_at_bytes;
trace_show_fn show_at_char;
trace_show_fn show_at_i32;
trace_show_fn show_at_i64;
trace_show_fn show_at_size;
trace_show_fn show_at_u32;
trace_show_fn show_at_u64;
trace_show_fn show_at_u8;
trace_show_fn show_at_void;
trace_show_fn show_at_x32;
trace_show_fn show_i16;
trace_show_fn show_i32;
trace_show_fn show_i64;
trace_show_fn show_i8;
trace_show_fn show_names;
trace_show_fn show_size;
trace_show_fn show_u16;
trace_show_fn show_u32;
trace_show_fn show_u64;
trace_show_fn show_u8;
trace_show_fn show_x32;
trace_show_fn show_x64;

trace_result_fn result_addr;
trace_result_fn result_status;
