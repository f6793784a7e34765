/*
 * transfer.c - read and write on any file: attempts that never wait, and the waiting between
 * them.
 *
 * A transfer that uses the file's position holds position_lock throughout. A write to a regular
 * file holds the inode's mutex during an attempt only, never while a user page is brought in:
 * the fault may need the same file.
 */
#include "fs/notify.h"

#include "hal/time.h"

static bool is_regular(const struct file *file)
{
    return file->inode && file->inode->attr.type == INODE_FILE;
}

static bool uses_position(const struct file *file, uint64_t at)
{
    return at == FILE_POSITION && file->flags & FILE_SEEKABLE && !file->ops->no_position;
}

static bool is_serialised(const struct file *file, enum file_direction direction)
{
    return direction == FILE_TRANSFER_WRITE && is_regular(file);
}

static status_t check(const struct file *file, uint64_t at, enum file_direction direction)
{
    bool write = direction == FILE_TRANSFER_WRITE;

    if ((file->flags & FILE_PATH) || !(file->flags & (write ? FILE_WRITE : FILE_READ)))
        return ERR_BAD_FD;
    if (write ? !file->ops->try_write : !file->ops->try_read)
        return ERR_INVALID_ARGS;
    if (at == FILE_POSITION)
        return OK;
    if (!(file->flags & (FILE_SEEKABLE | FILE_DIRECTORY)))
        return ERR_SEEK_PIPE;
    return at > INT64_MAX ? ERR_INVALID_ARGS : OK;
}

/* A write goes on to its end; so does a read where there is a position; streams give what they
 * have. */
static bool goes_on(const struct file *file, const struct iobuf *io,
                    enum file_direction direction)
{
    return iobuf_left(io) &&
           (direction == FILE_TRANSFER_WRITE || (file->flags & FILE_SEEKABLE));
}

/* One attempt after the other, to the end (OK) or until one cannot go on. */
static status_t attempts(struct file *file, struct iobuf *io, uint64_t *pos,
                         enum file_direction direction)
{
    size_t before;
    status_t st;

    do {
        before = io->done;
        st = direction == FILE_TRANSFER_WRITE ? file->ops->try_write(file, io, pos)
                                              : file->ops->try_read(file, io, pos);
    } while (st == OK && io->done != before && goes_on(file, io, direction));
    return st;
}

/* Nothing to move, and that does not mean anything. */
static bool is_empty(const struct file *file, const struct iobuf *io,
                     enum file_direction direction)
{
    return !iobuf_left(io) &&
           !(direction == FILE_TRANSFER_WRITE && file->flags & FILE_MESSAGES);
}

/* What the caller is told: bytes that moved outrank the error that came after them. Who watches
 * the file is told of them, too. */
static status_t outcome(struct file *file, const struct iobuf *io,
                        enum file_direction direction, status_t st)
{
    if (!io->done)
        return st == ERR_TIMED_OUT ? ERR_SHOULD_WAIT : st;
    notify_file(file, direction == FILE_TRANSFER_WRITE ? NOTIFY_MODIFY : NOTIFY_ACCESS);
    return OK;
}

static time_ns_t deadline(struct file *file, enum file_direction direction)
{
    time_ns_t timeout = file->ops->timeout ? file->ops->timeout(file, direction) : 0;

    return timeout ? hal_time_now() + timeout : TIME_INFINITE;
}

static bool gives_up(const struct file *file, status_t st)
{
    return st == ERR_SHOULD_WAIT && (file->flags & FILE_NONBLOCK) && file->ops->poll_object;
}

static bool may_not_wait(const struct file_transfer *f, status_t st)
{
    return gives_up(f->file, st) || (st == ERR_SHOULD_WAIT && f->nonblock);
}

static unsigned wanted(enum file_direction direction)
{
    return direction == FILE_TRANSFER_WRITE ? FILE_OUT | FILE_ERR | FILE_HUP
                                            : FILE_IN | FILE_ERR | FILE_HUP | FILE_RDHUP;
}

/* The file's readiness, to be waited for. */
static void arm(struct file_transfer *f, struct task *task)
{
    f->observer = (struct observer){
        .obj = file_poll_object(f->file),
        .want = wanted(f->direction),
    };
    object_observe(&f->observer, task);
}

static uint64_t *position_of(struct file_transfer *f)
{
    return uses_position(f->file, f->at) ? &f->file->position : &f->at;
}

/* What a fault says to memory is EFAULT to a call. */
static status_t fault_outcome(status_t st)
{
    return st == ERR_ACCESS_DENIED || st == ERR_OUT_OF_RANGE ? ERR_FAULT : st;
}

/* Go as far as it goes; the inode is let go. */
static status_t attempt(struct file_transfer *f, struct task *task)
{
    status_t st = attempts(f->file, f->io, position_of(f), f->direction);

    if (f->inode_held)
        mutex_unlock(&f->file->inode->mutex, task);
    f->inode_held = false;
    return st;
}

static void unlock_position(struct file_transfer *f, struct task *task)
{
    if (f->position_held)
        mutex_unlock(&f->file->position_lock, task);
}

CO_FN(file_transfer)
{
    status_t st;

    st = check(f->file, f->at, f->direction);
    if (st != OK || is_empty(f->file, f->io, f->direction))
        CO_RETURN(st);
    f->deadline = deadline(f->file, f->direction);
    if (uses_position(f->file, f->at)) {
        CO_CALL(st, f->lock, mutex_lock, .mutex = &f->file->position_lock);
        if (st != OK)
            CO_RETURN(outcome(f->file, f->io, f->direction, st));
        f->position_held = true;
    }
    for (;;) {
        if (is_serialised(f->file, f->direction)) {
            CO_CALL(st, f->lock, mutex_lock, .mutex = &f->file->inode->mutex);
            if (st != OK)
                break;
            f->inode_held = true;
        }
        st = attempt(f, task);
        if (st == ERR_USER_PAGE) {
            CO_CALL(st, f->fault, vm_fault, .aspace = f->io->user->aspace,
                    .addr = f->io->user->fault_addr, .access = f->io->user->fault_access);
            st = fault_outcome(st);
        } else if (st != ERR_SHOULD_WAIT || may_not_wait(f, st)) {
            break;
        } else if (f->file->ops->poll_object) {
            arm(f, task);
            CO_CALL(st, f->wait, object_wait, .observer = &f->observer,
                    .deadline = f->deadline);
        } else {
            f->vmo = inode_vmo(f->file->inode);
            CO_CALL(st, f->page_in, vmo_page_in, .vmo = f->vmo,
                    .index = *position_of(f) >> PAGE_SHIFT);
            vmo_put(f->vmo);
        }
        if (st != OK)
            break;
    }
    unlock_position(f, task);
    CO_RETURN(outcome(f->file, f->io, f->direction, st));
}
CO_END

/* The locks, where they are free, around the attempts. */
static status_t try_transfer(struct task *task, struct file *file, struct iobuf *io,
                             uint64_t at, enum file_direction direction)
{
    bool by_position = uses_position(file, at), serialised = is_serialised(file, direction);
    status_t st = ERR_SHOULD_WAIT;

    if (by_position && !mutex_try_lock(&file->position_lock, task))
        return ERR_SHOULD_WAIT;
    if (!serialised || mutex_try_lock(&file->inode->mutex, task)) {
        st = attempts(file, io, by_position ? &file->position : &at, direction);
        if (serialised)
            mutex_unlock(&file->inode->mutex, task);
    }
    if (by_position)
        mutex_unlock(&file->position_lock, task);
    if (st == ERR_USER_PAGE || (st == ERR_SHOULD_WAIT && !gives_up(file, st)))
        return st;
    return outcome(file, io, direction, st);
}

status_t file_try_transfer(struct task *task, struct file *file, struct iobuf *io, uint64_t at,
                           enum file_direction direction)
{
    status_t st = check(file, at, direction);

    if (st != OK || is_empty(file, io, direction))
        return st;
    return try_transfer(task, file, io, at, direction);
}
