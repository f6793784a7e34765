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

struct zircon_object_set_profile {
    SYSCALL_FRAME;
    struct object *thread; /* reference */
    uint32_t cpus;
    struct thread_set_cpus set;
};
CO_FITS(zircon_object_set_profile, union syscall_slot);
SYSCALL_WAIT(zircon_object_set_profile);

static struct thread *thread_of(struct object *obj)
{
    return container_of(obj, struct thread, object);
}

/* What is asked for, and of whom. */
static status_t begin(struct zircon_object_set_profile *f)
{
    struct object *profile;
    status_t st =
        call_object(f->call, 0, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_MANAGE_THREAD, &f->thread);

    if (st != OK)
        return st;
    st = call_object(f->call, 1, ZX_OBJ_TYPE_PROFILE, ZX_RIGHT_APPLY_PROFILE, &profile);
    if (st == OK) {
        f->cpus = profile_cpus(profile_of(profile));
        object_put(profile);
        st = profile_check(thread_of(f->thread));
    }
    if (st != OK)
        object_put(f->thread);
    return st;
}

CO_FN(zircon_object_set_profile)
{
    status_t st;

    st = begin(f);
    if (st != OK)
        CO_RETURN(st);
    if (f->cpus)
        CO_CALL(st, f->set, thread_set_cpus, .thread = thread_of(f->thread), .cpus = f->cpus);
    object_put(f->thread);
    CO_RETURN(st);
}
CO_END
