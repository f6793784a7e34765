/*
 * splice.c - bytes from a pipe's pages into a file, and from a file into a pipe's pages.
 */
#include "fs/splice.h"

#include "fs/pipe_internal.h"

static bool is_seekable(const struct file *file)
{
    return file->flags & FILE_SEEKABLE;
}

static void arm(struct observer *observer, struct file *file, unsigned want, struct task *task)
{
    *observer = (struct observer){.obj = file_poll_object(file), .want = want};
    object_observe(observer, task);
}

/* The next bytes that are to go out, all in one page. */
static void next_out(struct splice_out *f)
{
    struct pipe *p = f->from->data;
    uint32_t at = p->read + f->moved;
    size_t size = MIN(f->ready - f->moved, PAGE_SIZE - at % PAGE_SIZE);

    iobuf_init_kernel(&f->io, pipe_at(p, at), size);
}

/* A stream is waited for while nothing has moved. */
static bool waits_not(const struct file *file, bool nonblock, uint64_t moved)
{
    return !is_seekable(file) && (nonblock || (moved && file_is_pipe(file)));
}

static void moved_out(struct splice_out *f)
{
    f->moved += (uint32_t)f->io.done;
    if (f->at != FILE_POSITION)
        f->at += f->io.done;
}

CO_FN(splice_out)
{
    status_t st;

    for (;;) {
        st = pipe_read_begin(f->from->data, &f->ready);
        if (st == ERR_SHOULD_WAIT && !f->done && !f->nonblock) {
            arm(&f->empty.observer, f->from, FILE_IN | FILE_HUP, task);
            CO_CALL(st, f->empty.wait, object_wait, .observer = &f->empty.observer,
                    .deadline = TIME_INFINITE);
            if (st != OK)
                break;
            continue;
        }
        if (st != OK || !f->ready)
            break;
        f->ready = (uint32_t)MIN(f->ready, f->left);
        for (f->moved = 0; st == OK && f->moved < f->ready;) {
            next_out(f);
            CO_CALL(st, f->transfer, file_transfer, .file = f->to, .io = &f->io, .at = f->at,
                    .direction = FILE_TRANSFER_WRITE,
                    .nonblock = waits_not(f->to, f->nonblock, f->done + f->moved));
            moved_out(f);
            if (iobuf_left(&f->io))
                break;
        }
        pipe_read_commit(f->from->data, f->keep ? 0 : f->moved);
        f->done += f->moved;
        f->left -= f->moved;
        if (st != OK || !f->left || f->keep || f->moved < f->ready)
            break;
    }
    CO_RETURN(f->done ? OK : st);
}
CO_END

/* Where the next bytes are to come in, all in one page. */
static status_t next_in(struct splice_in *f)
{
    struct pipe *p = f->to->data;
    uint32_t at = p->written + f->moved;
    size_t size = MIN(f->room - f->moved, PAGE_SIZE - at % PAGE_SIZE);
    status_t st = pipe_have_page(p, at);

    if (st == OK)
        iobuf_init_kernel(&f->io, pipe_at(p, at), size);
    return st;
}

static void moved_in(struct splice_in *f)
{
    f->moved += (uint32_t)f->io.done;
    if (f->at != FILE_POSITION)
        f->at += f->io.done;
}

CO_FN(splice_in)
{
    status_t st;

    for (;;) {
        st = pipe_write_begin(f->to->data, 1, &f->room);
        if (st != ERR_SHOULD_WAIT || f->nonblock)
            break;
        arm(&f->full.observer, f->to, FILE_OUT | FILE_ERR, task);
        CO_CALL(st, f->full.wait, object_wait, .observer = &f->full.observer,
                .deadline = TIME_INFINITE);
        if (st != OK)
            break;
    }
    if (st != OK)
        CO_RETURN(st);
    f->room = (uint32_t)MIN(f->room, f->left);
    while (f->moved < f->room) {
        st = next_in(f);
        if (st != OK)
            break;
        CO_CALL(st, f->transfer, file_transfer, .file = f->from, .io = &f->io, .at = f->at,
                .direction = FILE_TRANSFER_READ,
                .nonblock = !is_seekable(f->from) && (f->nonblock || f->moved));
        moved_in(f);
        if (st != OK || iobuf_left(&f->io))
            break;
    }
    pipe_write_commit(f->to->data, f->moved);
    f->done = f->moved;
    CO_RETURN(f->done ? OK : st);
}
CO_END
