/*
 * pipe.c - pipes: how bytes go through the ring, and what readiness shows.
 *
 * No lock is held while bytes are copied from or to user memory. A reader first marks itself as
 * the one that reads, copies, then commits; likewise a writer: so one of each works at a time,
 * on parts of the ring that are apart. One that comes while another is at it takes the
 * readiness away, says ERR_SHOULD_WAIT, and the commit brings the readiness back.
 */
#include "fs/pipe.h"

#include "fs/pipe_internal.h"
#include "mm/slab.h"

enum { FIONREAD = 0x541b }; /* ioctl_fionread(2) */

SLAB_CACHE(pipe_cache, struct pipe);

static void side_destroy(struct object *obj)
{
    struct pipe *p = container_of(obj, struct pipe_side, object)->pipe;

    if (atomic_fetch_sub_explicit(&p->side_refs, 1, memory_order_acq_rel) == 1)
        slab_free(&pipe_cache, p);
}

static const struct object_ops side_ops = {.name = "pipe", .destroy = side_destroy};

struct pipe *pipe_new(void)
{
    struct pipe *p = slab_alloc_zeroed(&pipe_cache);

    if (!p)
        return NULL;
    p->pages = p->first_pages;
    p->slots = PIPE_PAGES;
    atomic_init(&p->side_refs, PIPE_SIDES);
    wait_queue_init(&p->opened);
    for (unsigned i = 0; i < PIPE_SIDES; i++) {
        p->sides[i].pipe = p;
        object_init(&p->sides[i].object, &side_ops, 0);
    }
    return p;
}

void pipe_free(struct pipe *p)
{
    pipe_free_ring(p, p->pages, p->slots);
    for (unsigned i = 0; i < PIPE_SIDES; i++)
        object_put(&p->sides[i].object);
}

static void show_locked(struct pipe *p, enum pipe_side_index index, signals_t now)
{
    struct pipe_side *side = &p->sides[index];

    if (side->shown != now)
        object_signal(&side->object, side->shown & ~now, now);
    side->shown = now;
}

void pipe_update_locked(struct pipe *p)
{
    signals_t in = pipe_used(p) && !p->reader_waits ? FILE_IN : 0;
    signals_t out =
        pipe_bytes(p) - pipe_used(p) >= PIPE_ATOMIC && !p->writer_waits ? FILE_OUT : 0;

    show_locked(p, PIPE_READ_SIDE, in | (!p->writers && p->had_writer ? FILE_HUP : 0));
    show_locked(p, PIPE_WRITE_SIDE, out | (p->readers ? 0 : FILE_ERR));
    show_locked(p, PIPE_BOTH_SIDES, in | out);
}

status_t pipe_read_begin(struct pipe *p, uint32_t *size)
{
    SPIN_GUARD(&p->lock);

    *size = pipe_used(p);
    if (*size == 0)
        return p->writers ? ERR_SHOULD_WAIT : OK;
    if (p->reading) {
        p->reader_waits = true;
        pipe_update_locked(p);
        return ERR_SHOULD_WAIT;
    }
    p->reading = true;
    return OK;
}

void pipe_read_commit(struct pipe *p, uint32_t size)
{
    SPIN_GUARD(&p->lock);

    p->read += size;
    p->reading = p->reader_waits = false;
    /* Start over in the page that the caches know. */
    if (pipe_used(p) == 0 && !p->writing)
        p->read = p->written = 0;
    pipe_update_locked(p);
}

void *pipe_at(struct pipe *p, uint32_t at)
{
    return (char *)page_data(p->pages[at / PAGE_SIZE % p->slots]) + at % PAGE_SIZE;
}

static status_t pipe_try_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct pipe *p = file->data;
    uint32_t size, at, done = 0;
    status_t st = pipe_read_begin(p, &size);

    (void)pos;
    if (st != OK || size == 0)
        return st;
    at = p->read;
    size = (uint32_t)MIN(size, iobuf_left(io));
    while (st == OK && done < size) {
        size_t part = MIN(size - done, PAGE_SIZE - (at + done) % PAGE_SIZE), moved;

        st = iobuf_put(io, pipe_at(p, at + done), part, &moved);
        done += (uint32_t)moved;
    }
    pipe_read_commit(p, done);
    return done ? OK : st;
}

status_t pipe_write_begin(struct pipe *p, size_t want, uint32_t *size)
{
    uint32_t space;
    SPIN_GUARD(&p->lock);

    if (!p->readers)
        return ERR_PEER_CLOSED;
    space = pipe_bytes(p) - pipe_used(p);
    if (space == 0 || space < MIN(want, (size_t)PIPE_ATOMIC))
        return ERR_SHOULD_WAIT;
    if (p->writing) {
        p->writer_waits = true;
        pipe_update_locked(p);
        return ERR_SHOULD_WAIT;
    }
    p->writing = true;
    *size = space;
    return OK;
}

void pipe_write_commit(struct pipe *p, uint32_t size)
{
    SPIN_GUARD(&p->lock);

    p->written += size;
    p->writing = p->writer_waits = false;
    pipe_update_locked(p);
}

/* Pages are made when first written to, by the one that writes. */
status_t pipe_have_page(struct pipe *p, uint32_t at)
{
    struct page **page = &p->pages[at / PAGE_SIZE % p->slots];

    return *page ? OK : page_alloc(page);
}

static status_t pipe_try_write(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct pipe *p = file->data;
    struct iobuf before = *io;
    bool atomic = iobuf_left(io) <= PIPE_ATOMIC;
    uint32_t size, at, done = 0;
    status_t st = pipe_write_begin(p, iobuf_left(io), &size);

    (void)pos;
    if (st != OK)
        return st;
    size = (uint32_t)MIN(size, iobuf_left(io));
    at = p->written;
    while (st == OK && done < size) {
        size_t part = MIN(size - done, PAGE_SIZE - (at + done) % PAGE_SIZE), moved = 0;

        st = pipe_have_page(p, at + done);
        if (st == OK)
            st = iobuf_take(io, pipe_at(p, at + done), part, &moved);
        done += (uint32_t)moved;
    }
    if (st != OK && atomic) {
        *io = before;
        done = 0;
    }
    pipe_write_commit(p, done);
    return done ? OK : st;
}

static struct object *pipe_poll_object(struct file *file)
{
    struct pipe *p = file->data;
    unsigned mode = file->flags & (FILE_READ | FILE_WRITE);

    if (mode == FILE_READ)
        return &p->sides[PIPE_READ_SIDE].object;
    return &p->sides[mode == FILE_WRITE ? PIPE_WRITE_SIDE : PIPE_BOTH_SIDES].object;
}

static status_t pipe_ioctl(struct file *file, struct user_access *ua, uint32_t request,
                           user_addr_t arg, int64_t *result)
{
    struct pipe *p = file->data;
    int32_t size;

    if (request != FIONREAD)
        return ERR_NOT_TTY;
    {
        SPIN_GUARD(&p->lock);
        size = (int32_t)pipe_used(p);
    }
    *result = 0;
    return copy_to_user(ua, arg, &size, sizeof(size));
}

const struct file_ops pipe_file_ops = {
    .name = "pipe",
    .try_read = pipe_try_read,
    .try_write = pipe_try_write,
    .poll_object = pipe_poll_object,
    .tells = true,
    .ioctl = pipe_ioctl,
    .close = pipe_close,
};

bool file_is_pipe(const struct file *file)
{
    return file->ops == &pipe_file_ops;
}
