/*
 * signalfd.c - reading signals from a descriptor (signalfd(2)).
 *
 * What can be read depends on who reads: a thread sees its own pending signals and its
 * process's, whoever made the descriptor. So each thread that looks at one gets a view of it,
 * with an object of its own to wait for. Views are made when they are wanted and stay with the
 * descriptor, whose observers may hang on them; one whose thread is gone serves the next.
 *
 * FILE_IN of a view is raised when a wanted signal is queued, and set right each time somebody
 * looks; in between it may linger, since signals are taken in many other ways.
 *
 * Locks: signalfd.lock guards its list of views; linux_process.lock those of a process and what
 * a view is of. Order: signalfd.lock -> linux_process.lock -> object.lock.
 */
#include "personality/linux/signal/signalfd.h"

#include "base/string.h"
#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/signal/signal_internal.h"
#include "uapi/linux/fcntl.h"
#include "uapi/linux/signalfd.h"

struct signalfd {
    struct spinlock lock;
    _Atomic sigset_t_ mask; /* the signals wanted */
    struct list views;      /* never empty; guarded by lock */
};

struct view {
    struct object object;
    struct signalfd *fd;           /* has it in its list */
    struct list fd_link;           /* guarded by signalfd.lock */
    struct list process_link;      /* of linux_process.signal_views, by that lock */
    struct linux_process *process; /* reference; changes under signalfd.lock */
    /* No reference; NULL: gone, and stays so until the view serves another, which is under
     * signalfd.lock. Written with process->lock held. */
    struct linux_thread *_Atomic thread;
};

SLAB_CACHE(signalfd_cache, struct signalfd);
SLAB_CACHE(view_cache, struct view);

static void view_destroy(struct object *obj)
{
    slab_free(&view_cache, container_of(obj, struct view, object));
}

static const struct object_ops view_object_ops = {.name = "signalfd", .destroy = view_destroy};

static sigset_t_ mask_of(const struct signalfd *fd)
{
    return atomic_load_explicit(&fd->mask, memory_order_relaxed);
}

/* ---- views ---- */

/* This thread's, or one that nobody needs, or NULL. */
static struct view *find_locked(struct signalfd *fd, const struct linux_thread *lt)
{
    struct view *spare = NULL;

    list_for_each (it, &fd->views) {
        struct view *v = container_of(it, struct view, fd_link);
        struct linux_thread *of = atomic_load_explicit(&v->thread, memory_order_acquire);

        if (of == lt)
            return v;
        if (!of)
            spare = v;
    }
    return spare;
}

/* `v` becomes the thread's. The process it was of before, to be let go of. */
static struct linux_process *assign_locked(struct view *v, struct linux_thread *lt)
{
    struct linux_process *before = v->process;
    SPIN_GUARD(&lt->process->lock);

    v->process = linux_process_get(lt->process);
    atomic_store_explicit(&v->thread, lt, memory_order_relaxed);
    list_push_back(&lt->process->signal_views, &v->process_link);
    return before;
}

static struct view *view_create(struct signalfd *fd)
{
    struct view *v = slab_alloc_zeroed(&view_cache);

    if (!v)
        return NULL;
    object_init(&v->object, &view_object_ops, 0);
    v->fd = fd;
    list_init(&v->fd_link);
    list_init(&v->process_link);
    return v;
}

/* The thread's own or, if there is no memory for one, NULL. `made`: one to use, or NULL. */
static struct view *try_view_of(struct signalfd *fd, struct linux_thread *lt, struct view *made)
{
    struct linux_process *before = NULL;
    struct view *v;

    {
        SPIN_GUARD(&fd->lock);
        v = find_locked(fd, lt);
        if (!v && made) {
            v = made;
            list_push_back(&fd->views, &v->fd_link);
        }
        if (v && atomic_load_explicit(&v->thread, memory_order_relaxed) != lt)
            before = assign_locked(v, lt);
    }
    linux_process_put(before);
    return v;
}

static struct view *view_of(struct signalfd *fd, struct linux_thread *lt)
{
    struct view *v = try_view_of(fd, lt, NULL), *made;

    if (v)
        return v;
    made = view_create(fd);
    v = try_view_of(fd, lt, made);
    if (made && v != made) /* another thread ended meanwhile */
        object_put(&made->object);
    return v;
}

static void view_end(struct view *v)
{
    {
        SPIN_GUARD(&v->process->lock);
        list_remove(&v->process_link);
    }
    linux_process_put(v->process);
    object_put(&v->object);
}

/* What the view shows is set right. The process's lock is held. */
static void refresh_locked(struct view *v, struct linux_thread *lt)
{
    bool ready = signal_pending_set_locked(lt) & mask_of(v->fd);

    if (ready != (object_signals(&v->object) & FILE_IN))
        object_signal(&v->object, FILE_IN, ready ? FILE_IN : 0);
}

void signalfd_notify_locked(struct linux_process *lp, const struct linux_thread *only,
                            int signo)
{
    list_for_each (it, &lp->signal_views) {
        struct view *v = container_of(it, struct view, process_link);

        if (mask_of(v->fd) & SIGMASK(signo) && (!only || v->thread == only))
            object_signal(&v->object, 0, FILE_IN);
    }
}

void signalfd_thread_gone(struct linux_thread *lt)
{
    SPIN_GUARD(&lt->process->lock);

    list_for_each_safe (it, &lt->process->signal_views) {
        struct view *v = container_of(it, struct view, process_link);

        if (v->thread != lt)
            continue;
        list_remove(&v->process_link);
        atomic_store_explicit(&v->thread, NULL, memory_order_release);
    }
}

/* ---- the file ---- */

/* Which members mean something: siginfo_layout of sigaction(2)'s "The siginfo_t argument". */
static struct signalfd_siginfo translate(const struct siginfo *info)
{
    struct signalfd_siginfo out = {
        .signo = (uint32_t)info->signo, .error = info->error, .code = info->code};

    if (info->code == SI_TIMER) {
        out.tid = (uint32_t)info->timer.id;
        out.overrun = (uint32_t)info->timer.overrun;
        out.value = (int32_t)info->timer.value;
        out.pointer = info->timer.value;
    } else if (info->code > 0 && SIGMASK(info->signo) & SIGNALS_SYNCHRONOUS) {
        out.addr = info->fault.addr;
    } else if (info->code > 0 && info->signo == SIGCHLD) {
        out.pid = (uint32_t)info->child.pid;
        out.uid = info->child.uid;
        out.status = info->child.status;
        out.utime = (uint64_t)info->child.utime;
        out.stime = (uint64_t)info->child.stime;
    } else {
        out.pid = (uint32_t)info->rt.pid;
        out.uid = info->rt.uid;
        out.value = (int32_t)info->rt.value;
        out.pointer = info->rt.value;
    }
    return out;
}

/* Where a signal was taken from, so that it can go back. */
static struct signal_pending *take(struct linux_thread *lt, sigset_t_ from,
                                   struct siginfo *info)
{
    SPIN_GUARD(&lt->process->lock);

    if (signal_dequeue_locked(&lt->signals.pending, from, info))
        return &lt->signals.pending;
    if (signal_dequeue_locked(&lt->process->signals.pending, from, info))
        return &lt->process->signals.pending;
    return NULL;
}

static status_t read_one(struct linux_thread *lt, sigset_t_ from, struct iobuf *io)
{
    struct signalfd_siginfo out;
    struct iobuf before = *io;
    struct signal_pending *pending;
    struct siginfo info;
    size_t moved;
    status_t st;

    pending = take(lt, from, &info);
    if (!pending)
        return ERR_SHOULD_WAIT;
    out = translate(&info);
    st = iobuf_put(io, &out, sizeof(out), &moved);
    if (st != OK) {
        *io = before;
        signal_put_back(lt->process, pending, &info);
    }
    return st;
}

static status_t signalfd_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct linux_thread *lt = linux_caller();
    size_t before = io->done;
    status_t st = OK;

    (void)pos;
    if (!lt || iobuf_left(io) < sizeof(struct signalfd_siginfo))
        return ERR_INVALID_ARGS;
    while (st == OK && iobuf_left(io) >= sizeof(struct signalfd_siginfo))
        st = read_one(lt, mask_of(file->data), io);
    return io->done != before ? OK : st;
}

static struct object *signalfd_poll_object(struct file *file)
{
    struct linux_thread *lt = linux_caller();
    struct signalfd *fd = file->data;
    struct view *v = lt ? view_of(fd, lt) : NULL;

    if (!v) {
        SPIN_GUARD(&fd->lock);
        return &container_of(fd->views.next, struct view, fd_link)->object;
    }
    SPIN_GUARD(&lt->process->lock);
    refresh_locked(v, lt);
    return &v->object;
}

/* No file is left, so nobody looks for a view or hangs on one. */
static void signalfd_close(struct file *file)
{
    struct signalfd *fd = file->data;
    struct list *link;

    while ((link = list_pop_front(&fd->views)))
        view_end(container_of(link, struct view, fd_link));
    slab_free(&signalfd_cache, fd);
}

static const struct file_ops signalfd_file_ops = {
    .name = "[signalfd]",
    .try_read = signalfd_read,
    .poll_object = signalfd_poll_object,
    .close = signalfd_close,
};

static status_t create(struct syscall *call, sigset_t_ mask, uint32_t flags)
{
    struct signalfd *fd = slab_alloc_zeroed(&signalfd_cache);
    struct file *file = NULL;
    status_t st = ERR_NO_MEMORY;

    if (!fd)
        return ERR_NO_MEMORY;
    list_init(&fd->views);
    atomic_init(&fd->mask, mask);
    if (view_of(fd, current_linux(call)))
        st = file_create(&signalfd_file_ops,
                         FILE_READ | FILE_WRITE | (flags & O_NONBLOCK ? FILE_NONBLOCK : 0), fd,
                         NULL, &file);
    if (st != OK) {
        signalfd_close(&(struct file){.data = fd});
        return st;
    }
    return call_fd_return(call, file, flags & O_CLOEXEC ? FD_CLOEXEC_ : 0);
}

/* Whoever waits looks again. */
static void change_mask(struct signalfd *fd, sigset_t_ mask)
{
    SPIN_GUARD(&fd->lock);

    atomic_store_explicit(&fd->mask, mask, memory_order_relaxed);
    list_for_each (it, &fd->views)
        object_signal(&container_of(it, struct view, fd_link)->object, 0, FILE_IN);
}

static status_t change(struct syscall *call, sigset_t_ mask)
{
    struct file *file;
    status_t st = call_fd_get(call, (int)call->arg[0], &file);

    if (st != OK)
        return st;
    if (file->ops == &signalfd_file_ops)
        change_mask(file->data, mask);
    else
        st = ERR_INVALID_ARGS;
    file_put(file);
    call->result = (int32_t)call->arg[0];
    return st;
}

static status_t signalfd(struct syscall *call, uint32_t flags)
{
    sigset_t_ mask;
    status_t st;

    if (call->arg[2] != sizeof(mask))
        return ERR_INVALID_ARGS;
    st = copy_from_user(&call->thread->user, &mask, call->arg[1], sizeof(mask));
    if (st != OK)
        return st;
    if (flags & ~(O_CLOEXEC | O_NONBLOCK))
        return ERR_INVALID_ARGS;
    mask &= ~SIGNALS_UNBLOCKABLE;
    return (int32_t)call->arg[0] == -1 ? create(call, mask, flags) : change(call, mask);
}

status_t sys_signalfd(struct syscall *call)
{
    return signalfd(call, 0);
}

status_t sys_signalfd4(struct syscall *call)
{
    return signalfd(call, (uint32_t)call->arg[3]);
}
