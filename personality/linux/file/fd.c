/*
 * fd.c - descriptor tables: the lowest free number, close on exec, sharing and copying
 * (open(2), dup(2), fcntl(2)).
 */
#include "personality/linux/file/fd.h"

#include "base/bitmap.h"
#include "base/string.h"
#include "hal/ref.h"
#include "mm/slab.h"
#include "personality/linux/file/file_lock.h"
#include "personality/linux/file/file_owner.h"
#include "personality/linux/poll/epoll.h"
#include "personality/linux/process/process.h"
#include "personality/linux/socket/socket.h"

enum { FD_TABLE_FIRST = 64 };

SLAB_CACHE(fd_table_cache, struct fd_table);

/* Room for `capacity` descriptors (a multiple of 64): the files, then the bitmap. */
static struct file **files_alloc(uint32_t capacity)
{
    return kzalloc(capacity * sizeof(struct file *) + capacity / 8);
}

static void adopt(struct fd_table *t, struct file **files, uint32_t capacity)
{
    t->files = files;
    t->cloexec = (uint64_t *)(files + capacity);
    t->capacity = capacity;
}

static status_t fd_table_alloc(uint32_t capacity, struct fd_table **out)
{
    struct fd_table *t = slab_alloc_zeroed(&fd_table_cache);
    struct file **files = files_alloc(capacity);

    if (!t || !files) {
        slab_free(&fd_table_cache, t);
        kfree(files);
        return ERR_NO_MEMORY;
    }
    atomic_init(&t->refs, 1);
    adopt(t, files, capacity);
    *out = t;
    return OK;
}

status_t fd_table_create(struct fd_table **out)
{
    return fd_table_alloc(FD_TABLE_FIRST, out);
}

/* A descriptor's share in a file. */
static struct file *descriptor_get(struct file *file)
{
    object_handle_get(&file->object);
    return file_get(file);
}

static void descriptor_put(struct fd_table *t, struct file *file)
{
    bool last, socket;

    file_lock_descriptor_closed(file, t);
    last = object_handle_put_last(&file->object);
    if (last) {
        file_lock_file_closed(file);
        epoll_file_closed(file);
        file_owner_file_closed(file);
    }
    socket = last && socket_of_file(file);
    file_put(file);
    if (socket)
        socket_closed();
}

/* Into the empty table `to`; false: it has grown beyond what `to` has room for. */
static bool copy_into(struct fd_table *from, struct fd_table *to)
{
    SPIN_GUARD(&from->lock);

    if (from->capacity > to->capacity)
        return false;
    for (uint32_t i = 0; i < from->capacity; i++)
        if (from->files[i])
            to->files[i] = descriptor_get(from->files[i]);
    memcpy(to->cloexec, from->cloexec, from->capacity / 8);
    to->lowest_free = from->lowest_free;
    return true;
}

uint32_t fd_table_capacity(struct fd_table *t)
{
    SPIN_GUARD(&t->lock);

    return t->capacity;
}

status_t fd_table_copy(struct fd_table *from, struct fd_table **out)
{
    for (;;) {
        struct fd_table *to;
        status_t st = fd_table_alloc(fd_table_capacity(from), &to);

        if (st != OK)
            return st;
        if (copy_into(from, to)) {
            *out = to;
            return OK;
        }
        fd_table_put(to);
    }
}

struct fd_table *fd_table_get(struct fd_table *t)
{
    ref_get(&t->refs);
    return t;
}

void fd_table_put(struct fd_table *t)
{
    if (!t || ref_put(&t->refs) != 1)
        return;
    for (uint32_t i = 0; i < t->capacity; i++)
        if (t->files[i])
            descriptor_put(t, t->files[i]);
    socket_collect();
    kfree(t->files);
    slab_free(&fd_table_cache, t);
}

/* Grow to hold descriptor `fd`. What was allocated for nothing is freed after the lock. */
static status_t fd_table_grow(struct fd_table *t, uint32_t fd)
{
    uint32_t old = fd_table_capacity(t), capacity = old;
    struct file **files, **unused;

    while (capacity <= fd)
        capacity *= 2;
    if (capacity == old)
        return OK;
    files = files_alloc(capacity);
    if (!files)
        return ERR_NO_MEMORY;
    {
        SPIN_GUARD(&t->lock);
        unused = files;
        if (t->capacity < capacity) {
            unused = t->files;
            memcpy(files, t->files, t->capacity * sizeof(*files));
            memcpy(files + capacity, t->cloexec, t->capacity / 8);
            adopt(t, files, capacity);
        }
    }
    kfree(unused);
    return OK;
}

static void set_cloexec_locked(struct fd_table *t, uint32_t fd, unsigned flags)
{
    if (flags & FD_CLOEXEC_)
        bitmap_set(t->cloexec, fd);
    else
        bitmap_clear(t->cloexec, fd);
}

static uint32_t lowest_free_locked(struct fd_table *t, uint32_t lowest)
{
    uint32_t fd = MAX(lowest, t->lowest_free);

    while (fd < t->capacity && t->files[fd])
        fd++;
    if (lowest <= t->lowest_free)
        t->lowest_free = fd;
    return fd;
}

status_t fd_install(struct fd_table *t, uint32_t lowest, uint64_t limit, struct file *file,
                    unsigned flags, int *fd)
{
    uint32_t free_fd = lowest;
    status_t st;

    limit = MIN(limit, (uint64_t)FD_MAX);
    for (;;) {
        if (free_fd >= limit)
            return ERR_TOO_MANY_FILES;
        st = fd_table_grow(t, free_fd);
        if (st != OK)
            return st;

        SPIN_GUARD(&t->lock);
        free_fd = lowest_free_locked(t, lowest);
        if (free_fd < t->capacity && free_fd < limit) {
            t->files[free_fd] = descriptor_get(file);
            set_cloexec_locked(t, free_fd, flags);
            *fd = (int)free_fd;
            return OK;
        }
    }
}

status_t fd_replace(struct fd_table *t, uint32_t fd, uint64_t limit, struct file *file,
                    unsigned flags)
{
    struct file *old;
    status_t st;

    if (fd >= MIN(limit, (uint64_t)FD_MAX))
        return ERR_BAD_FD;
    st = fd_table_grow(t, fd);
    if (st != OK)
        return st;
    {
        SPIN_GUARD(&t->lock);
        old = t->files[fd];
        t->files[fd] = descriptor_get(file);
        set_cloexec_locked(t, fd, flags);
    }
    if (old)
        descriptor_put(t, old);
    return OK;
}

/* The file at `fd`, borrowed; NULL: none. */
static struct file *at_locked(struct fd_table *t, int fd)
{
    return fd >= 0 && (uint32_t)fd < t->capacity ? t->files[fd] : NULL;
}

/* A reference, unless the file has one of the flags that are refused. */
static status_t get(struct fd_table *t, int fd, unsigned refused, struct file **out)
{
    SPIN_GUARD(&t->lock);
    struct file *file = at_locked(t, fd);

    if (!file || atomic_load_explicit(&file->flags, memory_order_relaxed) & refused)
        return ERR_BAD_FD;
    *out = file_get(file);
    return OK;
}

status_t fd_get(struct fd_table *t, int fd, struct file **out)
{
    return get(t, fd, 0, out);
}

/* Out of the table, with its share. */
static struct file *take(struct fd_table *t, int fd)
{
    SPIN_GUARD(&t->lock);
    struct file *file = at_locked(t, fd);

    if (!file)
        return NULL;
    t->files[fd] = NULL;
    bitmap_clear(t->cloexec, (size_t)fd);
    t->lowest_free = MIN(t->lowest_free, (uint32_t)fd);
    return file;
}

status_t fd_close(struct fd_table *t, int fd)
{
    struct file *file = take(t, fd);

    if (!file)
        return ERR_BAD_FD;
    descriptor_put(t, file);
    return OK;
}

status_t fd_flags(struct fd_table *t, int fd, unsigned *flags)
{
    SPIN_GUARD(&t->lock);

    if (!at_locked(t, fd))
        return ERR_BAD_FD;
    *flags = bitmap_test(t->cloexec, (size_t)fd) ? FD_CLOEXEC_ : 0;
    return OK;
}

status_t fd_set_flags(struct fd_table *t, int fd, unsigned flags)
{
    SPIN_GUARD(&t->lock);

    if (!at_locked(t, fd))
        return ERR_BAD_FD;
    set_cloexec_locked(t, (uint32_t)fd, flags);
    return OK;
}

status_t fd_next(struct fd_table *t, int *fd, struct file **out)
{
    SPIN_GUARD(&t->lock);

    for (uint32_t i = (uint32_t)*fd; i < t->capacity; i++)
        if (t->files[i]) {
            *fd = (int)i;
            *out = file_get(t->files[i]);
            return OK;
        }
    return ERR_NOT_FOUND;
}

/* The first descriptor from `from` on that closes on exec; -1: none is left. */
static int next_cloexec(struct fd_table *t, int from)
{
    SPIN_GUARD(&t->lock);
    size_t fd = bitmap_find_set(t->cloexec, t->capacity, (size_t)from);

    return fd < t->capacity ? (int)fd : -1;
}

void fd_table_close_on_exec(struct fd_table *t)
{
    for (int fd = next_cloexec(t, 0); fd >= 0; fd = next_cloexec(t, fd + 1))
        (void)!fd_close(t, fd); /* somebody else may have closed it */
}

uint64_t call_fd_limit(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&lp->lock);

    return lp->limits[RLIMIT_NOFILE].soft;
}

status_t call_fd_install(struct syscall *call, struct file *file, unsigned flags, int *fd)
{
    return fd_install(linux_process_of(call)->fds, 0, call_fd_limit(call), file, flags, fd);
}

status_t call_fd_return(struct syscall *call, struct file *file, unsigned flags)
{
    int fd;
    status_t st = call_fd_install(call, file, flags, &fd);

    file_put(file);
    if (st == OK)
        call->result = fd;
    return st;
}

status_t call_fd_get_any(struct syscall *call, int fd, struct file **out)
{
    return fd_get(linux_process_of(call)->fds, fd, out);
}

status_t call_fd_get(struct syscall *call, int fd, struct file **out)
{
    return get(linux_process_of(call)->fds, fd, FILE_PATH, out);
}

/*
 * Calls of this thread's process use lp->fds without a reference, so it is exchanged only while
 * no other thread makes any.
 */
status_t call_fd_unshare(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    struct fd_table *mine, *shared = lp->fds;
    status_t st;

    if (atomic_load_explicit(&shared->refs, memory_order_acquire) == 1)
        return OK;
    if (atomic_load_explicit(&lp->live_threads, memory_order_acquire) > 1)
        return ERR_NOT_SUPPORTED;
    st = fd_table_copy(shared, &mine);
    if (st != OK)
        return st;
    {
        SPIN_GUARD(&lp->lock);
        lp->fds = mine;
    }
    fd_table_put(shared);
    return OK;
}
