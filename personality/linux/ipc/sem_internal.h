/*
 * sem_internal.h - semaphore sets (semop(2)): values, who waits, and what is taken back.
 *
 * A waiting operation lies in its call's frame and on its set's list. Whoever changes values
 * makes those operations that can be made now, in order, on behalf of those who wait, so that
 * none misses a value that was there for a moment. All of it is guarded by sem_sets.lock.
 */
#pragma once

#include "co/waiter.h"
#include "personality/linux/ipc/ipc_internal.h"

enum { SEM_VALUE_MAX = 32767, SEM_UNDO_FLAG = 0x1000 };

/* struct sembuf */
struct sem_op {
    uint16_t number;
    int16_t change;
    int16_t flags;
};

struct semaphore {
    uint16_t value;
    int32_t pid; /* who changed it last */
};

struct sem_set {
    struct ipc_object ipc;
    int64_t operated;    /* seconds since 1970 */
    struct list waiting; /* of sem_wait.waiter.link, oldest first */
    struct list undos;   /* of sem_undo.set_link */
    uint32_t count;
    struct semaphore sems[];
};

/* What is taken back when the last process that has a share in it ends. */
struct sem_undo_list {
    unsigned shares;
    struct list undos; /* of sem_undo.list_link */
};

/* What that adds to the values of one set. */
struct sem_undo {
    struct list set_link, list_link;
    struct sem_undo_list *list; /* borrowed: it goes last */
    struct sem_set *set;
    int16_t adjust[];
};

struct sem_wait {
    struct waiter waiter;
    const struct sem_op *ops; /* of kernel memory */
    unsigned count;
    unsigned blocked; /* the operation that cannot be made */
    struct sem_undo *undo;
    int32_t pid;
    status_t result; /* once fired */
};

static inline struct sem_set *sem_set_of(const struct ipc_object *o)
{
    return container_of(o, struct sem_set, ipc);
}

/* sem.c; with the lock held. */

/* All of them or none: OK, ERR_OUT_OF_RANGE, or ERR_SHOULD_WAIT. */
status_t sem_try_locked(struct sem_set *set, struct sem_wait *w) MUST_USE;
/* Values have changed. */
void sem_update_locked(struct sem_set *set);

/* sem_control.c */
void sem_describe_locked(const struct ipc_object *o, union ipc_ds *ds);

/* sem_undo.c */
/* The process has a list from now on, if it had none. ERR_NO_MEMORY. No lock held. */
status_t sem_undo_list_create(struct linux_process *lp) MUST_USE;
/* Of a process that has a list, for a set of `count`: made if need be. With the lock held,
 * NULL: `*fresh` is to be made by sem_undo_new, without it. */
struct sem_undo *sem_undo_of_locked(struct linux_process *lp, struct sem_set *set,
                                    struct sem_undo **fresh);
struct sem_undo *sem_undo_new(uint32_t count); /* NULL: no memory */
/* Nothing is taken back of semaphore `number`, or of all. */
enum { SEM_ALL = -1 };
void sem_undo_clear_locked(struct sem_set *set, int number);
/* The set goes: off the list. */
void sem_undo_drop_locked(struct sem_set *set);
