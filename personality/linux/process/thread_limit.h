/*
 * thread_limit.h - how many threads there may be: in all, as memory allows, and of one user
 * (RLIMIT_NPROC, getrlimit(2)).
 */
#pragma once

#include "personality/linux/process/process.h"

/* Once, at boot: memory decides, as on Linux. */
void thread_limit_init(void);
/* ERR_SHOULD_WAIT: there may not be one more of lp's. No lock held. */
status_t thread_limit_check(struct linux_process *lp) MUST_USE;
/* A thread was made; its structures have gone. */
void thread_limit_add(void);
void thread_limit_remove(void);
