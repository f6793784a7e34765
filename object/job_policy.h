/*
 * job_policy.h - what processes of a job may do: an action for each condition (ZX_POL_*), and
 * whether jobs below may choose another.
 */
#pragma once

#include "base/status.h"
#include "base/types.h"
#include "uapi/zircon/syscalls/policy.h"

/* Zeroed: all is allowed, nothing is fixed. */
struct job_policy {
    uint8_t action[ZX_POL_MAX];
    uint8_t fixed[ZX_POL_MAX]; /* no override */
    uint32_t slack_mode;       /* ZX_TIMER_SLACK_* */
    time_ns_t slack;           /* at least; ns */
};

/*
 * All entries, in order, or none. A fixed condition keeps its action: where an entry asks for
 * another it is passed over, or, if `absolute`, refused with ERR_ALREADY_EXISTS.
 * ERR_OUT_OF_RANGE: too many; ERR_NOT_SUPPORTED: no such action; ERR_INVALID_ARGS.
 */
status_t job_policy_add(struct job_policy *policy, bool absolute,
                        const zx_policy_basic_v2_t *entries, uint32_t count) MUST_USE;
