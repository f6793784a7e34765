/*
 * profile_calls.c - profiles: made by who has the root job, and given to threads.
 */
#include "object/profile.h"
#include "personality/zircon/policy.h"

static status_t create(struct syscall *call)
{
    struct profile *profile;
    zx_profile_info_t info;
    status_t st = copy_from_user(call_user(call), &info, call->arg[2], sizeof(info));

    if (st == OK)
        st = profile_create(&info, &profile);
    if (st != OK)
        return st;
    st = call_give(call, &profile->object, profile->object.ops->rights, call->arg[3]);
    object_put(&profile->object);
    return st;
}

status_t zircon_profile_create(struct syscall *call)
{
    struct object *job;
    status_t st = call_policy(call, ZX_POL_NEW_PROFILE);

    if (st == OK && call->arg[1] != 0)
        st = ERR_INVALID_ARGS;
    if (st == OK)
        st = call_object(call, 0, ZX_OBJ_TYPE_JOB, ZX_RIGHT_MANAGE_PROCESS, &job);
    if (st != OK)
        return st;
    st = job == &job_root()->object ? create(call) : ERR_ACCESS_DENIED;
    object_put(job);
    return st;
}

status_t zircon_object_set_profile(struct syscall *call)
{
    struct object *thread, *profile;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_MANAGE_THREAD, &thread);

    if (st != OK)
        return st;
    st = call_object(call, 1, ZX_OBJ_TYPE_PROFILE, ZX_RIGHT_APPLY_PROFILE, &profile);
    if (st == OK) {
        st = profile_apply(profile_of(profile), container_of(thread, struct thread, object));
        object_put(profile);
    }
    object_put(thread);
    return st;
}
