/*
 * inotify_internal.h - an inotify instance (inotify(7)): its queue of events and its watches.
 *
 * Lock order: object.lock of the instance -> fs/notify.h's.
 */
#pragma once

#include "fs/file.h"
#include "fs/notify.h"
#include "uapi/linux/inotify.h"

/* One event as a program reads it, with room for the NULs behind the name. */
struct queued {
    struct list link;
    struct inotify_event event;
    char name[];
};

/* The object shows readiness; its lock guards the rest. */
struct inotify {
    struct object object;
    struct list watches; /* of watch.link */
    struct list queue;   /* of queued.link, oldest first */
    uint32_t count;      /* of the queue, the overflow apart */
    uint64_t bytes;      /* that reading all of it would give */
    int32_t last_wd;
    struct queued overflow; /* in the queue, or idle */
};

/* Kept by its mark. */
struct watch {
    struct notify_mark mark;
    struct inotify *owner; /* reference */
    struct list link;      /* guarded by the owner's lock; idle: removed */
    int32_t wd;            /* likewise; 0: not told yet */
    bool oneshot;          /* guarded by the owner's lock */
};

/* ---- events: inotify_queue.c ---- */

/* NULL: no memory, and the event is lost like one too many. */
struct queued *inotify_event_new(uint32_t mask, uint32_t cookie, struct name name);
/* Into the queue; in->object.lock is held. NULL, or too many: the overflow is told, once. The
 * event, unless it is queued, is given back for kfree. */
struct queued *inotify_queue_locked(struct inotify *in, struct queued *q) MUST_USE;
/* Drop all; nobody else has the instance. */
void inotify_queue_empty(struct inotify *in);
/* try_read of fs/file.h: whole events, as many as fit; one that the program cannot be told goes
 * back. ERR_INVALID_ARGS: the first one does not fit. */
status_t inotify_read(struct file *file, struct iobuf *io, uint64_t *pos) MUST_USE;

/* ---- watches: inotify_watch.c ---- */

/* A watch of `inode`, or the change of the one that is there; its number in *wd.
 * ERR_ALREADY_EXISTS: IN_MASK_CREATE. */
status_t inotify_watch_add(struct inotify *in, struct inode *inode, uint32_t mask,
                           int64_t *wd) MUST_USE;
/* A reference to its mark; NULL: no such watch. `wd` 0: any. */
struct watch *inotify_watch_get(struct inotify *in, int32_t wd);
/* Takes it away from the program, who is told, and from its inode. */
void inotify_watch_remove(struct watch *w);
