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
/* Entries for the queues, allocated with no lock held; a lack of memory is NULL. */
struct signal_queued *signal_entry_alloc(void);
void signal_entry_free(struct signal_queued *q);
/* RLIMIT_SIGPENDING of the one who is to get it: may its user have one more entry queued? No
 * lock held. */
bool signal_may_queue(struct linux_process *lp);
/* Puts the signal into the set and, where it is to be told of, the queue: `*q`, which is NULL
 * if it was used up, or there was none. */
void signal_enqueue_locked(struct signal_pending *p, struct signal_queued **q,
                           const struct siginfo *info);
/* Sends the signal in an entry of the sender's own, which is not queued, to the process or (not
 * NULL) the thread. False: it is ignored. Not for those that act when they are sent. */
bool signal_send_entry_locked(struct linux_process *lp, struct linux_thread *only,
                              struct signal_queued *q);
/* Takes it back if it is queued; its sender is not told. */
void signal_unqueue_locked(struct signal_pending *p, struct signal_queued *q);
/* Forget pending ones, of the process and of each of its threads. */
void signal_flush_process_locked(struct linux_process *lp, sigset_t_ set);

/* Interrupt every thread of the process. */
void signal_wake_all_locked(struct linux_process *lp, unsigned reasons);

/* Let a stopped process go on; tells the parent. No lock held. */
void signal_continue_process(struct linux_process *lp);

/* rt_sigprocmask: sets the mask; what became deliverable interrupts the thread. */
void signal_set_mask(struct linux_thread *lt, sigset_t_ mask);
