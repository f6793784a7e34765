/*
 * readdir.c - reading an open directory: "." and "..", then what the file system has.
 *
 * A position of 0 is at ".", 1 at "..", and 2 + c at the file system's cursor c.
 */
#include "fs/file.h"
#include "fs/fs_internal.h"

enum { CURSOR_DOTS = 2 };

typedef bool emit_fn(void *arg, struct name name, uint64_t ino, enum inode_type type,
                     uint64_t next);

struct shifted {
    emit_fn *emit;
    void *arg;
};

static bool emit_shifted(void *arg, struct name name, uint64_t ino, enum inode_type type,
                         uint64_t next)
{
    struct shifted *s = arg;

    return s->emit(s->arg, name, ino, type, next + CURSOR_DOTS);
}

/* The directory above, across mounts; the top is its own. */
static uint64_t parent_ino(const struct file *file)
{
    struct path at = file->path;
    SPIN_GUARD(&dentry_lock);

    while (at.dentry == at.mount->root && at.mount->point.mount)
        at = at.mount->point;
    return at.dentry->parent->inode->attr.ino;
}

/* False: the reader is full. */
static bool emit_dots(struct file *file, emit_fn *emit, void *arg)
{
    if (file->readdir_at == 0) {
        if (!emit(arg, name_of("."), file->inode->attr.ino, INODE_DIR, 1))
            return false;
        file->readdir_at = 1;
    }
    if (file->readdir_at == 1) {
        if (!emit(arg, name_of(".."), parent_ino(file), INODE_DIR, CURSOR_DOTS))
            return false;
        file->readdir_at = CURSOR_DOTS;
    }
    return true;
}

status_t file_readdir(struct file *file, emit_fn *emit, void *arg)
{
    struct shifted shifted = {emit, arg};
    struct inode *dir = file->inode;
    uint64_t at;
    status_t st;

    if (!(file->flags & FILE_DIRECTORY))
        return ERR_NOT_DIR;
    if (!emit_dots(file, emit, arg))
        return OK;
    at = file->readdir_at - CURSOR_DOTS;
    if (file->ops->readdir)
        st = file->ops->readdir(file, &at, emit_shifted, &shifted);
    else if (dir->ops->readdir)
        st = dir->ops->readdir(dir, &at, emit_shifted, &shifted);
    else
        st = OK;
    file->readdir_at = at + CURSOR_DOTS;
    file_note_read(file);
    return st;
}
