/*
 * file_lock_calls.c - fcntl's lock commands and flock (fcntl(2), flock(2)).
 */
#include "personality/linux/calls.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/file/file_lock.h"
#include "personality/linux/process/process.h"

static bool is_ofd(int command)
{
    return command >= F_OFD_GETLK;
}

static bool is_query(int command)
{
    return command == F_GETLK || command == F_OFD_GETLK;
}

static status_t range_start(struct file *file, const struct linux_flock *lk, int64_t *start)
{
    struct inode_attr attr = {0};
    int64_t base = 0;

    switch (lk->whence) {
    case 0:
        break;
    case 1:
        base = (int64_t)file->position;
        break;
    case 2:
        inode_attr_get(file->inode, &attr);
        base = (int64_t)attr.size;
        break;
    default:
        return ERR_INVALID_ARGS;
    }
    if (__builtin_add_overflow(base, lk->start, start))
        return ERR_OVERFLOW;
    return *start < 0 ? ERR_INVALID_ARGS : OK;
}

/* A length of 0 is to the end of all; a negative one goes backwards from the start. */
static status_t range_of(struct file *file, const struct linux_flock *lk, struct file_lock *out)
{
    int64_t start, end = INT64_MAX;
    status_t st = range_start(file, lk, &start);

    if (st != OK)
        return st;
    if (lk->len > 0 && __builtin_add_overflow(start, lk->len - 1, &end))
        return ERR_OVERFLOW;
    if (lk->len < 0) {
        end = start - 1;
        if (start + lk->len < 0)
            return ERR_INVALID_ARGS;
        start += lk->len;
    }
    out->start = (uint64_t)start;
    out->end = (uint64_t)end;
    return OK;
}

/* What the call asks for. */
static status_t wanted(struct syscall *call, struct file *file, struct linux_flock *lk,
                       struct file_lock *out)
{
    int command = (int)call->arg[1];
    struct linux_process *lp = linux_process_of(call);
    status_t st = copy_from_user(&call->thread->user, lk, call->arg[2], sizeof(*lk));

    if (st != OK)
        return st;
    if (!file->inode || lk->type < F_RDLCK || lk->type > F_UNLCK ||
        (is_ofd(command) && lk->pid) || (is_query(command) && lk->type == F_UNLCK))
        return ERR_INVALID_ARGS;
    *out = (struct file_lock){.inode = file->inode,
                              .owner = is_ofd(command) ? (const void *)file : lp->fds,
                              .family = LOCK_RANGES,
                              .write = lk->type == F_WRLCK,
                              .pid = is_ofd(command) ? -1 : lp->pid};
    return range_of(file, lk, out);
}

static status_t query(struct syscall *call, struct linux_flock *lk,
                      const struct file_lock *want)
{
    struct file_lock found;

    lk->type = F_UNLCK;
    if (file_lock_find(want, &found)) {
        lk->type = found.write ? F_WRLCK : F_RDLCK;
        lk->whence = 0;
        lk->start = (int64_t)found.start;
        lk->len = found.end == INT64_MAX ? 0 : (int64_t)(found.end - found.start + 1);
        lk->pid = found.pid;
    }
    return copy_to_user(&call->thread->user, call->arg[2], lk, sizeof(*lk));
}

/* A read lock takes a file open for reading, a write lock one open for writing. */
static status_t check_mode(struct file *file, bool write)
{
    unsigned flags = atomic_load_explicit(&file->flags, memory_order_relaxed);

    return flags & (write ? FILE_WRITE : FILE_READ) ? OK : ERR_BAD_FD;
}

/* All that does not wait. ERR_SHOULD_WAIT: `want` is to be taken. */
static status_t begin(struct syscall *call, struct file *file, struct file_lock *want)
{
    struct linux_flock lk;
    status_t st = wanted(call, file, &lk, want);

    if (st != OK)
        return st;
    if (is_query((int)call->arg[1]))
        return query(call, &lk, want);
    if (lk.type == F_UNLCK)
        return file_lock_release(want);
    st = check_mode(file, want->write);
    return st == OK ? ERR_SHOULD_WAIT : st;
}

CO_FN(file_lock_call)
{
    struct file_lock want;
    int command;
    status_t st;

    st = begin(f->call, f->file, &want);
    if (st != ERR_SHOULD_WAIT)
        CO_RETURN(st);
    command = (int)f->call->arg[1];
    CO_CALL(st, f->wait, file_lock_wait, .want = want,
            .wait = command == F_SETLKW || command == F_OFD_SETLKW);
    CO_RETURN(st);
}
CO_END

struct sys_flock {
    SYSCALL_FRAME;
    struct file *file;
    struct file_lock_wait wait;
};
SYSCALL_WAIT(sys_flock);

/* OK when there is nothing to wait for. A lock that changes its kind is given back first. */
static status_t flock_begin(struct syscall *call, struct file *file, struct file_lock *want)
{
    uint32_t operation = (uint32_t)call->arg[1] & ~LOCK_NB;

    *want = (struct file_lock){.inode = file->inode,
                               .owner = file,
                               .family = LOCK_WHOLE,
                               .write = operation == LOCK_EX,
                               .end = INT64_MAX,
                               .pid = -1};
    if (!file->inode)
        return ERR_BAD_FD;
    if (operation != LOCK_UN && !(file->flags & (FILE_READ | FILE_WRITE)))
        return ERR_BAD_FD;
    return file_lock_release(want);
}

static bool is_flock_operation(uint64_t operation)
{
    uint32_t op = (uint32_t)operation & ~LOCK_NB;

    return op == LOCK_SH || op == LOCK_EX || op == LOCK_UN;
}

CO_FN(sys_flock)
{
    struct file_lock want;
    status_t st;

    if (!is_flock_operation(f->call->arg[1]))
        CO_RETURN(ERR_INVALID_ARGS);
    st = call_fd_get(f->call, (int)f->call->arg[0], &f->file);
    if (st != OK)
        CO_RETURN(st);
    st = flock_begin(f->call, f->file, &want);
    if (st == OK && !(f->call->arg[1] & LOCK_UN))
        CO_CALL(st, f->wait, file_lock_wait, .want = want,
                .wait = !(f->call->arg[1] & LOCK_NB));
    file_put(f->file);
    CO_RETURN(st);
}
CO_END
