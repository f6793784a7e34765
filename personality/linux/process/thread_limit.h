/*
 * thread_limit.h - how many threads there may be: in all, as memory allows, and of one user
 * (RLIMIT_NPROC, getrlimit(2)).
 */
#pragma once

#include "personality/linux/process/process.h"

/* How many there may be in all. */
unsigned thread_limit_most(void);
/* Once, at boot: memory decides, as on Linux. */
void thread_limit_init(void);
/* The process has another uid: it may not exec while it is over RLIMIT_NPROC. */
void thread_limit_uid_set(struct linux_process *lp);
/* At exec. ERR_SHOULD_WAIT: it still is. */
status_t thread_limit_check_exec(struct linux_process *lp) MUST_USE;
/* ERR_SHOULD_WAIT: there may not be one more of lp's. No lock held. */
status_t thread_limit_check(struct linux_process *lp) MUST_USE;
/* A thread was made; its structures have gone. */
void thread_limit_add(void);
void thread_limit_remove(void);
