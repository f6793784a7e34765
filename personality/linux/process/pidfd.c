/*
 * pidfd.c - descriptors that stand for processes (pidfd_open(2)): ready to read when the
 * process has ended.
 */
#include "personality/linux/process/pidfd.h"

#include "mm/slab.h"
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "uapi/linux/fcntl.h"

/* One a description; its signals tell what has become of the process. */
struct pidfd {
    struct object object;
    struct linux_process *lp; /* reference */
    struct list link;         /* of lp->pidfds, guarded by family_lock */
};

SLAB_CACHE(pidfd_cache, struct pidfd);

static void pidfd_destroy(struct object *obj)
{
    slab_free(&pidfd_cache, container_of(obj, struct pidfd, object));
}

static const struct object_ops pidfd_object_ops = {.name = "pidfd", .destroy = pidfd_destroy};

static struct object *pidfd_poll_object(struct file *file)
{
    return &((struct pidfd *)file->data)->object;
}

static void pidfd_close(struct file *file)
{
    struct pidfd *p = file->data;

    {
        SPIN_GUARD(&family_lock);
        list_remove(&p->link);
    }
    linux_process_put(p->lp);
    object_put(&p->object);
}

static const struct file_ops pidfd_file_ops = {
    .name = "[pidfd]",
    .poll_object = pidfd_poll_object,
    .close = pidfd_close,
};

void pidfd_notify_locked(struct linux_process *lp, bool gone)
{
    list_for_each (it, &lp->pidfds)
        object_signal(&container_of(it, struct pidfd, link)->object, 0,
                      FILE_IN | (gone ? FILE_HUP : 0));
}

static void follow(struct pidfd *p, struct linux_process *lp)
{
    SPIN_GUARD(&family_lock);

    p->lp = linux_process_get(lp);
    list_push_back(&lp->pidfds, &p->link);
    if (lp->zombie)
        object_signal(&p->object, 0, FILE_IN | (list_empty(&lp->pid_link) ? FILE_HUP : 0));
}

status_t pidfd_create(struct linux_process *lp, unsigned flags, struct file **out)
{
    struct pidfd *p = slab_alloc_zeroed(&pidfd_cache);
    status_t st;

    if (!p)
        return ERR_NO_MEMORY;
    object_init(&p->object, &pidfd_object_ops, 0);
    list_init(&p->link);
    follow(p, lp);
    st = file_create(&pidfd_file_ops, FILE_READ | FILE_WRITE | flags, p, NULL, out);
    if (st != OK)
        pidfd_close(&(struct file){.data = p});
    return st;
}

status_t pidfd_process(struct syscall *call, int fd, struct linux_process **out, bool *nonblock)
{
    struct file *file;
    status_t st = call_fd_get(call, fd, &file);

    if (st != OK)
        return st;
    if (file->ops == &pidfd_file_ops) {
        *out = linux_process_get(((struct pidfd *)file->data)->lp);
        *nonblock = atomic_load_explicit(&file->flags, memory_order_relaxed) & FILE_NONBLOCK;
    } else {
        st = ERR_BAD_FD;
    }
    file_put(file);
    return st;
}

status_t sys_pidfd_open(struct syscall *call)
{
    pid_t_ pid = (pid_t_)call->arg[0];
    uint32_t flags = (uint32_t)call->arg[1];
    struct linux_process *lp;
    struct thread *t;
    struct file *file;
    status_t st;

    if (flags & ~O_NONBLOCK || pid <= 0)
        return ERR_INVALID_ARGS;
    lp = linux_process_find(pid);
    if (!lp) {
        t = linux_thread_find(pid); /* a thread that leads no process is no process */
        object_put(t ? &t->object : NULL);
        return t ? ERR_INVALID_ARGS : ERR_NO_PROCESS;
    }
    st = pidfd_create(lp, flags & O_NONBLOCK ? FILE_NONBLOCK : 0, &file);
    linux_process_put(lp);
    return st == OK ? call_fd_return(call, file, FD_CLOEXEC_) : st;
}

/* Who may have what a process has open: root, or the same user throughout (ptrace(2)). */
static bool may_take_from(struct syscall *call, struct linux_process *lp)
{
    const struct credentials *c = &linux_process_of(call)->cred, *of = &lp->cred;

    return lp == linux_process_of(call) || credentials_has(c, CAP_SYS_PTRACE) ||
           (c->fsuid == of->euid && c->fsuid == of->suid && c->fsuid == of->uid &&
            c->fsgid == of->egid && c->fsgid == of->sgid && c->fsgid == of->gid);
}

static struct fd_table *fds_of(struct linux_process *lp)
{
    SPIN_GUARD(&lp->lock);

    return lp->fds ? fd_table_get(lp->fds) : NULL;
}

static status_t take_file(struct syscall *call, struct linux_process *lp, struct file **out)
{
    struct fd_table *fds = fds_of(lp);
    status_t st = !fds                       ? ERR_NO_PROCESS
                  : !may_take_from(call, lp) ? ERR_NOT_PERMITTED
                                             : fd_get(fds, (int)call->arg[1], out);

    fd_table_put(fds);
    return st;
}

status_t sys_pidfd_getfd(struct syscall *call)
{
    struct linux_process *lp;
    struct file *file;
    bool nonblock;
    status_t st;

    if (call->arg[2])
        return ERR_INVALID_ARGS;
    st = pidfd_process(call, (int)call->arg[0], &lp, &nonblock);
    if (st != OK)
        return st;
    st = take_file(call, lp, &file);
    linux_process_put(lp);
    return st == OK ? call_fd_return(call, file, FD_CLOEXEC_) : st;
}
