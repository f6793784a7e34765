/*
 * stream.c - streams: the place, and how far the contents go.
 */
#include "object/stream.h"

#include "mm/slab.h"
#include "uapi/zircon/syscalls/stream.h"

SLAB_CACHE(stream_cache, struct stream);

static void stream_destroy(struct object *obj)
{
    struct stream *stream = stream_of(obj);

    object_put(&stream->vo->object);
    slab_free(&stream_cache, stream);
}

static const struct object_ops stream_ops = {
    .name = "stream",
    .type = ZX_OBJ_TYPE_STREAM,
    .rights = ZX_DEFAULT_STREAM_RIGHTS,
    .user_signals = ZX_USER_SIGNAL_ALL,
    .destroy = stream_destroy,
};

status_t stream_create(struct vmo_object *vo, uint32_t options, uint64_t seek,
                       struct object **out)
{
    struct stream *stream = slab_alloc(&stream_cache);

    if (!stream)
        return ERR_NO_MEMORY;
    object_init(&stream->object, &stream_ops, 0);
    object_get(&vo->object);
    stream->vo = vo;
    stream->options = options;
    stream->seek = seek;
    *out = &stream->object;
    return OK;
}

uint64_t stream_seek_get(struct stream *stream)
{
    SPIN_GUARD(&stream->object.lock);

    return stream->seek;
}

void stream_seek_set(struct stream *stream, uint64_t seek)
{
    SPIN_GUARD(&stream->object.lock);

    stream->seek = seek;
}

status_t stream_seek(struct stream *stream, uint32_t origin, int64_t offset, uint64_t *out)
{
    uint64_t content = vmo_object_content_size(stream->vo);
    SPIN_GUARD(&stream->object.lock);
    uint64_t from;

    switch (origin) {
    case ZX_STREAM_SEEK_ORIGIN_START:
        from = 0;
        break;
    case ZX_STREAM_SEEK_ORIGIN_CURRENT:
        from = stream->seek;
        break;
    case ZX_STREAM_SEEK_ORIGIN_END:
        from = content;
        break;
    default:
        return ERR_INVALID_ARGS;
    }
    if (__builtin_add_overflow(from, offset, out))
        return ERR_INVALID_ARGS;
    stream->seek = *out;
    return OK;
}

uint64_t stream_readable(const struct stream *stream, uint64_t offset, uint64_t size)
{
    uint64_t end = MIN(vmo_object_content_size(stream->vo), vmo_object_size(stream->vo));

    return offset < end ? MIN(size, end - offset) : 0;
}

status_t stream_writable(struct stream *stream, uint64_t offset, uint64_t size, uint64_t *out)
{
    struct vmo *vmo = stream->vo->vmo;
    uint64_t end;

    if (__builtin_add_overflow(offset, size, &end))
        return ERR_FILE_BIG;
    /* Where it cannot grow that far, the room that there is counts. */
    if (end > vmo->size && (vmo->flags & VMO_RESIZABLE))
        (void)!vmo_set_size(vmo, end);
    if (size && offset >= vmo_object_size(stream->vo))
        return ERR_NO_SPACE;
    *out = size ? MIN(size, vmo_object_size(stream->vo) - offset) : 0;
    return OK;
}
