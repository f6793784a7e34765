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
     * has `writing` fills slots in; bytes in [read, written) are the reader's. */
    struct page *pages[PIPE_PAGES];
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
void pipe_close(struct file *file);
