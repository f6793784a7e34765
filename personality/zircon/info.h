/*
 * info.h - what the topics of zx_object_get_info are made of.
 */
#pragma once

#include "personality/zircon/call.h"
#include "uapi/zircon/syscalls/bti.h"
#include "uapi/zircon/syscalls/interrupt.h"
#include "uapi/zircon/syscalls/object.h"
#include "uapi/zircon/syscalls/resource.h"
#include "uapi/zircon/syscalls/system_info.h"

/* Of the topics with one record. Zeroed. */
union info_record {
    zx_info_handle_basic_t basic;
    zx_info_process_t process;
    zx_info_job_t job;
    zx_info_thread_t thread;
    zx_info_thread_stats_t thread_stats;
    zx_info_task_stats_t task_stats;
    zx_info_task_runtime_t runtime;
    zx_info_process_handle_stats_t handle_stats;
    zx_info_vmar_t vmar;
    zx_info_vmo_t vmo;
    zx_info_resource_t resource;
    zx_info_kmem_stats_t kmem;
    zx_info_socket_t socket;
    zx_info_timer_t timer;
    zx_info_stream_t stream;
    zx_info_msi_t msi;
    zx_exception_report_t report;
    zx_info_bti_t bti;
    uint32_t count;
};

/* Of the others: as many records as the program has room for are kept, all are counted. */
struct info_list {
    unsigned char *records;
    size_t size; /* of one */
    size_t room, count;
};

/* May be called under locks. */
void info_list_add(struct info_list *list, const void *record);

/* The logical parent of an object, or its peer; 0: none. */
koid_t info_related_koid(struct object *obj);

/* Everything of a VMO's record but how the program got to it. */
void info_of_vmo(struct vmo *vmo, zx_info_vmo_t *out);

/* The topics. Each gets an object of the topic's type. info_lists.c, info_memory.c */
typedef status_t info_fill(struct object *obj, rights_t rights, union info_record *out);
typedef status_t info_gather(struct object *obj, struct info_list *list);
info_gather info_threads, info_children, info_processes, info_handles, info_cpus, info_maps,
    info_vmos;
info_fill info_task_stats, info_handle_stats, info_msi, info_bti;
