/*
 * show.h - how Zircon's own types of arguments and results are shown.
 */
#pragma once

#include "personality/strace/show.h"

trace_show_fn show_at_handle;
trace_show_fn show_at_time;
trace_show_fn show_at_zx_channel_call_args_t;
trace_show_fn show_at_zx_channel_call_etc_args_t;
trace_show_fn show_at_zx_handle_disposition_t;
trace_show_fn show_at_zx_handle_info_t;
trace_show_fn show_at_zx_port_packet_t;
trace_show_fn show_at_zx_wait_item_t;
trace_show_fn show_handle;
trace_show_fn show_time;
trace_show_fn show_zx_status;

trace_result_fn result_i64;
trace_result_fn result_noreturn;
trace_result_fn result_time;
trace_result_fn result_u64;

/* By number, as zircon_syscalls; made from syscalls.tbl. */
extern const struct trace_signature zircon_signatures[];
