/*
 * info_lists.c - the topics that list members of jobs and processes, handles, and CPUs.
 */
#include "co/executor.h"
#include "object/resource.h"
#include "personality/zircon/info.h"

typedef size_t koids_fn(struct object *obj, koid_t *out, size_t max);

/* The list's own room is used as the array of koids. */
static status_t gather_koids(koids_fn *koids, struct object *obj, struct info_list *list)
{
    list->count = koids(obj, (koid_t *)(void *)list->records, list->room);
    return OK;
}

static size_t threads_of(struct object *obj, koid_t *out, size_t max)
{
    return process_thread_koids(container_of(obj, struct process, object), out, max);
}

static size_t children_of(struct object *obj, koid_t *out, size_t max)
{
    return job_child_koids(container_of(obj, struct job, object), out, max);
}

static size_t processes_of(struct object *obj, koid_t *out, size_t max)
{
    return job_process_koids(container_of(obj, struct job, object), out, max);
}

status_t info_threads(struct object *obj, struct info_list *list)
{
    return gather_koids(threads_of, obj, list);
}

status_t info_children(struct object *obj, struct info_list *list)
{
    return gather_koids(children_of, obj, list);
}

status_t info_processes(struct object *obj, struct info_list *list)
{
    return gather_koids(processes_of, obj, list);
}

status_t info_handles(struct object *obj, struct info_list *list)
{
    struct process *p = container_of(obj, struct process, object);
    struct handle_entry entry;

    for (uint32_t cursor = 0; handle_next(&p->handles, &cursor, &entry);) {
        struct object *behind = entry.handle.obj;

        info_list_add(list, &(zx_info_handle_extended_t){
                                .type = behind->ops->type,
                                .handle_value = entry.value,
                                .rights = entry.handle.rights,
                                .koid = behind->koid,
                                .related_koid = info_related_koid(behind),
                            });
        object_put(behind);
    }
    return OK;
}

status_t info_handle_stats(struct object *obj, rights_t rights, union info_record *out)
{
    struct process *p = container_of(obj, struct process, object);
    struct handle_entry entry;

    (void)rights;
    for (uint32_t cursor = 0; handle_next(&p->handles, &cursor, &entry);) {
        uint32_t type = entry.handle.obj->ops->type;

        if (type < countof(out->handle_stats.handle_count))
            out->handle_stats.handle_count[type]++;
        object_put(entry.handle.obj);
    }
    return OK;
}

status_t info_cpus(struct object *obj, struct info_list *list)
{
    if (resource_check(resource_of(obj), ZX_RSRC_KIND_ROOT) != OK)
        return ERR_WRONG_TYPE;
    for (unsigned cpu = 0; cpu < hal_cpu_count(); cpu++) {
        struct executor_stats stats;

        executor_stats_read(cpu, &stats);
        info_list_add(list, &(zx_info_cpu_stats_t){
                                .cpu_number = cpu,
                                .flags = ZX_INFO_CPU_STATS_FLAG_ONLINE,
                                .context_switches = stats.switches,
                            });
    }
    return OK;
}
