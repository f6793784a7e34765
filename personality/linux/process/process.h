/*
 * process.h - what a Linux process is beyond a Zircon process: pid, family, descriptors,
 * signals.
 *
 * Lifetime: `struct linux_process` is reached through process->linux_, pid table and family
 * links. It has a count of its own; the pid table's reference goes when the zombie is reaped.
 * It keeps its struct process alive.
 *
 * Locks: family_lock (one for all) guards parent, children, pgrp, sid, zombie state and the pid
 * table; linux_process.lock guards the rest of one process. Order: family_lock ->
 * linux_process.lock -> process.object.lock -> linux_thread's signal state (same lock as the
 * process's) -> fd_table.lock, object.lock.
 */
#pragma once

#include "fs/dentry.h"
#include "object/thread.h"
#include "personality/linux/calls.h"
#include "personality/linux/process/credentials.h"
#include "personality/linux/process/rseq.h"
#include "personality/linux/process/usage.h"
#include "personality/linux/signal/signal.h"
#include "personality/linux/time/itimer.h"
#include "personality/linux/time/posix_timer.h"

typedef int32_t pid_t_;

enum { PID_INIT = 1, PID_FIRST = 2, PID_MAX = 4 << 20 };

struct fd_table;
struct fs_context;

/* getrlimit(2); the generic numbers. */
enum {
    RLIMIT_CPU,
    RLIMIT_FSIZE,
    RLIMIT_DATA,
    RLIMIT_STACK,
    RLIMIT_CORE,
    RLIMIT_RSS,
    RLIMIT_NPROC,
    RLIMIT_NOFILE,
    RLIMIT_MEMLOCK,
    RLIMIT_AS,
    RLIMIT_LOCKS,
    RLIMIT_SIGPENDING,
    RLIMIT_MSGQUEUE,
    RLIMIT_NICE,
    RLIMIT_RTPRIO,
    RLIMIT_RTTIME,
    RLIMITS
};
struct rlimit {
    uint64_t soft, hard; /* RLIM_INFINITY: UINT64_MAX */
};

/* Pairs of the auxiliary vector at most, its end included. */
enum { AUXV_PAIRS = 21 };

/* Where exec put things, for /proc, brk and prctl. */
struct linux_layout {
    user_addr_t code_start, code_end, data_start, data_end, brk_start, brk, stack_top;
    user_addr_t arg_start, arg_end, env_start, env_end;
    user_addr_t vdso;
    user_addr_t zircon_vdso; /* 0: no Zircon calls */
    user_addr_t sigreturn;   /* in the vDSO, riscv64: where handlers return to */
    uint64_t auxv[2 * AUXV_PAIRS];
};

struct linux_process {
    atomic_uint refs;
    struct process *process; /* reference; NULL for pid 1, the kernel's reaper */
    pid_t_ pid;

    /* Family: guarded by family_lock. */
    struct linux_process
        *parent; /* no reference: a parent outlives or reparents its children */
    struct list children, sibling;
    struct list all_link; /* of every process, for /proc and kill(-1) */
    struct list pid_link; /* pid hash */
    struct list pidfds;   /* of descriptions that stand for it */
    pid_t_ pgrp, sid;
    bool session_leader, zombie, exec_done;
    int exit_signal;                    /* to the parent; SIGCHLD or clone's */
    uint32_t wait_status;               /* wait(2)'s encoding, valid from exit on */
    bool stop_news, continue_news;      /* for the parent's WUNTRACED / WCONTINUED */
    struct wait_queue children_changed; /* woken when a child exits, stops, continues */
    /* Woken when a thread of ours ends (exec waits), and when we exec or end (vfork waits). */
    struct wait_queue threads_changed;
    pid_t_ forked_by;   /* the thread that made us (__WNOTHREAD) */
    unsigned collected; /* lists of linux_processes_collect that it is in: no fork meanwhile */
    bool subreaper;     /* adopts the orphans among its descendants (prctl(2)) */
    int pdeath_signal;  /* sent to us when the parent ends; 0: none */
    bool parent_told_death; /* the parent that is ending has sent it */

    struct spinlock lock;
    struct credentials cred;       /* guarded by lock */
    struct rlimit limits[RLIMITS]; /* by RLIMIT_*; a soft value is peeked at without lock */
    int32_t nice;                  /* changed under family_lock */
    struct linux_layout layout;
    struct signal_shared signals; /* actions, process-wide pending, stop state */
    struct list signal_views;     /* of signalfds, by thread */
    uint32_t exit_code;       /* wait status chosen by the first exit_group or fatal signal */
    bool exiting;             /* exit_code is set */
    atomic_uint live_threads; /* started and not yet in their exit */
    bool execing;             /* one thread is in exec: the others end */

    struct fd_table *fds; /* references */
    struct fs_context *fs;
    struct file *exe;     /* the program, for /proc/self/exe */
    struct tty *tty;      /* controlling terminal, of the session; guarded by family_lock */
    pid_t_ hung_up_group; /* of a leader whose terminal hung up: who was in its foreground;
                             guarded by family_lock */
    char comm[16];
    struct itimer itimers[ITIMERS];
    struct posix_timers posix_timers;
    struct sem_undo_list *sem_undos; /* SEM_UNDO: a share, or NULL so far; ipc/'s, guarded by
                                        its lock of semaphores */
    time_ns_t start_time;
    struct usage ended, waited; /* of threads that ended; of children waited for, with theirs */
    uint64_t shown_user_ns, shown_kernel_ns; /* what was told last; guarded by lock */
    bool dumpable, no_new_privs;             /* prctl(2) */
    uint32_t persona;                        /* 0 or ADDR_NO_RANDOMIZE */
    int16_t oom_score_adj;                   /* of /proc/PID/oom_score_adj; guarded by lock */
    bool too_many; /* set its uid with RLIMIT_NPROC exceeded: execve fails; guarded by lock */
    bool vfork_child; /* its maker waits until we exec or exit; guarded by family_lock */
    void (*on_exit)(uint32_t wait_status); /* the first program's; NULL elsewhere */
};

enum { ADDR_NO_RANDOMIZE = 0x0040000 }; /* personality(2) */
enum { OOM_SCORE_ADJ_MIN = -1000, OOM_SCORE_ADJ_MAX = 1000 };

/* What becomes of a call that a signal ended (signal(7)). */
enum restart_kind {
    RESTART_NONE,
    RESTART_IF_SA_RESTART, /* read, wait4, futex ...: EINTR without SA_RESTART */
    RESTART_NO_HANDLER,    /* poll, sleep, sigsuspend ...: EINTR whenever a handler runs */
    RESTART_ALWAYS,        /* a PI lock: nobody notices */
};

/* Of a comm: 15 bytes and NUL. A thread's is thread->name. */
enum { COMM_BYTES = 16 };

struct linux_thread {
    struct thread *thread;         /* embedding partner; not a reference */
    struct linux_process *process; /* reference */
    pid_t_ tid;
    int32_t exit_code;             /* where `exited` */
    struct list tid_link;          /* pid table's */
    struct signal_private signals; /* mask, pending, altstack; guarded by process->lock */
    user_addr_t clear_child_tid, robust_list;
    struct rseq_registration rseq; /* the thread's own */
    /* PI locks (futex/futex_pi.c): whose it waits for, 0: nobody's; whether somebody ever
     * waited for one of its own; and that its end has been told to those who did (family_lock).
     */
    atomic_int waits_for;
    atomic_bool waited_for;
    bool past_futexes;
    uint64_t timer_slack; /* prctl(2); 0: the default */
    /* The interrupted call that a signal without handler, or one with SA_RESTART, makes again;
     * set by the call table's finish, taken by signal_pending_co. */
    enum restart_kind restart;
    bool exited;        /* by exit(2), not killed */
    bool restarted;     /* the call being made was made before, with ... */
    time_ns_t deadline; /* ... this deadline of its relative timeout */
    struct usage_io io; /* the thread's own */
};

extern struct spinlock family_lock;

/* In a call that returns ERR_INTERRUPTED: EINTR even with SA_RESTART (RESTART_NO_HANDLER). The
 * default is RESTART_IF_SA_RESTART. */
void call_no_restart(struct syscall *call);

/* What a process begins with, where nobody set it. */
uint64_t process_default_limit(unsigned resource);

/* Boot: pid 1. */
void linux_process_init(void);

static inline struct linux_process *linux_process_of(struct syscall *call)
{
    return call->thread->process->linux_;
}
static inline struct linux_thread *current_linux(struct syscall *call)
{
    return call->thread->linux_;
}

/* The caller has a capability (CAP_*). */
bool call_has(struct syscall *call, unsigned capability);

/* The calling thread, borrowed; NULL: none of ours. */
struct linux_thread *linux_caller(void);

struct linux_process *linux_process_get(struct linux_process *lp);
void linux_process_put(struct linux_process *lp);

/* By pid: a reference, or NULL. Zombies included. */
struct linux_process *linux_process_find(pid_t_ pid);
/* By tid: a reference on the thread, or NULL. */
struct thread *linux_thread_find(pid_t_ tid);

/*
 * The living processes that `want` approves (called with family_lock held), oldest first, each
 * with a reference; pid 1 is not among them. Until linux_processes_free they have no new
 * children: what is done to all of them, such as sending a signal, is done to all that there
 * are. ERR_NO_MEMORY.
 */
struct linux_processes {
    struct linux_process **members;
    unsigned count;
};
status_t linux_processes_collect(bool (*want)(const void *arg, const struct linux_process *lp),
                                 const void *arg, struct linux_processes *out) MUST_USE;
/* Those of a process group. */
status_t linux_processes_of_group(int32_t pgrp, struct linux_processes *out) MUST_USE;
void linux_processes_free(struct linux_processes *list);

/*
 * A new process with one new thread, not started: descriptors, fs context, signal actions and
 * credentials are taken over from that of `parent`, the calling thread, by `flags` (CLONE_*;
 * parent NULL: the first process). ERR_INTERRUPTED: a signal is on its way to the parent, who
 * is to act on it before he forks.
 */
status_t linux_process_create(struct linux_thread *parent, uint64_t flags, int exit_signal,
                              struct thread **out) MUST_USE;
/* One more thread of `lp`. */
status_t linux_thread_create(struct linux_process *lp, struct thread **out) MUST_USE;

/* Run a thread of `lp` there; `entry` NULL: its registers are set. ERR_BAD_STATE: `lp` is
 * dying, or execs; or as for thread_start_at. */
status_t linux_thread_start(struct linux_process *lp, struct thread *t,
                            const struct thread_entry *entry) MUST_USE;

/* exit_group(2) or death by signal: `wait_status` in wait(2)'s encoding; the first one counts.
 */
void linux_process_exit(struct linux_process *lp, uint32_t wait_status);
enum { WAIT_CORE = 0x80 };
#define WAIT_EXITED(code)   (((uint32_t)(code)&0xff) << 8)
#define WAIT_SIGNALED(sig)  ((uint32_t)(sig)&0x7f)
#define WAIT_STOPPED(sig)   (((uint32_t)(sig) << 8) | 0x7f)
#define WAIT_CONTINUED_CODE 0xffffu

/* A process or thread that was created and will not be started: undo. */
void linux_process_abandon(struct thread *t);
/* Descriptors, directories and program of a process that has ended. */
void linux_process_release(struct linux_process *lp);
/* personality.thread_free. */
void linux_thread_free(struct thread *t);

/* CPU time of the process, its living threads included, the kernel's work for it, too. */
time_ns_t linux_process_ran(struct linux_process *lp);

/* The process has execed or ended: a parent in vfork goes on. */
void linux_vfork_release(struct linux_process *lp);

/* Zombie → gone; family_lock held; the pid table's reference is given to the caller. */
void linux_process_reap_locked(struct linux_process *lp);
/* It is gone. No lock held. */
bool linux_process_reaped(struct linux_process *lp);

/* The personality of Linux threads (object/thread.h). */
extern const struct personality linux_personality;

/*
 * The first program: pid 2, session leader, with `argv`, `envp` (NULL-terminated, kernel
 * memory), started. What ends the system when it exits is in kernel/main.c: `on_exit` is called
 * once with its wait status.
 */
struct linux_start {
    char **argv, **envp;
    const char *cwd;
    bool cwd_needed; /* it must be there; else / stands in for it */
    bool cwd_failed; /* set when it is that what was not there */
    struct file *stdio[3];
    struct path root;
    struct credentials cred;
    bool zircon; /* with Zircon calls */
    uint32_t umask;
    uint64_t ignored; /* signals: bit n - 1 is n */
    struct tty *tty;
    void (*on_exit)(uint32_t wait_status);
};
/* ERR_NOT_FOUND, ERR_NO_EXEC, ERR_ACCESS_DENIED ...: as execve. `program` is found in PATH. */
status_t linux_start_program(struct linux_start *start) MUST_USE;
