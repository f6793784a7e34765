/*
 * signal.h - Linux signals: actions, masks, queues, and delivery (signal(7)).
 *
 * All state of one process and its threads is guarded by linux_process.lock. Raising a signal
 * queues it and interrupts a task that does not block it (TASK_SIGNAL); the thread takes it on
 * its own way to user mode (signal_pending_co), where handlers get their frame, default actions
 * happen, and an interrupted call is restarted or answers EINTR.
 */
#pragma once

#include "base/list.h"
#include "co/waiter.h"
#include "object/thread.h"

enum {
    SIGHUP = 1,
    SIGINT,
    SIGQUIT,
    SIGILL,
    SIGTRAP,
    SIGABRT,
    SIGBUS,
    SIGFPE,
    SIGKILL,
    SIGUSR1,
    SIGSEGV,
    SIGUSR2,
    SIGPIPE,
    SIGALRM,
    SIGTERM,
    SIGSTKFLT,
    SIGCHLD,
    SIGCONT,
    SIGSTOP,
    SIGTSTP,
    SIGTTIN,
    SIGTTOU,
    SIGURG,
    SIGXCPU,
    SIGXFSZ,
    SIGVTALRM,
    SIGPROF,
    SIGWINCH,
    SIGIO,
    SIGPWR,
    SIGSYS,
    SIGRTMIN_ = 32,
    SIGNALS = 64,
};

typedef uint64_t sigset_t_; /* bit n - 1 is signal n */
#define SIGMASK(sig) (1ull << ((sig)-1))

/* The kernel's struct sigaction (rt_sigaction(2)); riscv64 has no restorer. */
struct signal_action {
    user_addr_t handler; /* 0: SIG_DFL, 1: SIG_IGN */
    uint64_t flags;      /* SA_* */
    user_addr_t restorer;
    sigset_t_ mask;
};

/* siginfo_t as the program sees it: 128 bytes (sigaction(2)). */
struct siginfo {
    int32_t signo, error, code, pad;
    union {
        struct {
            int32_t pid;
            uint32_t uid;
            uint64_t value;
        } rt;
        struct {
            int32_t pid;
            uint32_t uid;
            int32_t status;
            int32_t pad;
            int64_t utime, stime;
        } child;
        struct {
            uint64_t addr;
        } fault;
        struct {
            int32_t id, overrun;
            uint64_t value;
        } timer;
        struct {
            int64_t band;
            int32_t fd;
        } poll;
        uint8_t bytes[112];
    };
};

/* signal_action.flags (sigaction(2)) */
#define SA_NOCLDSTOP 0x00000001ull
#define SA_NOCLDWAIT 0x00000002ull
#define SA_SIGINFO   0x00000004ull
#define SA_RESTORER  0x04000000ull
#define SA_ONSTACK   0x08000000ull
#define SA_RESTART   0x10000000ull
#define SA_NODEFER   0x40000000ull
#define SA_RESETHAND 0x80000000ull

/* si_code of SIGCHLD */
enum { CLD_EXITED = 1, CLD_KILLED, CLD_DUMPED, CLD_TRAPPED, CLD_STOPPED, CLD_CONTINUED };

enum { SI_USER = 0, SI_KERNEL = 0x80, SI_QUEUE = -1, SI_TIMER = -2, SI_TKILL = -6 };

/* One queued signal. Standard signals keep at most one, real-time ones a list. */
struct signal_queued {
    struct list link;
    struct siginfo info;
    /* NULL: the queue's own entry, freed when it is taken. Otherwise the sender's, who is told
     * here, with the process's lock held, that it was taken or flushed; what the taker is to
     * see is in `info`. */
    void (*taken)(struct signal_queued *q, struct siginfo *info);
};

struct signal_pending {
    sigset_t_ set;
    struct list queue; /* of signal_queued, oldest first */
    unsigned count;    /* of the queue's own entries: RLIMIT_SIGPENDING */
};

/* Of the process. */
struct signal_shared {
    struct signal_action actions[SIGNALS];
    struct signal_pending pending;
    bool stopped;       /* by a stop signal, until SIGCONT */
    int stop_signal;    /* that stopped it */
    uint32_t continued; /* SIGCONTs sent: who takes a stop signal sees whether it holds */
};

/* Of a thread. */
struct signal_private {
    sigset_t_ mask, saved_mask; /* saved: to go back to after sigsuspend and the like */
    struct signal_pending pending;
    user_addr_t altstack;
    uint64_t altstack_size;
    uint32_t altstack_flags;
    bool restore_mask;
    sigset_t_ waiting; /* sigtimedwait takes these itself */
};

struct linux_process;
struct linux_thread;

void signal_shared_init(struct signal_shared *s);
void signal_private_init(struct signal_private *s);
/* Frees what is queued. */
void signal_pending_clear(struct signal_pending *p);
/* fork: actions are copied, pending is not. exec: handlers go back to default. */
void signal_shared_exec(struct linux_process *lp);

/* Send to a process, or (signal_send_thread) to one of its threads. No permission check. A
 * signal that is ignored and not blocked vanishes. Never fails: a real-time signal that finds
 * no memory or limit is ERR_SHOULD_WAIT (EAGAIN); standard ones always arrive. No lock held. */
status_t signal_send(struct linux_process *lp, const struct siginfo *info);
status_t signal_send_thread(struct linux_thread *lt, const struct siginfo *info);
/* A plain kernel-made signal. */
void signal_send_kernel(struct linux_process *lp, int signo);
/* To every member of a group; how many processes. */
unsigned signal_send_group(int32_t pgrp, const struct siginfo *info);

/* A fault of this thread's own: cannot be blocked or ignored (forced to default then). */
void signal_force(struct linux_thread *lt, const struct siginfo *info);

/* Would `lt` take a signal now? For calls that look before they sleep. */
bool signal_deliverable(struct linux_thread *lt);
/* The process's threads run now: they look for what came before. No lock held. */
void signal_notice(struct linux_process *lp);

/* personality.pending of Linux threads: takes signals until none is deliverable; stops here. */
struct signal_pending_co {
    struct co co;
    struct thread *thread;
    struct signal_action action; /* of the signal whose handler is about to run */
    struct siginfo info;
};
co_fn signal_pending_co;

/* personality.exception: turns the trap into a forced signal. */
struct signal_exception_co {
    struct co co;
    struct thread *thread;
};
co_fn signal_exception_co;

/* Sleep with another mask until a signal is deliverable: for sigsuspend, ppoll, pselect, epoll.
 * Sets the mask now; the old one comes back when the thread returns to user mode. */
void signal_set_temporary_mask(struct linux_thread *lt, sigset_t_ mask);

/* By instruction set (isa/ISA/sigframe.c): write the frame for `action` onto the user stack and
 * set the registers to run the handler / read it back. ERR_FAULT: kills by SIGSEGV. */
status_t sigframe_push(struct linux_thread *lt, const struct signal_action *action,
                       const struct siginfo *info, sigset_t_ old_mask) MUST_USE;
status_t sigframe_pop(struct linux_thread *lt, sigset_t_ *mask) MUST_USE;
