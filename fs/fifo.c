/*
 * fifo.c - pipes and inodes: who has the pipe open, for what, and waiting for the other side.
 */
#include "fs/anon.h"
#include "fs/pipe.h"
#include "fs/pipe_internal.h"

/* The inode's pipe, which `fresh` becomes if it has none; one user more. */
static struct pipe *inode_pipe(struct inode *inode, struct pipe *fresh)
{
    SPIN_GUARD(&inode->lock);

    if (!inode->pipe)
        inode->pipe = fresh;
    inode->pipe->users++;
    return inode->pipe;
}

/* One user less; the last takes the pipe away. */
static void inode_pipe_put(struct inode *inode, struct pipe *p)
{
    {
        SPIN_GUARD(&inode->lock);
        if (--p->users)
            return;
        inode->pipe = NULL;
    }
    pipe_free(p);
}

/* Those of pipe(2) never wait for each other, even if opened again through /proc. */
static bool is_named(const struct file *file)
{
    return file->path.dentry;
}

/* A file of the pipe comes. ERR_IO_NOT_PRESENT: it would have to wait for a reader. */
static status_t enter(struct file *file, struct pipe *p)
{
    unsigned flags = file->flags;
    bool reads = flags & FILE_READ, writes = flags & FILE_WRITE;
    SPIN_GUARD(&p->lock);

    if (!reads && (flags & FILE_NONBLOCK) && !p->readers && is_named(file))
        return ERR_IO_NOT_PRESENT;
    /* For fifo_wait: how often the other side had been opened before. A stream has no position.
     */
    file->position = reads ? p->writer_opens : p->reader_opens;
    p->readers += reads;
    p->reader_opens += reads;
    p->writers += writes;
    p->writer_opens += writes;
    p->had_writer |= writes;
    pipe_update_locked(p);
    return OK;
}

status_t fifo_open(struct file *file)
{
    struct pipe *fresh = pipe_new(), *p;
    status_t st;

    if (!fresh)
        return ERR_NO_MEMORY;
    p = inode_pipe(file->inode, fresh);
    if (p != fresh)
        pipe_free(fresh);
    st = enter(file, p);
    if (st != OK) {
        inode_pipe_put(file->inode, p);
        return st;
    }
    file->ops = &pipe_file_ops;
    file->data = p;
    wait_queue_wake(&p->opened, UINT32_MAX);
    return OK;
}

void pipe_close(struct file *file)
{
    struct pipe *p = file->data;

    {
        SPIN_GUARD(&p->lock);
        p->readers -= !!(file->flags & FILE_READ);
        p->writers -= !!(file->flags & FILE_WRITE);
        pipe_update_locked(p);
    }
    inode_pipe_put(file->inode, p);
}

/* One end, on a reference to the inode of its own. */
static status_t end_create(struct inode *inode, unsigned flags, struct file **out)
{
    status_t st = file_create(NULL, flags, NULL, inode_get(inode), out);

    if (st != OK) {
        inode_put(inode);
        return st;
    }
    st = fifo_open(*out);
    if (st != OK)
        file_put(*out);
    return st;
}

status_t pipe_create(unsigned flags, uint32_t uid, uint32_t gid, struct file **read_end,
                     struct file **write_end)
{
    struct inode *inode;
    status_t st = anon_inode_create(INODE_FIFO, 0600, uid, gid, &inode);

    if (st != OK)
        return st;
    st = end_create(inode, flags | FILE_READ, read_end);
    if (st == OK) {
        st = end_create(inode, flags | FILE_WRITE, write_end);
        if (st != OK)
            file_put(*read_end);
    }
    inode_put(inode);
    return st;
}

static bool must_wait(const struct file *file)
{
    unsigned mode = file->flags & (FILE_READ | FILE_WRITE | FILE_NONBLOCK);

    return file->ops == &pipe_file_ops && is_named(file) &&
           (mode == FILE_READ || mode == FILE_WRITE);
}

/* The other side is there, or was since this file was opened. */
static bool other_side_came(const struct file *file)
{
    struct pipe *p = file->data;
    bool reads = file->flags & FILE_READ;
    SPIN_GUARD(&p->lock);

    return (reads ? p->writers : p->readers) ||
           (reads ? p->writer_opens : p->reader_opens) != file->position;
}

static struct wait_queue *opened(const struct file *file)
{
    return &((struct pipe *)file->data)->opened;
}

CO_FN(fifo_wait)
{
    if (!must_wait(f->file))
        CO_RETURN(OK);
    while (!other_side_came(f->file)) {
        if (task_pending(task))
            CO_RETURN(task_interrupted_status(task));
        wait_queue_arm(opened(f->file), &f->waiter, task);
        CO_WAIT_UNTIL(waiter_fired(&f->waiter) || other_side_came(f->file));
        wait_queue_disarm(opened(f->file), &f->waiter);
    }
    CO_RETURN(OK);
}
CO_END
