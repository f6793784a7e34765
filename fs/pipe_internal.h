/*
 * pipe_internal.h - the pipe itself, shared by the ring (pipe.c) and the opening (fifo.c).
 */
#pragma once

#include "fs/file.h"

enum { PIPE_PAGES = 16 };
enum pipe_side_index { PIPE_READ_SIDE, PIPE_WRITE_SIDE, PIPE_BOTH_SIDES, PIPE_SIDES };

/* Readiness as files that are open for this see it. */
struct pipe_side {
    struct object object;
    struct pipe *pipe;
    signals_t shown; /* guarded by pipe.lock */
};

/*
 * Alive while one of its sides is: files hold all three, a poller may hold one longer.
 * Lock order: pipe.lock -> object.lock.
 */
struct pipe {
    struct spinlock lock;
    struct pipe_side sides[PIPE_SIDES];
    atomic_uint side_refs;

    /* Made when needed; slot n has bytes [n, n + 1) * PAGE_SIZE modulo the capacity. Only who
     * has `writing` fills slots in; bytes in [read, written) are the reader's. Who has both may
     * take another ring. */
    struct page **pages; /* first_pages, or the heap's */
    uint32_t slots;      /* of the ring; a power of two */
    struct page *first_pages[PIPE_PAGES];
    uint32_t read, written; /* bytes ever, modulo 2^32; guarded by lock. `read` is moved by who
                               has `reading`, `written` by who has `writing`; both go back to 0
                               when nothing is in between and nobody writes */
    bool reading, writing;  /* somebody is copying; guarded by lock */
    bool reader_waits, writer_waits; /* another wants to; guarded by lock */

    unsigned readers, writers;           /* open files; guarded by lock */
    bool had_writer;                     /* no end of file before the first; guarded by lock */
    uint64_t reader_opens, writer_opens; /* ever; guarded by lock */
    struct wait_queue opened;            /* of those that wait for the other side */
    unsigned users;                      /* open files; guarded by the inode's lock */
};

extern const struct file_ops pipe_file_ops;

struct pipe *pipe_new(void); /* NULL: no memory */
void pipe_free(struct pipe *p);
void pipe_update_locked(struct pipe *p);
static inline uint32_t pipe_used(const struct pipe *p)
{
    return p->written - p->read;
}
static inline uint32_t pipe_bytes(const struct pipe *p)
{
    return p->slots * PAGE_SIZE;
}
/* The pages of a ring, and its memory if that is the heap's, go. */
void pipe_free_ring(struct pipe *p, struct page **pages, uint32_t slots);
void pipe_close(struct file *file);

/*
 * Become the reader: OK with `*size` bytes to read at p->read, or with 0 and not the reader:
 * the end. ERR_SHOULD_WAIT: nothing there, or another reads. The reader commits what it took.
 */
status_t pipe_read_begin(struct pipe *p, uint32_t *size) MUST_USE;
void pipe_read_commit(struct pipe *p, uint32_t size);
/* Become the writer, if there is room for `want` bytes: OK with room for `*size` at p->written.
 * ERR_PEER_CLOSED, ERR_SHOULD_WAIT. The writer commits what it wrote. */
status_t pipe_write_begin(struct pipe *p, size_t want, uint32_t *size) MUST_USE;
void pipe_write_commit(struct pipe *p, uint32_t size);
/* The byte at a position, up to the end of its page; the writer makes the page first. */
void *pipe_at(struct pipe *p, uint32_t at);
status_t pipe_have_page(struct pipe *p, uint32_t at) MUST_USE;
