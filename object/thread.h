/*
 * thread.h - a thread: a task whose root coroutine runs user mode and serves its traps.
 */
#pragma once

#include "hal/context.h"
#include "object/exception.h"
#include "object/process.h"
#include "object/usage.h"
#include "vm/user_copy.h"

struct channel_exchange;
struct linux_thread;
struct restricted;
struct thread;

/*
 * What a personality does for its threads. One per personality, const; thread->personality.
 * The coroutines' frames start with THREAD_FRAME and fit union thread_slot.
 */
struct personality {
    const char *name;
    /* Called with task_pending() != 0 and no KILL: deliver signals, stop, suspend; clears the
     * reasons that it dealt with. TASK_SIGNAL, too, where thread.shown_cpu is not the CPU. */
    co_fn *pending;
    /* A fault or exception that the kernel did not resolve; `thread->trap`,
     * `thread->fault_status` say what. Afterwards the thread runs on, or has been killed. */
    co_fn *exception;
    /* The thread is about to end, on its own task; the address space is still there. May wait
     * (robust lists, clear_child_tid); ignores kills. */
    co_fn *exiting;
    /* The last thread of the process has ended. Plain; no lock held. */
    void (*process_ended)(struct process *p);
    /* The thread's memory is about to be freed. */
    void (*thread_free)(struct thread *t);
};

#define THREAD_FRAME \
    struct co co;    \
    struct thread *thread

struct thread_head {
    THREAD_FRAME;
};

union thread_slot {
    struct thread_head head;
    unsigned char bytes[192];
};

/* shown_cpu of a thread that was off its CPU amidst its program. */
#define THREAD_WAS_AWAY UINT32_MAX

enum thread_state { THREAD_INITIAL, THREAD_RUNNING, THREAD_DEAD };

/* One system call that waits, or that needs user pages brought in; see dispatch.c. Of the
 * thread that the task is of, as thread_main. */
struct dispatch {
    struct co co;
    union syscall_slot *frame; /* the thread's slot, or elsewhere */
};
co_fn dispatch;

/* The root coroutine; see thread.c. */
struct thread_main {
    struct co co;
    union { /* a thread makes a call, or is worked on */
        struct {
            struct dispatch dispatch;
            union syscall_slot slot;
        } call;
        struct exception_raise exception;
        union thread_slot work;
    };
};
co_fn thread_main;

/* hal_upcalls.syscall: makes the call of the thread that `ctx` is of, which runs. */
bool thread_syscall(struct hal_context *ctx) MUST_USE;

struct thread {
    struct object object;
    struct process *process;     /* reference */
    struct list process_link;    /* process.threads */
    unsigned suspends;           /* tokens; guarded by process->object.lock */
    enum thread_state state : 8; /* guarded by process->object.lock */
    bool parked;                 /* suspended by now; guarded by process->object.lock */
    bool first;                  /* of its process; guarded by process->object.lock */
    bool leaving;                /* is to end of its own will; the thread's own */
    bool call_waits;             /* `main.call` began, and was suspended; the thread's own */
    bool page_came;              /* that the call of `main` asked for; the thread's own */
    uint8_t policy_broken;       /* ZX_POL_ + 1; 0: none; the thread's own */
    uint8_t calls;               /* process.calls, or 0: in restricted mode; the thread's own */
    handle_t own;                /* as process.own, on the thread */
    /* The CPU that the program has been told of, plus one; 0: it does not ask. Where another
     * runs the thread, personality->pending is called first. The thread's own. */
    uint32_t shown_cpu;
    status_t fault_status; /* why a fault was not resolved */
    const struct personality *personality;
    struct linux_thread *linux_; /* NULL: none */
    struct hal_context context;
    struct hal_trap trap;
    struct user_access user;
    struct syscall call;               /* the one being made */
    const struct syscall_table *table; /* it belongs to */
    const struct syscall_entry *entry; /* NULL: unknown number */
    union {
        struct vm_fault fault; /* the one that a thread serves at a time */
        struct task_time time; /* once dead; guarded by process->object.lock */
    };
    struct restricted *restricted;     /* owned: zx_restricted_*; or NULL; the thread's own */
    struct channel_exchange *exchange; /* owned: a channel call that was interrupted; or NULL */
    struct exception *exception;       /* that a handler has; guarded by process->object.lock */
    struct exceptionate exceptions;
    struct task task; /* before the start, its `cpus` alone */
    struct thread_main main;
    struct thread_usage usage;
    char name[32];
};

/* State INITIAL; context initialised. The process's references are untouched until start. */
status_t thread_create(struct process *p, const char *name,
                       const struct personality *personality, struct thread **out) MUST_USE;

/*
 * Run it: context.regs are set. The task keeps a reference of its own until it is done.
 * ERR_BAD_STATE: started before, or the process is dying.
 */
status_t thread_start(struct thread *t) MUST_USE;

/* The same at a place. ERR_BAD_STATE too: it is to be the process's first, and is not, or the
 * other way round. */
struct thread_entry {
    user_addr_t pc, sp;
    uint64_t arg0, arg1;
    bool first;
};
status_t thread_start_at(struct thread *t, const struct thread_entry *entry) MUST_USE;

/* By the thread itself: it ends once this call has, and its debugger may keep it until then. */
void thread_leave(struct thread *t);

/*
 * The thread stops outside of user mode until as many resumes; a wait that it is in begins
 * again then, with the deadline that it had. ERR_BAD_STATE: it has ended or is about to.
 */
status_t thread_suspend(struct thread *t) MUST_USE;
void thread_resume(struct thread *t);
/* The same with t->process->object.lock held, for a process's count. */
void thread_suspend_locked(struct thread *t);
void thread_resume_locked(struct thread *t);

/* By the thread itself, outside of user mode: it stays as long as this holds. */
bool thread_park(struct thread *t);

/* Suspended or in an exception: its registers may be looked at, and changed, as long as
 * t->process->object.lock is held. */
static inline bool thread_stopped_locked(const struct thread *t)
{
    return t->parked || t->exception;
}

/* The thread is to end (raises TASK_KILL); a thread that was never started just dies. */
void thread_kill(struct thread *t);
/* The same with t->process->object.lock held. */
void thread_kill_locked(struct thread *t);

/* How long it has been on CPUs, and waited for one. */
struct task_time thread_time(struct thread *t);
/* The same with t->process->object.lock held. */
struct task_time thread_time_locked(const struct thread *t);

/*
 * From now on the thread runs on these CPUs only, whether it has been started or not; done when
 * it has left the others. 0: on any.
 */
struct thread_set_cpus {
    struct co co;
    struct thread *thread; /* in */
    uint32_t cpus;         /* in: CPUs that there are */
};
co_fn thread_set_cpus;
/* Where it may run. */
uint32_t thread_cpus(const struct thread *t);

/* Of all threads: memory for general registers and FP state. */
uint64_t thread_register_bytes(void);

/* The call tables, registered once at boot by each personality. Zircon's second one has what
 * every call is of a thread in restricted mode (thread.calls is 0). */
enum { SYSCALL_TABLE_LINUX, SYSCALL_TABLE_ZIRCON, SYSCALL_TABLE_RESTRICTED, SYSCALL_TABLES };
void syscall_table_register(unsigned index, const struct syscall_table *table);

static inline struct thread *thread_of_task(struct task *task)
{
    return container_of(task, struct thread, task);
}

/* In a coroutine of a thread's task: the thread. No variable, which would not outlive a wait.
 */
#define THIS_THREAD thread_of_task(task)

/* In a coroutine: bring in the page of thread `t` that a copy of user memory has said it lacks
 * (ERR_USER_PAGE). `st`: what vm_fault returns. */
#define THREAD_PAGE_IN(st, t)                                     \
    CO_CALL(st, (t)->fault, vm_fault, .aspace = (t)->user.aspace, \
            .addr = (t)->user.fault_addr, .access = (t)->user.fault_access)
