/*
 * mqueue_internal.h - POSIX message queues (mq_overview(7)).
 *
 * A queue is an object whose signals say whether there are messages and room; a descriptor of
 * it is a file. The table has a reference to it while it has a name, each file has one.
 *
 * Lock order: mq_lock -> the queue's object.lock, which guards what a queue holds.
 */
#pragma once

#include "fs/file.h"
#include "personality/linux/ipc/ipc.h"
#include "personality/linux/process/process.h"

enum { MQ_NAME_MAX = 255, MQ_PRIORITY_MAX = 32768 };

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
    int signo;                     /* 0: he only keeps others away */
    uint64_t value;
};

struct mqueue {
    struct object object;
    struct list all_link; /* of every queue; guarded by mq_lock */
    bool named;           /* guarded by mq_lock */
    char name[MQ_NAME_MAX + 1];
    uint32_t uid, gid, mode, charged_uid;
    int64_t messages_max, size_max;
    struct list messages; /* highest priority first, then oldest */
    int64_t count;
    unsigned receivers; /* that wait */
    struct mq_watch watch;
};

/* All names go. */
void mqueue_remove_all(void);
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
