/*
 * shm_internal.h - shared memory segments (shmop(2)).
 *
 * A segment is a VMO. While it is in the table the segment has a reference to it; once it is
 * marked for removal (SHM_DEST) only its mappings have, and it leaves the table when the last
 * of them goes, which the VMO tells by `release`. The table's lock is taken there, so a segment
 * in the table has a VMO that may be dying, but is still there.
 */
#pragma once

#include "personality/linux/ipc/ipc_internal.h"
#include "vm/vmo.h"

enum { SHM_DEST = 01000 }; /* in the mode */

struct segment {
    struct ipc_object ipc;
    struct vmo *vmo; /* reference, unless SHM_DEST */
    uint64_t size;   /* as asked for */
    int64_t attached, detached;
    int32_t creator, last;
    char name[32];
};

extern uint64_t shm_pages_in_all; /* guarded by shm_segments.lock */

static inline struct segment *segment_of(const struct ipc_object *o)
{
    return container_of(o, struct segment, ipc);
}

/* The segment that the VMO is of; NULL: of none. It lives as long as the VMO does. */
struct segment *shm_segment_of_vmo(const struct vmo *vmo);

/* shm_control.c */
void shm_describe_locked(const struct ipc_object *o, union ipc_ds *ds);
