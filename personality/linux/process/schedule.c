/*
 * schedule.c - scheduling as programs see it (sched(7)): one policy for all, and the CPUs
 * that each thread may be on. What else is asked for and is the case is granted, all other
 * things refused.
 */
#include "base/string.h"
#include "co/executor.h"
#include "hal/time.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/process.h"
#include "personality/linux/user_data.h"

enum { SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE = 5, SCHED_DEADLINE };
enum { PRIORITY_MAX = 99 };
#define SCHED_RESET_ON_FORK 0x40000000u

/* The thread of this tid, 0 the caller: a reference. */
static status_t find_thread(struct syscall *call, pid_t_ tid, struct thread **out)
{
    if (tid < 0)
        return ERR_INVALID_ARGS;
    *out = tid ? linux_thread_find(tid) : call->thread;
    if (!tid)
        object_get(&call->thread->object);
    return *out ? OK : ERR_NO_PROCESS;
}

static status_t check_thread(struct syscall *call, pid_t_ tid)
{
    struct thread *t;
    status_t st;

    if (tid == PID_INIT) /* has no thread, and the policy of all */
        return OK;
    st = find_thread(call, tid, &t);
    if (st == OK)
        object_put(&t->object);
    return st;
}

/* To change another's, be root or its user. */
static status_t check_change(struct syscall *call, pid_t_ tid)
{
    const struct credentials *c = &linux_process_of(call)->cred, *of;
    struct thread *t;
    status_t st = find_thread(call, tid, &t);

    if (st != OK)
        return st;
    of = &t->linux_->process->cred;
    if (!credentials_has(c, CAP_SYS_NICE) && c->euid != of->uid && c->euid != of->euid)
        st = ERR_NOT_PERMITTED;
    object_put(&t->object);
    return st;
}

/* The mask of the CPUs that the thread may be on. Returns the bytes written. */
status_t sys_sched_getaffinity(struct syscall *call)
{
    uint64_t mask = task_all_cpus();
    pid_t_ tid = (pid_t_)call->arg[0];
    struct thread *t = NULL;
    status_t st = OK;

    if (call->arg[1] < sizeof(mask) || call->arg[1] % 8)
        return ERR_INVALID_ARGS;
    if (tid != PID_INIT)
        st = tid < 0 ? ERR_NO_PROCESS : find_thread(call, tid, &t);
    if (st != OK)
        return st;
    if (t) {
        mask = thread_cpus(t);
        object_put(&t->object);
    }
    call->result = sizeof(mask);
    return copy_to_user(&call->thread->user, call->arg[2], &mask, sizeof(mask));
}

struct sys_sched_setaffinity {
    SYSCALL_FRAME;
    uint64_t mask;
    struct thread *thread; /* reference */
    struct thread_set_cpus set;
};
CO_FITS(sys_sched_setaffinity, union syscall_slot);
SYSCALL_WAIT(sys_sched_setaffinity);

static status_t setaffinity_begin(struct sys_sched_setaffinity *f)
{
    struct syscall *call = f->call;
    pid_t_ tid = (pid_t_)call->arg[0];
    status_t st;

    f->mask = 0;
    st = copy_from_user(&call->thread->user, &f->mask, call->arg[2],
                        MIN(call->arg[1], sizeof(f->mask)));
    if (st == OK)
        st = tid < 0 ? ERR_NO_PROCESS : check_change(call, tid);
    if (st != OK)
        return st;
    f->mask &= task_all_cpus();
    return f->mask ? find_thread(call, tid, &f->thread) : ERR_INVALID_ARGS;
}

CO_FN(sys_sched_setaffinity)
{
    status_t st;

    st = setaffinity_begin(f);
    if (st != OK)
        CO_RETURN(st);
    CO_CALL(st, f->set, thread_set_cpus, .thread = f->thread, .cpus = (uint32_t)f->mask);
    object_put(&f->thread->object);
    CO_RETURN(st);
}
CO_END

status_t sys_sched_getscheduler(struct syscall *call)
{
    return check_thread(call, (pid_t_)call->arg[0]);
}

status_t sys_sched_getparam(struct syscall *call)
{
    int32_t priority = 0;
    status_t st;

    if (!call->arg[1])
        return ERR_INVALID_ARGS;
    st = check_thread(call, (pid_t_)call->arg[0]);
    return st == OK ? copy_to_user(&call->thread->user, call->arg[1], &priority, 4) : st;
}

static bool realtime(uint32_t policy)
{
    return policy == SCHED_FIFO || policy == SCHED_RR;
}

/* Valid ones other than SCHED_OTHER are refused as to a program that may not have them. */
static status_t check_policy(struct syscall *call, pid_t_ tid, uint32_t policy,
                             int32_t priority)
{
    status_t st;

    policy &= ~SCHED_RESET_ON_FORK;
    if (policy > SCHED_BATCH && policy != SCHED_IDLE)
        return ERR_INVALID_ARGS;
    if (priority < 0 || priority > PRIORITY_MAX || realtime(policy) != (priority != 0))
        return ERR_INVALID_ARGS;
    st = check_change(call, tid);
    return st == OK && policy != SCHED_OTHER ? ERR_NOT_PERMITTED : st;
}

status_t sys_sched_setscheduler(struct syscall *call)
{
    int32_t priority;
    status_t st;

    if (!call->arg[2] || (int32_t)call->arg[1] < 0)
        return ERR_INVALID_ARGS;
    st = copy_from_user(&call->thread->user, &priority, call->arg[2], sizeof(priority));
    return st == OK ? check_policy(call, (pid_t_)call->arg[0], (uint32_t)call->arg[1], priority)
                    : st;
}

status_t sys_sched_setparam(struct syscall *call)
{
    int32_t priority;
    status_t st;

    if (!call->arg[1])
        return ERR_INVALID_ARGS;
    st = copy_from_user(&call->thread->user, &priority, call->arg[1], sizeof(priority));
    return st == OK ? check_policy(call, (pid_t_)call->arg[0], SCHED_OTHER, priority) : st;
}

/* struct sched_attr, its first version (sched_setattr(2)). */
struct sched_attr {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

status_t sys_sched_setattr(struct syscall *call)
{
    struct sched_attr attr;
    uint32_t size;
    status_t st;

    if (!call->arg[1] || (pid_t_)call->arg[0] < 0 || call->arg[2])
        return ERR_INVALID_ARGS;
    st = copy_from_user(&call->thread->user, &size, call->arg[1], sizeof(size));
    if (st != OK)
        return st;
    size = size ? size : sizeof(attr);
    if (size < sizeof(attr) || size > PAGE_SIZE)
        return ERR_TOO_BIG;
    st = copy_struct_from_user(&call->thread->user, &attr, sizeof(attr), call->arg[1], size);
    if (st != OK)
        return st;
    return check_policy(call, (pid_t_)call->arg[0], attr.policy, (int32_t)attr.priority);
}

status_t sys_sched_getattr(struct syscall *call)
{
    struct sched_attr attr = {.size = sizeof(attr)};
    uint64_t size = call->arg[2];
    struct thread *t;
    status_t st;

    if (!call->arg[1] || size < sizeof(attr) || size > PAGE_SIZE || call->arg[3])
        return ERR_INVALID_ARGS;
    st = find_thread(call, (pid_t_)call->arg[0], &t);
    if (st != OK)
        return st;
    attr.nice = t->linux_->process->nice;
    object_put(&t->object);
    return copy_to_user(&call->thread->user, call->arg[1], &attr, sizeof(attr));
}

status_t sys_sched_get_priority_max(struct syscall *call)
{
    if (call->arg[0] > SCHED_DEADLINE || call->arg[0] == SCHED_BATCH + 1)
        return ERR_INVALID_ARGS;
    call->result = realtime((uint32_t)call->arg[0]) ? PRIORITY_MAX : 0;
    return OK;
}

status_t sys_sched_get_priority_min(struct syscall *call)
{
    status_t st = sys_sched_get_priority_max(call);

    call->result = call->result ? 1 : 0;
    return st;
}

status_t sys_sched_rr_get_interval(struct syscall *call)
{
    const int64_t slice[2] = {0, EXECUTOR_SLICE_MS * NS_PER_MS}; /* struct timespec */
    status_t st = check_thread(call, (pid_t_)call->arg[0]);

    return st == OK ? copy_to_user(&call->thread->user, call->arg[1], slice, sizeof(slice))
                    : st;
}
