/*
 * job_policy.c - putting policies together.
 */
#include "object/job_policy.h"

static bool is_new(uint32_t condition)
{
    return condition > ZX_POL_NEW_ANY && condition < ZX_POL_AMBIENT_MARK_VMO_EXEC;
}

static status_t add(struct job_policy *policy, bool absolute, uint32_t condition,
                    uint32_t action, uint32_t flags)
{
    if (!policy->fixed[condition]) {
        policy->action[condition] = (uint8_t)action;
        policy->fixed[condition] = flags == ZX_POL_OVERRIDE_DENY;
        return OK;
    }
    if (policy->action[condition] == action && flags == ZX_POL_OVERRIDE_DENY)
        return OK;
    return absolute ? ERR_ALREADY_EXISTS : OK;
}

static status_t check(const zx_policy_basic_v2_t *entry)
{
    if (entry->action >= ZX_POL_ACTION_MAX)
        return ERR_NOT_SUPPORTED;
    return entry->flags > ZX_POL_OVERRIDE_DENY || entry->condition >= ZX_POL_MAX
               ? ERR_INVALID_ARGS
               : OK;
}

/* Every new object; a later entry for one of them may still differ. */
static status_t add_any(struct job_policy *policy, bool absolute, uint32_t action)
{
    status_t st = OK;

    for (uint32_t i = 0; i < ZX_POL_MAX && st == OK; i++) {
        if (is_new(i))
            st = add(policy, absolute, i, action, ZX_POL_OVERRIDE_ALLOW);
    }
    return st;
}

static void fix_any(struct job_policy *policy, uint32_t flags)
{
    for (uint32_t i = 0; i < ZX_POL_MAX; i++) {
        if (is_new(i))
            policy->fixed[i] = flags == ZX_POL_OVERRIDE_DENY;
    }
}

status_t job_policy_add(struct job_policy *policy, bool absolute,
                        const zx_policy_basic_v2_t *entries, uint32_t count)
{
    struct job_policy next = *policy;
    const zx_policy_basic_v2_t *any = NULL;
    status_t st = count > ZX_POL_MAX ? ERR_OUT_OF_RANGE : OK;

    for (uint32_t i = 0; i < count && st == OK; i++) {
        const zx_policy_basic_v2_t *entry = &entries[i];

        st = check(entry);
        if (st == OK && entry->condition == ZX_POL_NEW_ANY) {
            st = add_any(&next, absolute, entry->action);
            any = entry;
        } else if (st == OK) {
            st = add(&next, absolute, entry->condition, entry->action, entry->flags);
        }
    }
    if (st != OK)
        return st;
    if (any)
        fix_any(&next, any->flags);
    *policy = next;
    return OK;
}
