/*
 * limits.c - resource limits (getrlimit(2)) and nice values (getpriority(2)).
 */
#include "personality/linux/pid.h"
#include "personality/linux/process.h"

/* A limit is raised above its hard value only by root; soft never exceeds hard. */
static status_t set_limit(struct linux_process *lp, unsigned resource, const struct rlimit *to)
{
    SPIN_GUARD(&lp->lock);

    if (to->soft > to->hard)
        return ERR_INVALID_ARGS;
    if (to->hard > lp->limits[resource].hard && !credentials_privileged(&lp->cred))
        return ERR_NOT_PERMITTED;
    lp->limits[resource] = *to;
    return OK;
}

static status_t prlimit(struct syscall *call, struct linux_process *lp, unsigned resource,
                        user_addr_t new_limit, user_addr_t old_limit)
{
    struct rlimit old = lp->limits[resource], new;
    status_t st;

    if (new_limit) {
        st = copy_from_user(&call->thread->user, &new, new_limit, sizeof(new));
        if (st == OK)
            st = set_limit(lp, resource, &new);
        if (st != OK)
            return st;
    }
    return old_limit ? copy_to_user(&call->thread->user, old_limit, &old, sizeof(old)) : OK;
}

status_t sys_prlimit64(struct syscall *call)
{
    pid_t_ pid = (pid_t_)call->arg[0];
    struct linux_process *lp;
    status_t st;

    if (call->arg[1] >= RLIMITS)
        return ERR_INVALID_ARGS;
    lp = pid ? linux_process_find(pid) : linux_process_get(linux_process_of(call));
    if (!lp)
        return ERR_NO_PROCESS;
    st = prlimit(call, lp, (unsigned)call->arg[1], call->arg[2], call->arg[3]);
    linux_process_put(lp);
    return st;
}

status_t sys_getrlimit(struct syscall *call)
{
    if (call->arg[0] >= RLIMITS)
        return ERR_INVALID_ARGS;
    return prlimit(call, linux_process_of(call), (unsigned)call->arg[0], 0, call->arg[1]);
}

status_t sys_setrlimit(struct syscall *call)
{
    if (call->arg[0] >= RLIMITS)
        return ERR_INVALID_ARGS;
    return call->arg[1]
               ? prlimit(call, linux_process_of(call), (unsigned)call->arg[0], call->arg[1], 0)
               : ERR_FAULT;
}
