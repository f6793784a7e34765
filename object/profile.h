/*
 * profile.h - profiles: how a thread wants to be scheduled, to be given to many.
 *
 * The executor schedules all threads alike and on any CPU: a priority or a deadline is a wish
 * that changes nothing, and a thread cannot be kept to some of the CPUs.
 */
#pragma once

#include "object/object.h"
#include "uapi/zircon/syscalls/profile.h"

struct thread;

struct profile {
    struct object object;
    zx_profile_info_t info; /* constant */
};

/* ERR_INVALID_ARGS: it asks for nothing, for two things that exclude each other, or wrongly. */
status_t profile_create(const zx_profile_info_t *info, struct profile **out) MUST_USE;

/* ERR_BAD_STATE: the thread does not run; ERR_NOT_SUPPORTED: a mask that excludes a CPU. */
status_t profile_apply(const struct profile *profile, struct thread *t) MUST_USE;

static inline struct profile *profile_of(struct object *obj)
{
    return container_of(obj, struct profile, object);
}
