/*
 * nice.c - nice values (getpriority(2)): kept and told, one a process. The executor does not
 * weigh by them.
 */
#include "personality/linux/process/process.h"

enum { PRIO_PROCESS, PRIO_PGRP, PRIO_USER };
enum { NICE_MIN = -20, NICE_MAX = 19 };

/* One walk over those that are asked for. */
struct nice_walk {
    const struct credentials *cred; /* the caller's */
    int which;
    int32_t who;
    bool change;
    int32_t value; /* to set; or the lowest seen */
    unsigned found;
    status_t st;
};

static bool is_meant(const void *arg, const struct linux_process *lp)
{
    const struct nice_walk *w = arg;

    switch (w->which) {
    case PRIO_PROCESS:
        return lp->pid == w->who;
    case PRIO_PGRP:
        return lp->pgrp == w->who;
    default:
        return lp->cred.uid == (uint32_t)w->who;
    }
}

static status_t change(const struct nice_walk *w, struct linux_process *lp)
{
    if (!credentials_has(w->cred, CAP_SYS_NICE)) {
        if (w->cred->euid != lp->cred.uid && w->cred->euid != lp->cred.euid)
            return ERR_NOT_PERMITTED;
        if (w->value < lp->nice)
            return ERR_ACCESS_DENIED;
    }
    lp->nice = w->value;
    return OK;
}

static void visit(struct nice_walk *w, struct linux_process *lp)
{
    status_t st = OK;

    if (w->change)
        st = change(w, lp);
    else
        w->value = w->found ? MIN(w->value, lp->nice) : lp->nice;
    w->found++;
    if (st != OK)
        w->st = st;
}

/* `who` 0 is the caller's own. */
static status_t walk(struct syscall *call, struct nice_walk *w)
{
    struct linux_process *self = linux_process_of(call);
    struct linux_processes meant;
    status_t st;

    w->cred = &self->cred;
    w->which = (int)call->arg[0];
    w->who = (int32_t)call->arg[1];
    if (w->which < PRIO_PROCESS || w->which > PRIO_USER)
        return ERR_INVALID_ARGS;
    if (!w->who)
        w->who = w->which == PRIO_PROCESS ? self->pid
                 : w->which == PRIO_PGRP  ? self->pgrp
                                          : (int32_t)self->cred.uid;
    st = linux_processes_collect(is_meant, w, &meant);
    if (st != OK)
        return st;
    for (unsigned i = 0; i < meant.count; i++)
        visit(w, meant.members[i]);
    linux_processes_free(&meant);
    return w->found ? w->st : ERR_NO_PROCESS;
}

/* 40 down to 1, so that no value looks like an error. */
status_t sys_getpriority(struct syscall *call)
{
    struct nice_walk w = {.change = false};
    status_t st = walk(call, &w);

    if (st == OK)
        call->result = NICE_MAX + 1 - w.value;
    return st;
}

status_t sys_setpriority(struct syscall *call)
{
    struct nice_walk w = {.change = true};
    int32_t value = (int32_t)call->arg[2];

    w.value = value < NICE_MIN ? NICE_MIN : value > NICE_MAX ? NICE_MAX : value;
    return walk(call, &w);
}
