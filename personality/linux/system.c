/*
 * system.c - what programs ask about the system, and small settings of threads.
 */
#include "base/string.h"
#include "co/executor.h"
#include "hal/cpu.h"
#include "hal/time.h"
#include "mm/page.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/process.h"
#include "personality/linux/process/rusage.h"
#include "personality/linux/uts.h"

const struct utsname linux_uts = {
    "Linux", "zcore", "6.1.0-zcore", "#1 SMP zcore", ISA_NAME, "(none)",
};

status_t sys_uname(struct syscall *call)
{
    return copy_to_user(&call->thread->user, call->arg[0], &linux_uts, sizeof(linux_uts));
}

/* struct sysinfo (sysinfo(2)). */
struct sysinfo {
    int64_t uptime;
    uint64_t loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap;
    uint16_t procs, pad;
    uint64_t totalhigh, freehigh;
    uint32_t mem_unit;
};

status_t sys_sysinfo(struct syscall *call)
{
    struct page_stats pages;
    struct sysinfo info = {.uptime = hal_time_now() / NS_PER_SEC, .mem_unit = 1};

    page_stats_read(&pages);
    info.totalram = pages.total << PAGE_SHIFT;
    info.freeram = pages.free << PAGE_SHIFT;
    info.procs = (uint16_t)process_count();
    return copy_to_user(&call->thread->user, call->arg[0], &info, sizeof(info));
}

struct sys_sched_yield {
    SYSCALL_FRAME;
};
SYSCALL_WAIT(sys_sched_yield);

CO_FN(sys_sched_yield)
{
    if (executor_has_ready())
        CO_YIELD();
    CO_RETURN(OK);
}
CO_END

status_t sys_getcpu(struct syscall *call)
{
    uint32_t cpu = hal_cpu_id(), node = 0;
    status_t st = OK;

    if (call->arg[0])
        st = copy_to_user(&call->thread->user, call->arg[0], &cpu, sizeof(cpu));
    if (st == OK && call->arg[1])
        st = copy_to_user(&call->thread->user, call->arg[1], &node, sizeof(node));
    return st;
}

/* A thread of the same system, for the sched_* calls: 0 is the caller. */
static status_t check_thread(struct syscall *call, pid_t_ tid)
{
    struct thread *t;

    if (tid < 0)
        return ERR_INVALID_ARGS;
    if (!tid || tid == current_linux(call)->tid)
        return OK;
    t = linux_thread_find(tid);
    if (!t)
        return ERR_NO_PROCESS;
    object_put(&t->object);
    return OK;
}

/* Any thread may run on any CPU; the mask says so. Returns the bytes written. */
status_t sys_sched_getaffinity(struct syscall *call)
{
    uint64_t mask = (1ull << hal_cpu_count()) - 1;
    status_t st;

    if (call->arg[1] < sizeof(mask) || call->arg[1] % 8)
        return ERR_INVALID_ARGS;
    st = check_thread(call, (pid_t_)call->arg[0]);
    if (st == OK)
        st = copy_to_user(&call->thread->user, call->arg[2], &mask, sizeof(mask));
    call->result = sizeof(mask);
    return st;
}

/* SCHED_OTHER for all. */
status_t sys_sched_getscheduler(struct syscall *call)
{
    return check_thread(call, (pid_t_)call->arg[0]);
}

status_t sys_sched_getparam(struct syscall *call)
{
    int32_t priority = 0;
    status_t st = check_thread(call, (pid_t_)call->arg[0]);

    return st == OK ? copy_to_user(&call->thread->user, call->arg[1], &priority, 4) : st;
}

status_t sys_sched_get_priority_max(struct syscall *call)
{
    enum { SCHED_FIFO_ = 1, SCHED_RR_ = 2, SCHED_IDLE_ = 5 };

    if (call->arg[0] > SCHED_IDLE_)
        return ERR_INVALID_ARGS;
    call->result = call->arg[0] == SCHED_FIFO_ || call->arg[0] == SCHED_RR_ ? 99 : 0;
    return OK;
}

status_t sys_sched_get_priority_min(struct syscall *call)
{
    status_t st = sys_sched_get_priority_max(call);

    call->result = call->result ? 1 : 0;
    return st;
}

status_t sys_set_tid_address(struct syscall *call)
{
    current_linux(call)->clear_child_tid = call->arg[0];
    call->result = current_linux(call)->tid;
    return OK;
}

enum { ROBUST_LIST_HEAD_SIZE = 24 };

status_t sys_set_robust_list(struct syscall *call)
{
    if (call->arg[1] != ROBUST_LIST_HEAD_SIZE)
        return ERR_INVALID_ARGS;
    current_linux(call)->robust_list = call->arg[0];
    return OK;
}

status_t sys_get_robust_list(struct syscall *call)
{
    uint64_t size = ROBUST_LIST_HEAD_SIZE;
    struct thread *t = call->thread;
    pid_t_ tid = (pid_t_)call->arg[0];
    user_addr_t head;
    status_t st;

    if (tid && tid != current_linux(call)->tid) {
        t = linux_thread_find(tid);
        if (!t)
            return ERR_NO_PROCESS;
    }
    head = t->linux_->robust_list;
    if (t != call->thread)
        object_put(&t->object);
    st = copy_to_user(&call->thread->user, call->arg[2], &size, sizeof(size));
    return st == OK ? copy_to_user(&call->thread->user, call->arg[1], &head, sizeof(head)) : st;
}

status_t sys_getrusage(struct syscall *call)
{
    enum { RUSAGE_SELF, RUSAGE_THREAD, RUSAGE_CHILDREN = -1 };
    struct linux_process *lp = linux_process_of(call);
    struct rusage usage;
    int who = (int)call->arg[0];

    if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
        return ERR_INVALID_ARGS;
    if (who == RUSAGE_CHILDREN)
        rusage_times(&usage, lp->child_ns);
    else if (who == RUSAGE_THREAD)
        rusage_times(&usage, (uint64_t)task_ran(&call->thread->task));
    else
        rusage_times(&usage, (uint64_t)linux_process_ran(lp));
    return copy_to_user(&call->thread->user, call->arg[1], &usage, sizeof(usage));
}

enum { CLOCK_TICKS = 100 };

/* times(2): ticks of 1/100 s; the result is the time since boot. */
status_t sys_times(struct syscall *call)
{
    const uint64_t tick = NS_PER_SEC / CLOCK_TICKS;
    struct linux_process *lp = linux_process_of(call);
    uint64_t tms[4] = {(uint64_t)linux_process_ran(lp) / tick, 0, lp->child_ns / tick, 0};

    call->result = (int64_t)((uint64_t)hal_time_now() / tick);
    return call->arg[0] ? copy_to_user(&call->thread->user, call->arg[0], tms, sizeof(tms))
                        : OK;
}
