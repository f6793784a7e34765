/*
 * policy.c - the policies of jobs: set, and put into effect.
 */
#include "personality/zircon/policy.h"

#include "object/exception.h"

/* A process's job has members, so its policy stays as it is. */
status_t call_policy(struct syscall *call, uint32_t condition)
{
    struct process *p = call_process(call);

    switch (p->job->policy.action[condition]) {
    case ZX_POL_ACTION_ALLOW:
        return OK;
    case ZX_POL_ACTION_KILL:
        process_kill(p, ZX_TASK_RETCODE_POLICY_KILL);
        return ERR_ACCESS_DENIED;
    case ZX_POL_ACTION_ALLOW_EXCEPTION:
        exception_policy(call->thread, condition);
        return OK;
    case ZX_POL_ACTION_DENY_EXCEPTION:
        exception_policy(call->thread, condition);
        return ERR_ACCESS_DENIED;
    default:
        return ERR_ACCESS_DENIED;
    }
}

/* Version 1's entries as those of version 2, which are larger. */
static void widen(const zx_policy_basic_v1_t *from, zx_policy_basic_v2_t *to, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        to[i] = (zx_policy_basic_v2_t){from[i].condition, from[i].policy, ZX_POL_OVERRIDE_DENY};
}

static status_t set_basic(struct syscall *call, struct job *job, bool first_version)
{
    zx_policy_basic_v1_t narrow[ZX_POL_MAX];
    zx_policy_basic_v2_t entries[ZX_POL_MAX];
    uint32_t options = (uint32_t)call->arg[1], count = (uint32_t)call->arg[4];
    status_t st;

    if (options > ZX_JOB_POL_ABSOLUTE || count == 0)
        return ERR_INVALID_ARGS;
    if (count > ZX_POL_MAX)
        return ERR_OUT_OF_RANGE;
    if (first_version)
        st = copy_from_user(call_user(call), narrow, call->arg[3], count * sizeof(narrow[0]));
    else
        st = copy_from_user(call_user(call), entries, call->arg[3], count * sizeof(entries[0]));
    if (st != OK)
        return st;
    if (first_version)
        widen(narrow, entries, count);
    return job_add_policy(job, options == ZX_JOB_POL_ABSOLUTE, entries, count);
}

static status_t set_slack(struct syscall *call, struct job *job)
{
    zx_policy_timer_slack_t slack;
    status_t st;

    if ((uint32_t)call->arg[1] != ZX_JOB_POL_RELATIVE || (uint32_t)call->arg[4] != 1)
        return ERR_INVALID_ARGS;
    st = copy_from_user(call_user(call), &slack, call->arg[3], sizeof(slack));
    if (st != OK)
        return st;
    if (slack.min_slack < 0 || slack.default_mode > ZX_TIMER_SLACK_LATE)
        return ERR_INVALID_ARGS;
    return job_set_slack(job, &slack);
}

static status_t set_policy(struct syscall *call, struct job *job)
{
    switch ((uint32_t)call->arg[2]) {
    case ZX_JOB_POL_BASIC_V1:
        return set_basic(call, job, true);
    case ZX_JOB_POL_BASIC_V2:
        return set_basic(call, job, false);
    case ZX_JOB_POL_TIMER_SLACK:
        return set_slack(call, job);
    default:
        return ERR_INVALID_ARGS;
    }
}

status_t zircon_job_set_policy(struct syscall *call)
{
    struct object *job;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_JOB, ZX_RIGHT_SET_POLICY, &job);

    if (st != OK)
        return st;
    st = set_policy(call, container_of(job, struct job, object));
    object_put(job);
    return st;
}

status_t zircon_job_set_critical(struct syscall *call)
{
    uint32_t options = (uint32_t)call->arg[1];
    struct object *job = NULL, *process = NULL;
    status_t st = OK;

    if (options & ~ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO)
        return ERR_INVALID_ARGS;
    st = call_object(call, 0, ZX_OBJ_TYPE_JOB, ZX_RIGHT_DESTROY, &job);
    if (st == OK)
        st = handle_get(call_handles(call), (handle_t)call->arg[2], ZX_OBJ_TYPE_PROCESS,
                        ZX_RIGHT_WAIT, &process, NULL);
    if (st == OK)
        st = process_set_critical(container_of(process, struct process, object),
                                  container_of(job, struct job, object), options != 0);
    object_put(process);
    object_put(job);
    return st;
}
