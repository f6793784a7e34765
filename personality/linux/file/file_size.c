/*
 * file_size.c - position, size and storage of files: lseek, truncate, ftruncate, fallocate,
 * fsync and its like.
 *
 * What lives in memory is where it will stay; file systems that write to elsewhere sync it.
 */
#include "fs/mount.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/file/lease.h"
#include "personality/linux/process/process.h"
#include "uapi/linux/fcntl.h"

static unsigned flags_of(struct file *file)
{
    return atomic_load_explicit(&file->flags, memory_order_relaxed);
}

status_t sys_lseek(struct syscall *call)
{
    struct file *file;
    uint64_t at;
    status_t st = call_fd_get(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    st = file_seek(file, (int64_t)call->arg[1], (int)call->arg[2], &at);
    file_put(file);
    if (st == OK)
        call->result = (int64_t)at;
    return st;
}

/* Who has a lease is told if the caller may write to the file, and only then. ERR_SHOULD_WAIT:
 * for `*leased`, a reference. */
static status_t truncate_place(struct walk_env *env, const struct path *path, uint64_t size,
                               struct inode **leased)
{
    const struct inode_attr attr = {.size = size};
    struct inode *inode = path->dentry->inode;

    if (inode->attr.type == INODE_FILE && inode_permission(env, inode, 2) == OK &&
        !mount_is_read_only(path->mount) && lease_break(inode, LEASE_USE_WRITE) != OK) {
        *leased = inode_get(inode);
        return ERR_SHOULD_WAIT;
    }
    return vfs_set_attr(env, path, &attr, ATTR_SIZE);
}

static status_t truncate_at(struct syscall *call, struct inode **leased)
{
    struct walk_env env;
    struct path path;
    status_t st;

    *leased = NULL;
    if ((int64_t)call->arg[1] < 0)
        return ERR_INVALID_ARGS;
    walk_begin(call, &env);
    st = walk_at(call, &env, AT_FDCWD, call->arg[0], 0, &path);
    if (st == OK) {
        st = truncate_place(&env, &path, call->arg[1], leased);
        path_put(&path);
    }
    walk_end(&env);
    return st;
}

struct sys_truncate {
    SYSCALL_FRAME;
    struct inode *leased; /* reference while it is waited for */
    struct lease_wait lease;
};
SYSCALL_WAIT(sys_truncate);

CO_FN(sys_truncate)
{
    status_t st;

    for (;;) {
        st = truncate_at(f->call, &f->leased);
        if (!f->leased)
            CO_RETURN(st);
        CO_CALL(st, f->lease, lease_wait, .inode = f->leased, .use = LEASE_USE_WRITE);
        inode_put(f->leased);
        if (st != OK)
            CO_RETURN(st);
    }
}
CO_END

status_t sys_ftruncate(struct syscall *call)
{
    struct file *file;
    status_t st;

    if ((int64_t)call->arg[1] < 0)
        return ERR_INVALID_ARGS;
    st = call_fd_get(call, (int)call->arg[0], &file);
    if (st != OK)
        return st;
    st = file_truncate(file, call->arg[1]);
    file_put(file);
    return st;
}

/* The file, not the mode: fallocate(2)'s errors in its order. */
static status_t check_allocate(struct file *file, int64_t offset, int64_t size)
{
    int64_t end;

    if (!(flags_of(file) & FILE_WRITE))
        return ERR_BAD_FD;
    if (!file->inode || file->inode->attr.type == INODE_FIFO)
        return ERR_SEEK_PIPE;
    if (flags_of(file) & FILE_DIRECTORY)
        return ERR_NOT_FILE;
    if (file->inode->attr.type != INODE_FILE)
        return ERR_NO_DEVICE;
    return __builtin_add_overflow(offset, size, &end) ? ERR_FILE_BIG : OK;
}

/* Memory comes when it is written; of what is only reserved the size is to be seen. */
static status_t allocate(struct file *file, uint32_t mode, uint64_t offset, uint64_t size)
{
    struct inode_attr attr;
    status_t st = OK;

    if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE))
        st = file_punch(file, offset, size);
    inode_attr_get(file->inode, &attr);
    if (st != OK || mode & FALLOC_FL_KEEP_SIZE || offset + size <= attr.size)
        return st;
    return file_truncate(file, offset + size);
}

/* A hole is made without a change of size; a range is reserved, zeroed or made a hole. */
static bool is_mode(uint32_t mode)
{
    return mode == 0 || mode == FALLOC_FL_KEEP_SIZE ||
           mode == (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE) ||
           (mode & ~FALLOC_FL_KEEP_SIZE) == FALLOC_FL_ZERO_RANGE;
}

status_t sys_fallocate(struct syscall *call)
{
    uint32_t mode = (uint32_t)call->arg[1];
    int64_t offset = (int64_t)call->arg[2], size = (int64_t)call->arg[3];
    struct file *file;
    status_t st = call_fd_get(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    if (offset < 0 || size <= 0)
        st = ERR_INVALID_ARGS;
    else if (!is_mode(mode))
        st = ERR_NOT_SUPPORTED;
    else
        st = check_allocate(file, offset, size);
    if (st == OK)
        st = allocate(file, mode, (uint64_t)offset, (uint64_t)size);
    file_put(file);
    return st;
}

static status_t sync_file(struct syscall *call, enum sync_how how)
{
    struct file *file;
    status_t st = call_fd_get(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    st = file_sync(file, how);
    file_put(file);
    return st;
}

status_t sys_fsync(struct syscall *call)
{
    return sync_file(call, SYNC_FILE);
}

status_t sys_fdatasync(struct syscall *call)
{
    return sync_file(call, SYNC_DATA);
}

status_t sys_syncfs(struct syscall *call)
{
    struct file *file;
    status_t st = call_fd_get(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    if (file->inode && file->inode->fs->sync)
        file->inode->fs->sync(file->inode->fs, SYNC_FS_DISK);
    file_put(file);
    return OK;
}

status_t sys_sync(struct syscall *call UNUSED)
{
    file_sync_all(SYNC_FS_DISK);
    return OK;
}

/* Advice is heard and needs nothing done: the pages are in memory. */
status_t sys_fadvise64(struct syscall *call)
{
    enum { POSIX_FADV_NOREUSE = 5 };
    struct file *file;
    status_t st = call_fd_get(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    if (!(flags_of(file) & FILE_SEEKABLE))
        st = ERR_SEEK_PIPE;
    else if ((int64_t)call->arg[2] < 0 || call->arg[3] > POSIX_FADV_NOREUSE)
        st = ERR_INVALID_ARGS;
    file_put(file);
    return st;
}

/* Written data stays where it is, so there is no writing back to start or wait for. */
status_t sys_sync_file_range(struct syscall *call)
{
    enum { SYNC_FILE_RANGE_ALL = 7 };
    int64_t offset = (int64_t)call->arg[1], size = (int64_t)call->arg[2], end;
    struct file *file;
    status_t st = call_fd_get(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    if (call->arg[3] & ~(uint64_t)SYNC_FILE_RANGE_ALL || offset < 0 || size < 0 ||
        __builtin_add_overflow(offset, size, &end))
        st = ERR_INVALID_ARGS;
    else if (!file->inode || file->inode->attr.type == INODE_FIFO ||
             file->inode->attr.type == INODE_SOCKET || file->inode->attr.type == INODE_CHAR)
        st = ERR_SEEK_PIPE;
    file_put(file);
    return st;
}

/* Pages are read when they are needed: the hint changes nothing. */
status_t sys_readahead(struct syscall *call)
{
    struct file *file;
    status_t st = call_fd_get(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    if (!(flags_of(file) & FILE_READ))
        st = ERR_BAD_FD;
    else if (!file->inode || file->inode->attr.type != INODE_FILE)
        st = ERR_INVALID_ARGS;
    file_put(file);
    return st;
}
