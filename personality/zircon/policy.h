/*
 * policy.h - what a process's job lets it do.
 */
#pragma once

#include "object/timer_object.h"
#include "personality/zircon/call.h"

/*
 * By every call that makes an object, or does something else that a condition (ZX_POL_*) is
 * about, once its arguments are found good. ERR_ACCESS_DENIED: it must not go on.
 */
status_t call_policy(struct syscall *call, uint32_t condition) MUST_USE;

/* The deadline of a wait, with the slack that the policy gives to all of them. */
static inline time_ns_t call_deadline(const struct syscall *call, time_ns_t deadline)
{
    const struct job_policy *policy = &call_process(call)->job->policy;

    return policy->slack ? timer_slacken(deadline, policy->slack, policy->slack_mode)
                         : deadline;
}
