/*
 * file_origin.c - telling of mappings what file they are of: its place, which they keep.
 */
#include "fs/file.h"
#include "fs/fs_internal.h"
#include "mm/slab.h"
#include "vm/aspace.h"

struct file_origin {
    struct mapping_origin origin;
    struct path path; /* references */
};

static void origin_free(struct mapping_origin *origin)
{
    struct file_origin *fo = container_of(origin, struct file_origin, origin);

    path_put(&fo->path);
    kfree(fo);
}

const struct path *mapping_origin_path(const struct mapping_origin *origin)
{
    return &container_of(origin, struct file_origin, origin)->path;
}

struct mapping_origin *mapping_origin_of_path(const struct path *path)
{
    struct file_origin *fo = kzalloc(sizeof(*fo));

    if (!fo)
        return NULL;
    atomic_init(&fo->origin.refs, 1);
    fo->origin.free = origin_free;
    fo->path = *path;
    path_get(&fo->path);
    return &fo->origin;
}

struct mapping_origin *file_mapping_origin(struct file *file)
{
    struct mapping_origin *now = atomic_load_explicit(&file->origin, memory_order_acquire);
    struct mapping_origin *fresh;

    if (now || !file->path.dentry)
        return now;
    fresh = mapping_origin_of_path(&file->path);
    if (atomic_compare_exchange_strong_explicit(&file->origin, &now, fresh,
                                                memory_order_acq_rel, memory_order_acquire))
        return fresh;
    mapping_origin_put(fresh);
    return now;
}
