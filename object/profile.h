/*
 * profile.h - profiles: how a thread wants to be scheduled, to be given to many.
 *
 * The executor schedules all threads alike: a priority or a deadline is a wish that changes
 * nothing. A mask of CPUs is obeyed.
 */
#pragma once

#include "object/object.h"
#include "uapi/zircon/syscalls/profile.h"

struct thread;

struct profile {
    struct object object;
    zx_profile_info_t info; /* constant */
};

/* ERR_INVALID_ARGS: it asks for nothing, for two things that exclude each other, for CPUs that
 * there are not, or wrongly. */
status_t profile_create(const zx_profile_info_t *info, struct profile **out) MUST_USE;

/* May a profile be given to the thread? ERR_BAD_STATE: it does not run. */
status_t profile_check(struct thread *t) MUST_USE;

/* The CPUs that a thread with the profile may be on, of those that there are; 0: it leaves that
 * as it is. An empty mask stands for all. */
uint32_t profile_cpus(const struct profile *profile);

static inline struct profile *profile_of(struct object *obj)
{
    return container_of(obj, struct profile, object);
}
