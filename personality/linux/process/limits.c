/*
 * limits.c - resource limits (getrlimit(2)).
 */
#include "personality/linux/process/limits.h"
#include "fs/size_limit.h"
#include "personality/linux/process/pid.h"
#include "personality/linux/process/process.h"

/* The limits of others are for root, and for processes of the same user and group throughout.
 */
static status_t check_target(struct syscall *call, const struct linux_process *lp)
{
    const struct credentials *c = &linux_process_of(call)->cred, *target = &lp->cred;

    if (lp == linux_process_of(call) || credentials_has(c, CAP_SYS_RESOURCE))
        return OK;
    return c->uid == target->uid && c->uid == target->euid && c->uid == target->suid &&
                   c->gid == target->gid && c->gid == target->egid && c->gid == target->sgid
               ? OK
               : ERR_NOT_PERMITTED;
}

/* A limit is raised above its hard value only by root; soft never exceeds hard. */
static status_t set_limit(struct syscall *call, struct linux_process *lp, unsigned resource,
                          const struct rlimit *to)
{
    bool privileged = credentials_has(&linux_process_of(call)->cred, CAP_SYS_RESOURCE);
    SPIN_GUARD(&lp->lock);

    if (to->soft > to->hard)
        return ERR_INVALID_ARGS;
    if (to->hard > lp->limits[resource].hard && !privileged)
        return ERR_NOT_PERMITTED;
    lp->limits[resource] = *to;
    return OK;
}

/* A stack grows as its process's limit says; one that a vfork child borrows keeps its owner's.
 */
static void limit_stack(struct linux_process *lp)
{
    struct aspace *as = lp->process && !lp->vfork_child ? process_aspace(lp->process) : NULL;

    if (as)
        aspace_set_growth(as, 0, lp->limits[RLIMIT_STACK].soft);
    aspace_put(as);
}

static void took_effect(struct linux_process *lp, unsigned resource)
{
    if (resource == RLIMIT_CPU)
        itimer_limit_cpu(lp);
    if (resource == RLIMIT_STACK)
        limit_stack(lp);
}

static status_t prlimit(struct syscall *call, struct linux_process *lp, unsigned resource,
                        user_addr_t new_limit, user_addr_t old_limit)
{
    struct rlimit old = lp->limits[resource], new;
    status_t st;

    if (new_limit) {
        st = copy_from_user(&call->thread->user, &new, new_limit, sizeof(new));
        if (st == OK)
            st = set_limit(call, lp, resource, &new);
        if (st == OK)
            took_effect(lp, resource);
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
    st = check_target(call, lp);
    if (st == OK)
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

static uint64_t file_size(void)
{
    const struct linux_thread *lt = linux_caller();

    return lt ? lt->process->limits[RLIMIT_FSIZE].soft : UINT64_MAX;
}

static void file_too_big(void)
{
    struct linux_thread *lt = linux_caller();
    const struct siginfo info = {.signo = SIGXFSZ,
                                 .code = SI_USER,
                                 .rt = {.pid = lt->process->pid, .uid = lt->process->cred.uid}};

    (void)!signal_send_thread(lt, &info); /* a standard signal always arrives */
}

void limits_init(void)
{
    static const struct size_limit_ops ops = {.bytes = file_size, .exceeded = file_too_big};

    size_limit_register(&ops);
}
