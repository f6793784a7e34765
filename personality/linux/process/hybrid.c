/*
 * hybrid.c - Linux processes whose threads make Zircon calls: the ends and beginnings of
 * threads that these calls ask for are those of Linux.
 */
#include "personality/hybrid.h"

#include "base/string.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/process/process.h"
#include "personality/linux/signal/signal_internal.h"

status_t hybrid_thread_create(struct process *p, const char *name, struct thread **out)
{
    struct thread *t;
    status_t st = linux_thread_create(p->linux_, &t);

    if (st != OK)
        return st;
    memcpy(t->name, name, strnlen(name, sizeof(t->name) - 1) + 1);
    t->linux_->signals.mask = ~SIGNALS_UNBLOCKABLE;
    *out = t;
    return OK;
}

status_t hybrid_thread_start(struct thread *t, const struct thread_entry *entry)
{
    return linux_thread_start(t->process->linux_, t, entry);
}

void hybrid_process_exit(struct thread *t, int64_t code)
{
    linux_process_exit(t->process->linux_, WAIT_EXITED(code));
}

void hybrid_thread_exit(struct thread *t)
{
    t->linux_->exited = true;
    t->linux_->exit_code = 0;
    thread_leave(t);
}

status_t hybrid_fd_install(struct syscall *call, struct file *file, int *fd)
{
    return call_fd_install(call, file, 0, fd);
}

status_t hybrid_fd_get(struct syscall *call, int fd, struct file **out)
{
    return call_fd_get(call, fd, out);
}

void hybrid_fd_close(struct syscall *call, int fd)
{
    (void)!fd_close(linux_process_of(call)->fds, fd);
}
