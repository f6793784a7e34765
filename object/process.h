/*
 * process.h - a process: an address space, a handle table, threads, and one state per
 * personality it takes part in.
 *
 * Lock order: job.object.lock -> process.object.lock.
 */
#pragma once

#include "object/job.h"
#include "object/syscall.h"
#include "vm/aspace.h"

struct linux_process;

enum process_state { PROCESS_INITIAL, PROCESS_RUNNING, PROCESS_DYING, PROCESS_DEAD };

/* Which call tables its threads may use. */
enum { PROCESS_CALLS_LINUX = 1u << 0, PROCESS_CALLS_ZIRCON = 1u << 1 };

enum { PROCESS_OWN_HANDLES = 4 }; /* process, VMAR, job, vDSO: uapi/zcore/hybrid.h */

struct process {
    struct object object;
    struct job *job;       /* reference */
    struct list job_link;  /* job.processes */
    struct list all_link;  /* of all processes; guarded by reaper.c's lock */
    struct aspace *aspace; /* reference; NULL once ended; replaced by exec; under object.lock */
    struct handle_table handles;
    struct list threads;      /* of thread.process_link; guarded by object.lock */
    unsigned thread_count;    /* live ones; guarded by object.lock */
    unsigned suspends;        /* tokens; guarded by object.lock */
    enum process_state state; /* guarded by object.lock */
    int64_t return_code;
    uint32_t calls;               /* PROCESS_CALLS_* */
    struct linux_process *linux_; /* NULL: none */
    struct task_time time;        /* of threads that are gone; guarded by object.lock */
    struct job *critical_job; /* its end kills this job: a reference; guarded by object.lock */
    bool critical_failure;    /* ... but only with a return code that is not 0; likewise */
    user_addr_t vdso_code, vdso_end; /* where Zircon calls may come from; 0: nowhere */
    user_addr_t debug_addr,
        break_on_load; /* of its dynamic linker, for debuggers; object.lock */
    struct exceptionate exceptions, debugger;
    /* Of a Linux process with Zircon calls: its handles on itself, 0 until it asks; under
     * object.lock. A value may be stale: the program may close what it names. */
    handle_t own[PROCESS_OWN_HANDLES];
    char name[32];
};

/* State INITIAL, empty address space, in `job`. ERR_BAD_STATE: the job is dead. */
status_t process_create(struct job *job, const char *name, uint32_t calls,
                        struct process **out) MUST_USE;

/* Every thread is to end; the process is DEAD, with this code, when the last one has. The first
 * caller's code counts. Any context without locks. */
void process_kill(struct process *p, int64_t return_code);

/* Every thread stops, those too that start later, until as many resumes. ERR_BAD_STATE: it is
 * dying. */
status_t process_suspend(struct process *p) MUST_USE;
void process_resume(struct process *p);

/*
 * The end of `p` kills `job`, which `p` is in or below; with `failure` only if its return code
 * is not 0. ERR_INVALID_ARGS: it is not in there; ERR_ALREADY_BOUND: critical before.
 */
status_t process_set_critical(struct process *p, struct job *job, bool failure) MUST_USE;

/* How long its threads have been on CPUs. */
struct task_time process_time(struct process *p);

/* The koids of the first `max` threads that run into `out`; how many there are. */
size_t process_thread_koids(struct process *p, koid_t *out, size_t max);
/* The running thread of that koid, a reference; NULL: none. */
struct thread *process_find_thread(struct process *p, koid_t koid);

/* A reference to the address space of now; NULL: the process has ended. */
struct aspace *process_aspace(struct process *p);
/* Put another in its place (consumed); the old one is given back. */
void process_set_aspace(struct process *p, struct aspace *as);

/* The number of processes alive, for leak tests. */
unsigned process_count(void);
