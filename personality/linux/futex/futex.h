/*
 * futex.h - what other parts of the personality ask of futexes (futex(2)).
 */
#pragma once

#include "personality/linux/process/process.h"

/* Wake up to `count` waiters of the word at `addr` in `as`; how many. */
unsigned futex_wake_user(struct aspace *as, user_addr_t addr, unsigned count);

/* A thread ends: walk its robust list, clear and wake its clear_child_tid. Best effort: user
 * memory that is not there is passed over. */
void futex_thread_exit(struct linux_thread *lt);
