/*
 * info_calls.c - zx_object_get_info: one table of topics, one function each.
 */
#include "base/string.h"
#include "mm/slab.h"
#include "object/paired.h"
#include "object/resource.h"
#include "object/socket_object.h"
#include "object/stream.h"
#include "object/timer_object.h"
#include "object/vmar_object.h"
#include "object/vmo_object.h"
#include "personality/zircon/info.h"
#include "personality/zircon/task_info.h"

struct info_topic {
    uint32_t number;
    uint32_t type; /* of the object; 0: any */
    rights_t need;
    uint32_t size;       /* of a record */
    info_fill *fill;     /* the one record; or */
    info_gather *gather; /* all of them */
};

/* The logical parent of what is not one of a pair. */
koid_t info_related_koid(struct object *obj)
{
    struct job *parent;

    switch (obj->ops->type) {
    case ZX_OBJ_TYPE_JOB:
        parent = container_of(obj, struct job, object)->parent;
        return parent ? parent->object.koid : ZX_KOID_INVALID;
    case ZX_OBJ_TYPE_PROCESS:
        return container_of(obj, struct process, object)->job->object.koid;
    case ZX_OBJ_TYPE_THREAD:
        return container_of(obj, struct thread, object)->process->object.koid;
    default:
        return paired_peer_koid(obj);
    }
}

static status_t fill_basic(struct object *obj, rights_t rights, union info_record *out)
{
    out->basic = (zx_info_handle_basic_t){
        .koid = obj->koid,
        .rights = rights,
        .type = obj->ops->type,
        .related_koid = info_related_koid(obj),
        .props = obj->ops->rights & ZX_RIGHT_WAIT ? ZX_OBJ_PROP_WAITABLE : 0u,
    };
    return OK;
}

static status_t fill_process(struct object *obj, rights_t rights, union info_record *out)
{
    struct process *p = container_of(obj, struct process, object);
    SPIN_GUARD(&obj->lock);

    (void)rights;
    out->process = (zx_info_process_t){
        .return_code = p->state == PROCESS_DEAD ? p->return_code : 0,
        .started = p->state != PROCESS_INITIAL,
        .exited = p->state == PROCESS_DEAD,
        .debugger_attached = exceptionate_bound(&p->debugger),
    };
    return OK;
}

static status_t fill_job(struct object *obj, rights_t rights, union info_record *out)
{
    struct job *job = container_of(obj, struct job, object);
    SPIN_GUARD(&obj->lock);

    (void)rights;
    out->job = (zx_info_job_t){
        .return_code = job->return_code,
        .exited = job->terminated,
        .kill_on_oom = job->kill_on_oom,
    };
    return OK;
}

static status_t fill_thread(struct object *obj, rights_t rights, union info_record *out)
{
    (void)rights;
    thread_info_fill(container_of(obj, struct thread, object), &out->thread);
    return OK;
}

static status_t fill_report(struct object *obj, rights_t rights, union info_record *out)
{
    (void)rights;
    return thread_exception_report(container_of(obj, struct thread, object), &out->report);
}

static status_t fill_thread_stats(struct object *obj, rights_t rights, union info_record *out)
{
    struct thread *t = container_of(obj, struct thread, object);
    SPIN_GUARD(&t->process->object.lock);

    (void)rights;
    if (t->state == THREAD_DEAD)
        return ERR_BAD_STATE;
    out->thread_stats.last_scheduled_cpu = UINT32_MAX;
    if (t->state == THREAD_RUNNING) {
        out->thread_stats.total_runtime = task_ran(&t->task);
        out->thread_stats.last_scheduled_cpu = t->task.cpu;
    }
    return OK;
}

/* Of threads, processes and jobs. */
static status_t fill_runtime(struct object *obj, rights_t rights, union info_record *out)
{
    struct task_time time;

    (void)rights;
    switch (obj->ops->type) {
    case ZX_OBJ_TYPE_JOB:
        time = job_time(container_of(obj, struct job, object));
        break;
    case ZX_OBJ_TYPE_PROCESS:
        time = process_time(container_of(obj, struct process, object));
        break;
    case ZX_OBJ_TYPE_THREAD:
        time = thread_time(container_of(obj, struct thread, object));
        break;
    default:
        return ERR_WRONG_TYPE;
    }
    out->runtime = (zx_info_task_runtime_t){.cpu_time = time.ran, .queue_time = time.queued};
    return OK;
}

static status_t fill_vmar(struct object *obj, rights_t rights, union info_record *out)
{
    const struct region *region = &vmar_object_of(obj)->vmar->region;

    (void)rights;
    out->vmar = (zx_info_vmar_t){.base = region->base, .len = region->size};
    return OK;
}

/* A slice shares its VMO with others: what is its own is told of itself. */
static void fill_slice(struct vmo_object *vo, zx_info_vmo_t *out)
{
    out->size_bytes = vo->slice_size;
    out->parent_koid = vo->parent_koid;
    out->num_children = vmo_object_child_count(vo);
    out->flags &= ~ZX_INFO_VMO_IS_COW_CLONE;
    out->committed_bytes = 0;
}

static status_t fill_vmo(struct object *obj, rights_t rights, union info_record *out)
{
    struct vmo_object *vo = vmo_object_of(obj);

    info_of_vmo(vo->vmo, &out->vmo);
    if (vo->slice)
        fill_slice(vo, &out->vmo);
    out->vmo.koid = obj->koid;
    out->vmo.flags |= ZX_INFO_VMO_VIA_HANDLE;
    out->vmo.handle_rights = rights;
    out->vmo.cache_policy = vo->cache_policy;
    return OK;
}

static status_t fill_socket(struct object *obj, rights_t rights, union info_record *out)
{
    struct socket_state state;

    (void)rights;
    socket_object_state(obj, &state);
    out->socket = (zx_info_socket_t){
        .options = state.options,
        .rx_buf_max = SOCKET_MAX_SIZE,
        .rx_buf_size = state.readable,
        .rx_buf_available = state.next,
        .tx_buf_max = state.peer_open ? SOCKET_MAX_SIZE : 0,
        .tx_buf_size = state.written,
    };
    return OK;
}

static status_t fill_timer(struct object *obj, rights_t rights, union info_record *out)
{
    struct timer_object_state state;

    (void)rights;
    timer_object_state(obj, &state);
    out->timer = (zx_info_timer_t){
        .options = state.options, .deadline = state.deadline, .slack = state.slack};
    return OK;
}

static status_t fill_stream(struct object *obj, rights_t rights, union info_record *out)
{
    struct stream *stream = stream_of(obj);

    (void)rights;
    out->stream = (zx_info_stream_t){
        .options = stream->options,
        .seek = stream_seek_get(stream),
        .content_size = vmo_object_content_size(stream->vo),
    };
    return OK;
}

static status_t fill_handle_count(struct object *obj, rights_t rights, union info_record *out)
{
    (void)rights;
    out->count = atomic_load_explicit(&obj->handles, memory_order_relaxed);
    return OK;
}

static status_t fill_resource(struct object *obj, rights_t rights, union info_record *out)
{
    const struct resource *r = resource_of(obj);

    (void)rights;
    out->resource = (zx_info_resource_t){
        .kind = r->kind, .flags = r->flags, .base = r->base, .size = r->size};
    memcpy(out->resource.name, r->name, sizeof(r->name));
    return OK;
}

/* Of the machine: whoever may ask has the root resource. */
static status_t fill_kmem(struct object *obj, rights_t rights, union info_record *out)
{
    struct page_stats pages;

    (void)rights;
    if (resource_check(resource_of(obj), ZX_RSRC_KIND_ROOT) != OK)
        return ERR_WRONG_TYPE;
    page_stats_read(&pages);
    out->kmem.total_bytes = pages.total * PAGE_SIZE;
    out->kmem.free_bytes = pages.free * PAGE_SIZE;
    out->kmem.other_bytes = out->kmem.total_bytes - out->kmem.free_bytes;
    return OK;
}

#define MANAGE (ZX_RIGHT_INSPECT | ZX_RIGHT_MANAGE_PROCESS | ZX_RIGHT_MANAGE_THREAD)
#define VMO_V1 offsetof(zx_info_vmo_t, metadata_bytes)

static const struct info_topic topics[] = {
    {ZX_INFO_HANDLE_BASIC, 0, 0, sizeof(zx_info_handle_basic_t), fill_basic, NULL},
    {ZX_INFO_HANDLE_COUNT, 0, ZX_RIGHT_INSPECT, sizeof(uint32_t), fill_handle_count, NULL},
    {ZX_INFO_TASK_RUNTIME, 0, ZX_RIGHT_INSPECT, sizeof(zx_info_task_runtime_t), fill_runtime,
     NULL},
    {ZX_INFO_PROCESS, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT, sizeof(zx_info_process_t),
     fill_process, NULL},
    {ZX_INFO_TASK_STATS, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT, sizeof(zx_info_task_stats_t),
     info_task_stats, NULL},
    {ZX_INFO_PROCESS_HANDLE_STATS, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT,
     sizeof(zx_info_process_handle_stats_t), info_handle_stats, NULL},
    {ZX_INFO_PROCESS_THREADS, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_ENUMERATE, sizeof(koid_t), NULL,
     info_threads},
    {ZX_INFO_PROCESS_MAPS, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT, sizeof(zx_info_maps_t), NULL,
     info_maps},
    {ZX_INFO_PROCESS_VMOS_V1, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT, VMO_V1, NULL, info_vmos},
    {ZX_INFO_PROCESS_VMOS, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT, sizeof(zx_info_vmo_t), NULL,
     info_vmos},
    {ZX_INFO_HANDLE_TABLE, ZX_OBJ_TYPE_PROCESS, MANAGE, sizeof(zx_info_handle_extended_t), NULL,
     info_handles},
    {ZX_INFO_THREAD_EXCEPTION_REPORT, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_INSPECT,
     sizeof(zx_exception_report_t), fill_report, NULL},
    {ZX_INFO_THREAD, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_INSPECT, sizeof(zx_info_thread_t),
     fill_thread, NULL},
    {ZX_INFO_THREAD_STATS, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_INSPECT, sizeof(zx_info_thread_stats_t),
     fill_thread_stats, NULL},
    {ZX_INFO_JOB, ZX_OBJ_TYPE_JOB, ZX_RIGHT_INSPECT, sizeof(zx_info_job_t), fill_job, NULL},
    {ZX_INFO_JOB_CHILDREN, ZX_OBJ_TYPE_JOB, ZX_RIGHT_ENUMERATE, sizeof(koid_t), NULL,
     info_children},
    {ZX_INFO_JOB_PROCESSES, ZX_OBJ_TYPE_JOB, ZX_RIGHT_ENUMERATE, sizeof(koid_t), NULL,
     info_processes},
    {ZX_INFO_VMAR, ZX_OBJ_TYPE_VMAR, ZX_RIGHT_INSPECT, sizeof(zx_info_vmar_t), fill_vmar, NULL},
    {ZX_INFO_VMO, ZX_OBJ_TYPE_VMO, 0, sizeof(zx_info_vmo_t), fill_vmo, NULL},
    {ZX_INFO_VMO_V1, ZX_OBJ_TYPE_VMO, 0, VMO_V1, fill_vmo, NULL},
    {ZX_INFO_RESOURCE, ZX_OBJ_TYPE_RESOURCE, ZX_RIGHT_INSPECT, sizeof(zx_info_resource_t),
     fill_resource, NULL},
    {ZX_INFO_KMEM_STATS, ZX_OBJ_TYPE_RESOURCE, 0, sizeof(zx_info_kmem_stats_t), fill_kmem,
     NULL},
    {ZX_INFO_CPU_STATS, ZX_OBJ_TYPE_RESOURCE, 0, sizeof(zx_info_cpu_stats_t), NULL, info_cpus},
    {ZX_INFO_SOCKET, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_INSPECT, sizeof(zx_info_socket_t),
     fill_socket, NULL},
    {ZX_INFO_TIMER, ZX_OBJ_TYPE_TIMER, ZX_RIGHT_INSPECT, sizeof(zx_info_timer_t), fill_timer,
     NULL},
    {ZX_INFO_MSI, ZX_OBJ_TYPE_MSI, ZX_RIGHT_INSPECT, sizeof(zx_info_msi_t), info_msi, NULL},
    {ZX_INFO_BTI, ZX_OBJ_TYPE_BTI, ZX_RIGHT_INSPECT, sizeof(zx_info_bti_t), info_bti, NULL},
    {ZX_INFO_STREAM, ZX_OBJ_TYPE_STREAM, ZX_RIGHT_INSPECT, sizeof(zx_info_stream_t),
     fill_stream, NULL},
};

static const struct info_topic *topic_of(uint32_t number)
{
    for (size_t i = 0; i < countof(topics); i++) {
        if (topics[i].number == number)
            return &topics[i];
    }
    return NULL;
}

static status_t put_count(struct syscall *call, unsigned arg, uint64_t count)
{
    return call->arg[arg] ? copy_to_user(call_user(call), call->arg[arg], &count, sizeof(count))
                          : OK;
}

/* How many were written, and how many there are. */
static status_t put_counts(struct syscall *call, uint64_t actual, uint64_t avail)
{
    status_t st = put_count(call, 4, actual);

    return st == OK ? put_count(call, 5, avail) : st;
}

static status_t put_record(struct syscall *call, const struct info_topic *topic,
                           struct object *obj, rights_t rights)
{
    bool fits = call->arg[3] >= topic->size;
    union info_record record;
    status_t st;

    memset(&record, 0, sizeof(record));
    st = topic->fill(obj, rights, &record);
    if (st == OK && fits)
        st = copy_to_user(call_user(call), call->arg[2], &record, topic->size);
    if (st == OK)
        st = put_counts(call, fits, 1);
    return st != OK || fits ? st : ERR_BUFFER_TOO_SMALL;
}

void info_list_add(struct info_list *list, const void *record)
{
    if (list->count < list->room)
        memcpy(list->records + list->count * list->size, record, list->size);
    list->count++;
}

/* Gathered twice: there may be more the second time, but no more than there is room for is
 * kept. */
static status_t put_records(struct syscall *call, const struct info_topic *topic,
                            struct object *obj)
{
    struct info_list list = {.size = topic->size};
    status_t st = topic->gather(obj, &list);

    list.room = MIN(list.count, call->arg[3] / topic->size);
    if (st == OK && list.room > 0) {
        list.count = 0;
        list.records = kmalloc(list.room * list.size);
        st = list.records ? topic->gather(obj, &list) : ERR_NO_MEMORY;
    }
    list.room = MIN(list.room, list.count);
    if (st == OK)
        st = copy_to_user(call_user(call), call->arg[2], list.records, list.room * list.size);
    if (st == OK)
        st = put_counts(call, list.room, list.count);
    kfree(list.records);
    return st;
}

/* Whether it is one is the answer, not a use of it: no policy is asked. */
static status_t check_handle(struct syscall *call)
{
    struct object *obj;
    status_t st = call_object(call, 0, 0, 0, &obj);

    if (st == OK)
        object_put(obj);
    call->result = status_to_zircon(st);
    return OK;
}

status_t zircon_object_get_info(struct syscall *call)
{
    uint32_t number = (uint32_t)call->arg[1];
    const struct info_topic *topic = topic_of(number);
    struct object *obj;
    rights_t rights;
    status_t st;

    if (number == ZX_INFO_HANDLE_VALID)
        return check_handle(call);
    if (!topic)
        return ERR_NOT_SUPPORTED;
    st = handle_get(call_handles(call), (handle_t)call->arg[0], topic->type, topic->need, &obj,
                    &rights);
    if (st != OK)
        return st;
    st = topic->fill ? put_record(call, topic, obj, rights) : put_records(call, topic, obj);
    object_put(obj);
    return st;
}
