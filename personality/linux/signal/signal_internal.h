/*
 * signal_internal.h - what the signal files share: queues, and what a signal does by default.
 */
#pragma once

#include "personality/linux/process/process.h"

enum signal_default {
    DEFAULT_TERMINATE,
    DEFAULT_CORE,
    DEFAULT_IGNORE,
    DEFAULT_STOP,
    DEFAULT_CONTINUE
};

/* signal(7), "Standard signals". */
enum signal_default signal_default_of(int signo);

#define SIGNALS_STOP        (SIGMASK(SIGSTOP) | SIGMASK(SIGTSTP) | SIGMASK(SIGTTIN) | SIGMASK(SIGTTOU))
#define SIGNALS_UNBLOCKABLE (SIGMASK(SIGKILL) | SIGMASK(SIGSTOP))
/* Caused by the thread's own instruction: taken before all others. */
#define SIGNALS_SYNCHRONOUS                                                    \
    (SIGMASK(SIGSEGV) | SIGMASK(SIGBUS) | SIGMASK(SIGILL) | SIGMASK(SIGTRAP) | \
     SIGMASK(SIGFPE) | SIGMASK(SIGSYS))

/* All with the process's lock held. */

/* Take one of `from` out: its siginfo. False: none is pending. */
bool signal_dequeue_locked(struct signal_pending *p, sigset_t_ from, struct siginfo *out);
/* The next that `lt` takes of `from`: its own first, then the process's. */
bool signal_take_locked(struct linux_thread *lt, sigset_t_ from, struct siginfo *out);
/* One that was taken could not be told of: it is pending again, before others of its number. No
 * lock held. */
void signal_put_back(struct linux_process *lp, struct signal_pending *p,
                     const struct siginfo *info);
/* Pending for `lt`, its own and the process's. */
sigset_t_ signal_pending_set_locked(struct linux_thread *lt);
/* Forget pending ones. */
void signal_flush_locked(struct signal_pending *p, sigset_t_ set);
/* Those of the process and of each of its threads. */
void signal_flush_process_locked(struct linux_process *lp, sigset_t_ set);

/* Interrupt every thread of the process. */
void signal_wake_all_locked(struct linux_process *lp, unsigned reasons);

/* Let a stopped process go on; tells the parent. No lock held. */
void signal_continue_process(struct linux_process *lp);

/* rt_sigprocmask: sets the mask; what became deliverable interrupts the thread. */
void signal_set_mask(struct linux_thread *lt, sigset_t_ mask);
