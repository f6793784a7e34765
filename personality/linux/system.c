/*
 * system.c - what programs ask about the system, and small settings of threads.
 */
#include "base/string.h"
#include "co/executor.h"
#include "hal/cpu.h"
#include "hal/time.h"
#include "mm/page.h"
#include "personality/linux/load.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/process.h"
#include "personality/linux/uts.h"

struct utsname linux_uts = {
    "Linux", "zcore", "6.1.0-zcore", "#1 SMP zcore", ISA_NAME, "(none)",
};

void linux_set_hostname(const char *name)
{
    memset(linux_uts.nodename, 0, sizeof(linux_uts.nodename));
    memcpy(linux_uts.nodename, name, MIN(strlen(name), sizeof(linux_uts.nodename) - 1));
}

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
    enum { SI_LOAD_SHIFT = 16 };
    struct page_stats pages;
    uint32_t loads[3];
    struct sysinfo info = {.uptime = hal_time_now() / NS_PER_SEC, .mem_unit = 1};

    page_stats_read(&pages);
    info.totalram = pages.total << PAGE_SHIFT;
    info.freeram = pages.free << PAGE_SHIFT;
    load_averages(loads);
    for (unsigned i = 0; i < 3; i++)
        info.loads[i] = (uint64_t)loads[i] << (SI_LOAD_SHIFT - LOAD_SHIFT);
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

/* How a program is to be run (personality(2)): only as it is. */
status_t sys_personality(struct syscall *call)
{
    const uint32_t ask = UINT32_MAX;
    struct linux_process *lp = linux_process_of(call);
    uint32_t persona = (uint32_t)call->arg[0];

    if (persona != ask && persona & ~(uint32_t)ADDR_NO_RANDOMIZE)
        return ERR_INVALID_ARGS;
    call->result = lp->persona;
    if (persona != ask)
        lp->persona = persona;
    return OK;
}
