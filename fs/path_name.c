/*
 * path_name.c - from a place back to its name, for getcwd and /proc.
 */
#include "fs/dentry.h"
#include "fs/fs_internal.h"

/* The name grows backwards from the end of the buffer. */
struct backwards {
    char *buf;
    size_t at;
    bool full;
};

static void prepend(struct backwards *b, const char *text, size_t size)
{
    if (b->full || size > b->at) {
        b->full = true;
        return;
    }
    b->at -= size;
    memcpy(b->buf + b->at, text, size);
}

static bool is_root(const struct path *root, const struct path *at)
{
    return at->mount == root->mount && at->dentry == root->dentry;
}

/* Up to the root, or to the top of all for a place that is not below it. */
static void climb_locked(struct backwards *b, const struct path *root, struct path at)
{
    while (!is_root(root, &at)) {
        if (at.dentry == at.mount->root) {
            if (!at.mount->point.mount)
                break;
            at = at.mount->point;
            continue;
        }
        prepend(b, at.dentry->name, at.dentry->name_size);
        prepend(b, "/", 1);
        if (at.dentry->parent == at.dentry)
            break;
        at.dentry = at.dentry->parent;
    }
}

/* What was written is moved to the front. */
static status_t finish(struct backwards *b, size_t size, size_t *length)
{
    if (b->at == size)
        prepend(b, "/", 1);
    if (b->full)
        return ERR_NAME_TOO_LONG;
    *length = size - b->at;
    memmove(b->buf, b->buf + b->at, *length);
    return OK;
}

status_t path_name(const struct path *root, const struct path *path, char *buf, size_t size,
                   size_t *length)
{
    static const char deleted[] = " (deleted)";
    struct backwards b = {.buf = buf, .at = size};

    {
        SPIN_GUARD(&dentry_lock);
        if (dentry_is_unlinked_locked(path->dentry))
            prepend(&b, deleted, sizeof(deleted) - 1);
        climb_locked(&b, root, *path);
    }
    return finish(&b, size, length);
}

status_t mount_root_name(const struct mount *mount, char *buf, size_t size, size_t *length)
{
    struct backwards b = {.buf = buf, .at = size};

    {
        SPIN_GUARD(&dentry_lock);
        for (struct dentry *d = mount->root; d->parent != d; d = d->parent) {
            prepend(&b, d->name, d->name_size);
            prepend(&b, "/", 1);
        }
    }
    return finish(&b, size, length);
}
