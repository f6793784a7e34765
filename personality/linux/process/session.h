/*
 * session.h - sessions, process groups and what ties them to a terminal (credentials(7)).
 */
#pragma once

#include "personality/linux/process/process.h"

/* The end of a process: a session leader's terminal hangs up; a group that becomes orphaned
 * with stopped members gets SIGHUP and SIGCONT (setpgid(2), NOTES). */
void session_process_ended(struct linux_process *lp);

/* SIGHUP and SIGCONT to its members; 0: no group. */
void session_hang_up_group(pid_t_ pgrp);

/* No member of the group has a parent in another group of the same session. family_lock held.
 */
bool session_group_orphaned_locked(pid_t_ pgrp);
