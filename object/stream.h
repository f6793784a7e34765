/*
 * stream.h - streams: a place in the contents of a VMO, for reading and writing one after the
 * other. The contents end at the VMO's content size (object/vmo_object.h).
 */
#pragma once

#include "object/vmo_object.h"

struct stream {
    struct object object;
    struct vmo_object *vo; /* reference; constant */
    uint32_t options;      /* ZX_STREAM_MODE_*; constant */
    uint64_t seek;         /* guarded by object.lock */
};

status_t stream_create(struct vmo_object *vo, uint32_t options, uint64_t seek,
                       struct object **out) MUST_USE;

static inline struct stream *stream_of(struct object *obj)
{
    return container_of(obj, struct stream, object);
}

uint64_t stream_seek_get(struct stream *stream);
void stream_seek_set(struct stream *stream, uint64_t seek);

/* To `offset` from the start, the present place or the end of the contents
 * (ZX_STREAM_SEEK_ORIGIN_*). ERR_INVALID_ARGS: there is no such place. */
status_t stream_seek(struct stream *stream, uint32_t origin, int64_t offset,
                     uint64_t *out) MUST_USE;

/* How much of `size` bytes at `offset` there is to read. Under the VMO's content_lock. */
uint64_t stream_readable(const struct stream *stream, uint64_t offset, uint64_t size);

/*
 * How much of `size` bytes at `offset` can be written; a resizable VMO grows to have room.
 * Under the VMO's content_lock. ERR_FILE_BIG: no VMO goes that far; ERR_NO_SPACE: this one does
 * not.
 */
status_t stream_writable(struct stream *stream, uint64_t offset, uint64_t size,
                         uint64_t *out) MUST_USE;
