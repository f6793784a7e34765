/*
 * wait_mask.h - what ppoll, pselect6 and epoll_pwait share: a signal mask for the time of the
 * wait, and the time that is left after it.
 */
#pragma once

#include "object/thread.h"

/* Wait with the mask at `mask` (0: the present one). ERR_INVALID_ARGS: not a sigset's size. */
status_t wait_mask_begin(struct syscall *call, user_addr_t mask, uint64_t size) MUST_USE;

/* The mask of before, unless a signal ended the wait: then the thread's way to user mode, where
 * the handler runs under the temporary mask, restores it. */
void wait_mask_end(struct syscall *call, status_t st);

/* Write what is left until `deadline` to the timespec at `to` (0: none was given), as Linux
 * does whatever the outcome `st`, which is returned; where that fails, nothing is written. */
status_t wait_time_left(struct syscall *call, user_addr_t to, time_ns_t deadline,
                        status_t st) MUST_USE;
