/*
 * mqueue_internal.h - POSIX message queues (mq_overview(7)).
 *
 * A queue is an object whose signals say whether there are messages and room; a descriptor of
 * it is a file. The table has a reference to it while it has a name, each inode and file has
 * one. Inodes are made when somebody looks (mqueue_fs.c): they are views of the queue, which
 * has the attributes.
 *
 * Lock order: mq_lock -> the queue's object.lock, which guards what a queue holds.
 */
#pragma once

#include "fs/file.h"
#include "personality/linux/ipc/ipc.h"
#include "personality/linux/process/process.h"

enum { MQ_NAME_MAX = 255, MQ_PRIORITY_MAX = 32768, MQ_ROOT_INO = 1 };

/* struct mq_attr */
struct mq_attr {
    int64_t flags, messages_max, size_max, messages, reserved[4];
};

struct mq_message {
    struct list link;
    uint32_t priority;
    size_t size;
    char data[];
};

/* Who is told when a message comes into the empty queue (mq_notify(3)). */
struct mq_watch {
    struct linux_process *process; /* reference; NULL: nobody */
    int notify;                    /* SIGEV_* */
    int signo;                     /* 0: he only keeps others away */
    uint64_t value;
};

struct mqueue {
    struct object object;
    struct list all_link; /* of every queue; guarded by mq_lock */
    bool named;           /* guarded by mq_lock */
    char name[MQ_NAME_MAX + 1];
    uint64_t ino; /* in the order in which they were named; constant then */
    uint32_t uid, gid, mode;
    uint32_t charged_uid; /* constant, as the next three */
    int64_t born;         /* realtime ns */
    int64_t messages_max, size_max;
    int64_t changed;      /* realtime ns */
    struct list messages; /* highest priority first, then oldest */
    int64_t count;
    uint64_t bytes;     /* of all messages */
    unsigned receivers; /* that wait */
    struct mq_watch watch;
};

/* All names go. */
void mqueue_remove_all(void);
/* By name: a reference; NULL: there is none. */
struct mqueue *mqueue_find(struct name name);
/* The named one whose number is `ino`, or the next: a reference; NULL: no more. */
struct mqueue *mqueue_next(uint64_t ino);
/* A new one with attributes from `attr` and the default sizes, named: a reference.
 * ERR_ALREADY_EXISTS, ERR_NO_SPACE, ERR_TOO_MANY_FILES, ERR_NO_MEMORY. */
status_t mqueue_create(struct name name, const struct inode_attr *attr,
                       struct mqueue **out) MUST_USE;
/* Its name goes. False: it had none any more. */
bool mqueue_unname(struct mqueue *q);
/* The caller may read (4), write (2). */
status_t mqueue_permission(struct syscall *call, struct mqueue *q, unsigned want) MUST_USE;
/* Opens it; the caller keeps his reference. */
status_t mqueue_open_file(struct mqueue *q, unsigned flags, struct file **out) MUST_USE;
/* The file system of queues is not kept any longer. */
void mqueue_fs_forget(void);
/* NULL: it is no queue's. Borrowed. */
struct mqueue *mqueue_of_file(struct file *file);
struct mq_attr mqueue_attr(struct mqueue *q, struct file *file);
/* ERR_SHOULD_WAIT: no room, or nothing there. A message that was put is the queue's. */
status_t mqueue_put(struct syscall *call, struct mqueue *q, struct mq_message *m) MUST_USE;
status_t mqueue_take(struct mqueue *q, struct mq_message **out) MUST_USE;
/* Somebody waits for a message, or no longer. */
void mqueue_note_receiver(struct mqueue *q, int by);
/* The process, if it is the one who is told, no longer is. */
void mqueue_unwatch(struct mqueue *q, const struct linux_process *lp);
/* mq_notify: `watch` NULL: the caller's goes. ERR_ALREADY_BOUND: somebody else is there. */
status_t mqueue_watch(struct syscall *call, struct mqueue *q,
                      const struct mq_watch *watch) MUST_USE;
