/*
 * profile.c - profiles.
 */
#include "object/profile.h"

#include "base/string.h"
#include "mm/slab.h"
#include "object/thread.h"

#define ALL_FLAGS                                                    \
    (ZX_PROFILE_INFO_FLAG_PRIORITY | ZX_PROFILE_INFO_FLAG_CPU_MASK | \
     ZX_PROFILE_INFO_FLAG_DEADLINE)

SLAB_CACHE(profile_cache, struct profile);

static void profile_destroy(struct object *obj)
{
    slab_free(&profile_cache, profile_of(obj));
}

static const struct object_ops profile_ops = {
    .name = "profile",
    .type = ZX_OBJ_TYPE_PROFILE,
    .rights = ZX_DEFAULT_PROFILE_RIGHTS,
    .destroy = profile_destroy,
};

static bool deadline_valid(const zx_sched_deadline_params_t *d)
{
    return d->capacity > 0 && d->capacity <= d->relative_deadline &&
           d->relative_deadline <= d->period;
}

static bool cpus_valid(const zx_profile_info_t *info)
{
    uint64_t others = info->cpu_affinity_mask[0] & ~(uint64_t)task_all_cpus();

    for (unsigned i = 1; i < countof(info->cpu_affinity_mask); i++)
        others |= info->cpu_affinity_mask[i];
    return !others;
}

static bool info_valid(const zx_profile_info_t *info)
{
    bool priority = info->flags & ZX_PROFILE_INFO_FLAG_PRIORITY;
    bool deadline = info->flags & ZX_PROFILE_INFO_FLAG_DEADLINE;

    if (!info->flags || info->flags & ~ALL_FLAGS || (priority && deadline))
        return false;
    if (priority &&
        (info->priority < ZX_PRIORITY_LOWEST || info->priority > ZX_PRIORITY_HIGHEST))
        return false;
    if (info->flags & ZX_PROFILE_INFO_FLAG_CPU_MASK && !cpus_valid(info))
        return false;
    return !deadline || deadline_valid(&info->deadline_params);
}

status_t profile_create(const zx_profile_info_t *info, struct profile **out)
{
    struct profile *profile;

    if (!info_valid(info))
        return ERR_INVALID_ARGS;
    profile = slab_alloc(&profile_cache);
    if (!profile)
        return ERR_NO_MEMORY;
    object_init(&profile->object, &profile_ops, 0);
    profile->info = *info;
    *out = profile;
    return OK;
}

uint32_t profile_cpus(const struct profile *profile)
{
    uint32_t cpus = (uint32_t)profile->info.cpu_affinity_mask[0];

    if (!(profile->info.flags & ZX_PROFILE_INFO_FLAG_CPU_MASK))
        return 0;
    return cpus ? cpus : task_all_cpus();
}

status_t profile_check(struct thread *t)
{
    SPIN_GUARD(&t->process->object.lock);

    return t->state == THREAD_RUNNING ? OK : ERR_BAD_STATE;
}
