/*
 * pid.h - pids and tids: allocation and lookup. One number space (pid_namespaces(7), the
 * root's).
 */
#pragma once

#include "personality/linux/process/process.h"

/* Nobody has a number (a machine boots). */
void pid_init(void);

/* With family_lock held. A fresh number in no use as pid, tid, pgrp or sid; 0: none is left. */
pid_t_ pid_alloc_locked(void);
void pid_insert_locked(struct linux_process *lp);
void tid_insert_locked(struct linux_thread *lt);
/* Idempotent. */
void pid_remove_locked(struct linux_process *lp);
void tid_remove_locked(struct linux_thread *lt);
/* Borrowed while the lock is held. */
struct linux_process *pid_find_locked(pid_t_ pid);
struct linux_thread *tid_find_locked(pid_t_ tid);
/* The list of all processes, of all_link, oldest first. */
struct list *pid_all_locked(void);
/* The number that was given out last. Caller holds family_lock. */
pid_t_ pid_last_locked(void);
