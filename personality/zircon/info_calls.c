/*
 * info_calls.c - zx_object_get_info: one table of topics, one function each.
 */
#include "base/string.h"
#include "object/paired.h"
#include "object/socket_object.h"
#include "object/stream.h"
#include "object/timer_object.h"
#include "object/vmar_object.h"
#include "object/vmo_object.h"
#include "personality/zircon/call.h"
#include "uapi/zircon/syscalls/object.h"

union info_record {
    zx_info_handle_basic_t basic;
    zx_info_process_t process;
    zx_info_job_t job;
    zx_info_thread_t thread;
    zx_info_vmar_t vmar;
    zx_info_vmo_t vmo;
    zx_info_socket_t socket;
    zx_info_timer_t timer;
    zx_info_stream_t stream;
    uint32_t count;
};

struct info_topic {
    uint32_t number;
    uint32_t type; /* of the object; 0: any */
    rights_t need;
    uint32_t size; /* of the record */
    void (*fill)(struct object *obj, rights_t rights, union info_record *out);
};

/* The logical parent of what is not one of a pair. */
static koid_t related_koid(struct object *obj)
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

static void fill_basic(struct object *obj, rights_t rights, union info_record *out)
{
    out->basic = (zx_info_handle_basic_t){
        .koid = obj->koid,
        .rights = rights,
        .type = obj->ops->type,
        .related_koid = related_koid(obj),
        .props = obj->ops->rights & ZX_RIGHT_WAIT ? ZX_OBJ_PROP_WAITABLE : 0u,
    };
}

static void fill_process(struct object *obj, rights_t rights, union info_record *out)
{
    struct process *p = container_of(obj, struct process, object);
    SPIN_GUARD(&obj->lock);

    (void)rights;
    out->process = (zx_info_process_t){
        .return_code = p->state == PROCESS_DEAD ? p->return_code : 0,
        .started = p->state != PROCESS_INITIAL,
        .exited = p->state == PROCESS_DEAD,
    };
}

static void fill_job(struct object *obj, rights_t rights, union info_record *out)
{
    struct job *job = container_of(obj, struct job, object);
    SPIN_GUARD(&obj->lock);

    (void)rights;
    out->job = (zx_info_job_t){.return_code = job->return_code, .exited = job->dead};
}

/* Whether a running thread waits in the kernel is not told apart. */
static void fill_thread(struct object *obj, rights_t rights, union info_record *out)
{
    static const uint32_t states[] = {
        [THREAD_INITIAL] = ZX_THREAD_STATE_NEW,
        [THREAD_RUNNING] = ZX_THREAD_STATE_RUNNING,
        [THREAD_DEAD] = ZX_THREAD_STATE_DEAD,
    };
    struct thread *t = container_of(obj, struct thread, object);
    SPIN_GUARD(&t->process->object.lock);

    (void)rights;
    out->thread = (zx_info_thread_t){.state = states[t->state]};
    memset(out->thread.cpu_affinity_mask, 0xff, sizeof(out->thread.cpu_affinity_mask));
}

static void fill_vmar(struct object *obj, rights_t rights, union info_record *out)
{
    const struct region *region = &vmar_object_of(obj)->vmar->region;

    (void)rights;
    out->vmar = (zx_info_vmar_t){.base = region->base, .len = region->size};
}

static void fill_vmo(struct object *obj, rights_t rights, union info_record *out)
{
    struct vmo_object *vo = vmo_object_of(obj);

    out->vmo = (zx_info_vmo_t){
        .koid = obj->koid,
        .size_bytes = vo->vmo->size,
        .parent_koid = vo->parent_koid,
        .num_children = vmo_object_child_count(vo),
        .flags = ZX_INFO_VMO_TYPE_PAGED | ZX_INFO_VMO_VIA_HANDLE |
                 (vo->vmo->flags & VMO_RESIZABLE ? ZX_INFO_VMO_RESIZABLE : 0u) |
                 (vo->parent_koid ? ZX_INFO_VMO_IS_COW_CLONE : 0u),
        .committed_bytes = vmo_committed_pages(vo->vmo) * PAGE_SIZE,
        .handle_rights = rights,
    };
    SPIN_GUARD(&obj->lock);
    memcpy(out->vmo.name, vo->name, sizeof(vo->name));
}

static void fill_socket(struct object *obj, rights_t rights, union info_record *out)
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
}

static void fill_timer(struct object *obj, rights_t rights, union info_record *out)
{
    struct timer_object_state state;

    (void)rights;
    timer_object_state(obj, &state);
    out->timer = (zx_info_timer_t){
        .options = state.options, .deadline = state.deadline, .slack = state.slack};
}

static void fill_stream(struct object *obj, rights_t rights, union info_record *out)
{
    struct stream *stream = stream_of(obj);

    (void)rights;
    out->stream = (zx_info_stream_t){
        .options = stream->options,
        .seek = stream_seek_get(stream),
        .content_size = vmo_object_content_size(stream->vo),
    };
}

static void fill_handle_count(struct object *obj, rights_t rights, union info_record *out)
{
    (void)rights;
    out->count = atomic_load_explicit(&obj->handles, memory_order_relaxed);
}

static const struct info_topic topics[] = {
    {ZX_INFO_HANDLE_BASIC, 0, 0, sizeof(zx_info_handle_basic_t), fill_basic},
    {ZX_INFO_PROCESS, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT, sizeof(zx_info_process_t),
     fill_process},
    {ZX_INFO_JOB, ZX_OBJ_TYPE_JOB, ZX_RIGHT_INSPECT, sizeof(zx_info_job_t), fill_job},
    {ZX_INFO_THREAD, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_INSPECT, sizeof(zx_info_thread_t),
     fill_thread},
    {ZX_INFO_VMAR, ZX_OBJ_TYPE_VMAR, ZX_RIGHT_INSPECT, sizeof(zx_info_vmar_t), fill_vmar},
    {ZX_INFO_VMO, ZX_OBJ_TYPE_VMO, 0, sizeof(zx_info_vmo_t), fill_vmo},
    {ZX_INFO_VMO_V1, ZX_OBJ_TYPE_VMO, 0, offsetof(zx_info_vmo_t, metadata_bytes), fill_vmo},
    {ZX_INFO_SOCKET, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_INSPECT, sizeof(zx_info_socket_t),
     fill_socket},
    {ZX_INFO_TIMER, ZX_OBJ_TYPE_TIMER, ZX_RIGHT_INSPECT, sizeof(zx_info_timer_t), fill_timer},
    {ZX_INFO_STREAM, ZX_OBJ_TYPE_STREAM, ZX_RIGHT_INSPECT, sizeof(zx_info_stream_t),
     fill_stream},
    {ZX_INFO_HANDLE_COUNT, 0, ZX_RIGHT_INSPECT, sizeof(uint32_t), fill_handle_count},
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

/* There is one record; how many were written, and how many there are, is told in any case. */
static status_t put_record(struct syscall *call, const struct info_topic *topic,
                           const union info_record *record)
{
    bool fits = call->arg[3] >= topic->size;
    status_t st = OK;

    if (fits)
        st = copy_to_user(call_user(call), call->arg[2], record, topic->size);
    if (st == OK)
        st = put_count(call, 4, fits ? 1 : 0);
    if (st == OK)
        st = put_count(call, 5, 1);
    return st != OK || fits ? st : ERR_BUFFER_TOO_SMALL;
}

static status_t check_handle(struct syscall *call)
{
    struct object *obj;
    status_t st = call_object(call, 0, 0, 0, &obj);

    if (st == OK)
        object_put(obj);
    return st;
}

status_t zircon_object_get_info(struct syscall *call)
{
    uint32_t number = (uint32_t)call->arg[1];
    const struct info_topic *topic = topic_of(number);
    union info_record record;
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
    topic->fill(obj, rights, &record);
    object_put(obj);
    return put_record(call, topic, &record);
}
