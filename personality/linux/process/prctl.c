/*
 * prctl.c - settings of threads and processes (prctl(2)).
 */
#include "base/string.h"
#include "personality/linux/process/capability.h"

/* linux/prctl.h */
enum {
    PR_SET_PDEATHSIG = 1,
    PR_GET_PDEATHSIG,
    PR_GET_DUMPABLE,
    PR_SET_DUMPABLE,
    PR_GET_TIMING = 13,
    PR_SET_TIMING,
    PR_SET_NAME,
    PR_GET_NAME,
    PR_GET_SECCOMP = 21,
    PR_SET_TIMERSLACK = 29,
    PR_GET_TIMERSLACK,
    PR_SET_CHILD_SUBREAPER = 36,
    PR_GET_CHILD_SUBREAPER,
    PR_SET_NO_NEW_PRIVS,
    PR_GET_NO_NEW_PRIVS,
    PR_GET_TID_ADDRESS,
    PR_GET_AUXV = 0x41555856,
};

enum { TIMER_SLACK_NS = 50000 };

static status_t put_int(struct syscall *call, int32_t value)
{
    return copy_to_user(&call->thread->user, call->arg[1], &value, sizeof(value));
}

static status_t set_name(struct syscall *call, struct linux_thread *lt)
{
    char name[16] = {0};
    size_t length;
    status_t st =
        copy_string_from_user(&call->thread->user, name, call->arg[1], sizeof(name), &length);

    if (st != OK && st != ERR_NAME_TOO_LONG)
        return st;
    name[15] = '\0'; /* longer ones are cut */
    memcpy(lt->thread->name, name, sizeof(name));
    if (lt->tid == lt->process->pid)
        memcpy(lt->process->comm, name, sizeof(name));
    return OK;
}

/* Of the parent and its end. */
static status_t family_option(struct syscall *call, struct linux_process *lp)
{
    switch (call->arg[0]) {
    case PR_SET_PDEATHSIG:
        if (call->arg[1] > SIGNALS)
            return ERR_INVALID_ARGS;
        lp->pdeath_signal = (int)call->arg[1];
        return OK;
    case PR_GET_PDEATHSIG:
        return put_int(call, lp->pdeath_signal);
    case PR_SET_CHILD_SUBREAPER:
        lp->subreaper = call->arg[1] != 0;
        return OK;
    default:
        return put_int(call, lp->subreaper);
    }
}

static bool unused_zero(const struct syscall *call, unsigned from)
{
    for (unsigned i = from; i < 5; i++)
        if (call->arg[i])
            return false;
    return true;
}

/* What exec may give. */
static status_t privilege_option(struct syscall *call, struct linux_process *lp)
{
    switch (call->arg[0]) {
    case PR_GET_DUMPABLE:
        call->result = lp->dumpable;
        return OK;
    case PR_SET_DUMPABLE:
        if (call->arg[1] > 1)
            return ERR_INVALID_ARGS;
        lp->dumpable = call->arg[1];
        return OK;
    case PR_SET_NO_NEW_PRIVS:
        if (call->arg[1] != 1 || !unused_zero(call, 2))
            return ERR_INVALID_ARGS;
        lp->no_new_privs = true;
        return OK;
    default:
        if (!unused_zero(call, 1))
            return ERR_INVALID_ARGS;
        call->result = lp->no_new_privs;
        return OK;
    }
}

/* 0 is the default; a sleep is never late by it here. */
static void set_timer_slack(struct linux_thread *lt, uint64_t slack)
{
    lt->timer_slack = (int64_t)slack <= 0 ? 0 : slack;
}

static status_t thread_option(struct syscall *call, struct linux_thread *lt)
{
    switch (call->arg[0]) {
    case PR_SET_NAME:
        return set_name(call, lt);
    case PR_GET_NAME:
        return copy_to_user(&call->thread->user, call->arg[1], lt->thread->name, COMM_BYTES);
    case PR_SET_TIMERSLACK:
        set_timer_slack(lt, call->arg[1]);
        return OK;
    case PR_GET_TIMERSLACK:
        call->result = (int64_t)(lt->timer_slack ? lt->timer_slack : TIMER_SLACK_NS);
        return OK;
    case PR_GET_TID_ADDRESS:
        return copy_to_user(&call->thread->user, call->arg[1], &lt->clear_child_tid,
                            sizeof(lt->clear_child_tid));
    default:
        return ERR_INVALID_ARGS;
    }
}

/* The auxiliary vector that exec made; the result is its size, whatever fits. */
static status_t get_auxv(struct syscall *call, struct linux_process *lp)
{
    struct linux_layout *l = &lp->layout;

    if (!unused_zero(call, 3))
        return ERR_INVALID_ARGS;
    call->result = (int64_t)sizeof(l->auxv);
    return copy_to_user(&call->thread->user, call->arg[1], l->auxv,
                        MIN(call->arg[2], sizeof(l->auxv)));
}

status_t sys_prctl(struct syscall *call)
{
    struct linux_thread *lt = current_linux(call);

    switch (call->arg[0]) {
    case PR_SET_PDEATHSIG:
    case PR_GET_PDEATHSIG:
    case PR_SET_CHILD_SUBREAPER:
    case PR_GET_CHILD_SUBREAPER:
        return family_option(call, lt->process);
    case PR_GET_DUMPABLE:
    case PR_SET_DUMPABLE:
    case PR_SET_NO_NEW_PRIVS:
    case PR_GET_NO_NEW_PRIVS:
        return privilege_option(call, lt->process);
    case PR_GET_KEEPCAPS:
    case PR_SET_KEEPCAPS:
    case PR_CAPBSET_READ:
    case PR_CAPBSET_DROP:
    case PR_GET_SECUREBITS:
    case PR_SET_SECUREBITS:
    case PR_CAP_AMBIENT:
        return capability_option(call);
    case PR_GET_TIMING: /* statistical, and nothing else */
    case PR_GET_SECCOMP:
        return OK;
    case PR_SET_TIMING:
        return call->arg[1] ? ERR_INVALID_ARGS : OK;
    case PR_GET_AUXV:
        return get_auxv(call, lt->process);
    default:
        return thread_option(call, lt);
    }
}
