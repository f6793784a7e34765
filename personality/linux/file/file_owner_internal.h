/*
 * file_owner_internal.h - what is kept of who is told of a file, and how he is.
 *
 * A file's readiness changes under its poll object's lock, where no signal can be sent: the
 * observer arms a timer that has expired, whose callback sends them with no lock held.
 *
 * Locks: owner_lock guards file->owner and all of struct file_owner but what says otherwise.
 * Order: owner_lock -> the poll object's lock -> the timers'.
 */
#pragma once

#include "co/timer.h"
#include "fs/notify.h"
#include "personality/linux/file/file_owner.h"
#include "personality/linux/process/process.h"

enum owner_kind { OWNER_THREAD, OWNER_PROCESS, OWNER_GROUP, OWNER_NOBODY };

struct file_owner {
    /* The file's, its mark's, its lease's, and one while the timer is armed. */
    atomic_uint refs;
    enum owner_kind kind;
    int32_t id;
    struct linux_process *process; /* OWNER_PROCESS: reference */
    struct thread *thread;         /* OWNER_THREAD: reference */
    uint32_t uid, euid;            /* of who said so */
    int signo;                     /* F_SETSIG; 0: SIGIO, without details */

    int fd; /* of O_ASYNC */
    bool tells;
    struct observer observer;
    struct timer timer;
    atomic_uint armed;      /* the timer is, or its callback runs */
    _Atomic(uint32_t) band; /* FILE_* that came since signals were sent */

    struct notify_mark *mark; /* F_NOTIFY's: a reference; NULL: none */
    struct lease *lease;      /* F_SETLEASE's, or NULL */
};

extern struct spinlock owner_lock;

/* The file's, made if need be: a reference. ERR_BAD_FD: its last descriptor has closed, and it
 * has none; ERR_NO_MEMORY. */
status_t file_owner_of(struct file *file, struct file_owner **out) MUST_USE;
struct file_owner *file_owner_hold(struct file_owner *owner);
void file_owner_put(struct file_owner *owner); /* NULL is fine */
/* That one, if he is there, unless somebody is it already. */
void file_owner_default(struct syscall *call, struct file_owner *owner, enum owner_kind kind,
                        int32_t id);

/* He is nobody again, and told by SIGIO. */
void file_owner_clear(struct file_owner *owner);

/* Signal it: `code` and `band` are for a signal of F_SETSIG. No lock held. */
void file_owner_tell(struct file_owner *owner, int fd, int code, uint32_t band);
/* dnotify.c: the mark goes. No lock held. */
void file_notify_end(struct notify_mark *mark);
