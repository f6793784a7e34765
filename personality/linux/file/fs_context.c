/*
 * fs_context.c - root, working directory and umask of processes (clone(2), CLONE_FS).
 */
#include "hal/ref.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"

SLAB_CACHE(fs_context_cache, struct fs_context);

status_t fs_context_create(const struct path *root, const struct path *cwd, uint32_t umask,
                           struct fs_context **out)
{
    struct fs_context *fs = slab_alloc_zeroed(&fs_context_cache);

    if (!fs)
        return ERR_NO_MEMORY;
    atomic_init(&fs->refs, 1);
    path_get(root);
    path_get(cwd);
    fs->root = *root;
    fs->cwd = *cwd;
    fs->umask = umask;
    *out = fs;
    return OK;
}

status_t fs_context_copy(struct fs_context *from, struct fs_context **out)
{
    struct path root, cwd;
    uint32_t umask;
    status_t st;

    {
        SPIN_GUARD(&from->lock);
        root = from->root;
        cwd = from->cwd;
        umask = from->umask;
        path_get(&root);
        path_get(&cwd);
    }
    st = fs_context_create(&root, &cwd, umask, out);
    path_put(&root);
    path_put(&cwd);
    return st;
}

struct fs_context *fs_context_get(struct fs_context *fs)
{
    ref_get(&fs->refs);
    return fs;
}

void fs_context_put(struct fs_context *fs)
{
    if (!fs || ref_put(&fs->refs) != 1)
        return;
    path_put(&fs->root);
    path_put(&fs->cwd);
    slab_free(&fs_context_cache, fs);
}

uint32_t fs_context_umask(struct fs_context *fs)
{
    SPIN_GUARD(&fs->lock);

    return fs->umask;
}

static void exchange(struct fs_context *fs, struct path *place, const struct path *path)
{
    struct path old;

    path_get(path);
    {
        SPIN_GUARD(&fs->lock);
        old = *place;
        *place = *path;
    }
    path_put(&old);
}

void fs_context_set_cwd(struct fs_context *fs, const struct path *path)
{
    exchange(fs, &fs->cwd, path);
}

void fs_context_set_root(struct fs_context *fs, const struct path *path)
{
    exchange(fs, &fs->root, path);
}
