/*
 * signalfd.h - signal descriptors as the signal queues see them.
 */
#pragma once

#include "personality/linux/process/process.h"

/* A signal was queued, for the process or only for `only`; the process's lock is held. */
void signalfd_notify_locked(struct linux_process *lp, const struct linux_thread *only,
                            int signo);

/* The thread is gone: nobody waits for its signals any more. */
void signalfd_thread_gone(struct linux_thread *lt);
