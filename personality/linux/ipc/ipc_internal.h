/*
 * ipc_internal.h - what shared memory, semaphores and message queues have in common: keys,
 * identifiers, owners and permissions.
 *
 * A table's lock guards the table and all that its objects are and hold. An object is freed
 * with the lock held by nobody, once it is out of the table; who waits for it is told before
 * (ERR_REMOVED) and looks for it by its identifier again. The locks of processes (their
 * credentials) and of VMOs come after it.
 */
#pragma once

#include "personality/linux/ipc/ipc.h"
#include "personality/linux/process/process.h"
#include "personality/linux/sysctl.h"

enum {
    IPC_PRIVATE = 0,
    IPC_RMID = 0, /* commands */
    IPC_SET,
    IPC_STAT,
    IPC_INFO,
    IPC_CREAT = 01000,
    IPC_EXCL = 02000,
    IPC_NOWAIT = 04000,
};

enum { CAP_IPC_OWNER = 15 };
enum { IPC_READ = 0444, IPC_WRITE = 0222, IPC_EXEC = 0111 };

/* An identifier is an index, and above it a number that tells objects of one index apart. */
enum { IPC_INDEX_BITS = 15 };

struct ipc_object {
    int32_t key, id;
    uint32_t uid, gid, cuid, cgid, mode; /* mode: also SHM_DEST */
    int64_t changed;                     /* seconds since 1970 */
};

/* What a *get call asks for. */
struct ipc_request {
    int32_t key;
    uint32_t flags; /* mode bits and IPC_* */
    uint64_t size;  /* of memory, or semaphores */
};

union ipc_ds; /* ipc_control.h */

struct ipc_ops {
    enum sysctl_id max; /* how many there may be */
    size_t ds_size;     /* of the struct that IPC_STAT gives and IPC_SET takes */
    /* The head of the object is filled in later. ERR_INVALID_ARGS, ERR_NO_MEMORY, ERR_NO_SPACE.
     */
    status_t (*create)(struct syscall *call, const struct ipc_request *r,
                       struct ipc_object **out) MUST_USE;
    /* Locked, as all but the last: does the request fit one that is there? Optional. */
    status_t (*check)(const struct ipc_object *o, const struct ipc_request *r);
    /* IPC_STAT: the struct, but for the permissions. */
    void (*describe)(const struct ipc_object *o, union ipc_ds *ds);
    /* IPC_SET: what else than the permissions is set. Optional. ERR_NOT_PERMITTED. */
    status_t (*set)(struct syscall *call, struct ipc_object *o, const union ipc_ds *ds);
    /* IPC_RMID: nobody finds it any more by its key, and who waits is told. True: to be freed;
     * false: it is going already. */
    bool (*retire)(struct ipc_object *o);
    /* It never was in the table, or was retired. No lock held. */
    void (*free)(struct ipc_object *o);
};

struct ipc_table {
    const struct ipc_ops *ops;
    struct spinlock lock;
    struct ipc_object **slots; /* by index; guarded by lock, as all below */
    uint32_t capacity, count;
    uint16_t seq; /* of the next object */
};

extern struct ipc_table shm_segments, sem_sets, msg_queues;

/* The call's result is the identifier. ERR_NOT_FOUND, ERR_ALREADY_EXISTS, ERR_ACCESS_DENIED;
 * ERR_NO_SPACE: there are too many; what the kind's create and check say. */
status_t ipc_get(struct syscall *call, struct ipc_table *t,
                 const struct ipc_request *r) MUST_USE;
/* NULL: there is none. Caller holds the lock, as below. */
struct ipc_object *ipc_find_locked(struct ipc_table *t, int32_t id);
struct ipc_object *ipc_at_locked(struct ipc_table *t, uint32_t index);
/* ERR_INVALID_ARGS: none; ERR_ACCESS_DENIED: its mode does not allow `want` (IPC_*). */
status_t ipc_access_locked(struct syscall *call, struct ipc_table *t, int32_t id, unsigned want,
                           struct ipc_object **out) MUST_USE;
/* ERR_ACCESS_DENIED. */
status_t ipc_permitted(struct syscall *call, const struct ipc_object *o,
                       unsigned want) MUST_USE;
/* ERR_INVALID_ARGS: none; ERR_NOT_PERMITTED: the caller neither owns nor made it. */
status_t ipc_own_locked(struct syscall *call, struct ipc_table *t, int32_t id,
                        struct ipc_object **out) MUST_USE;
void ipc_take_out_locked(struct ipc_table *t, struct ipc_object *o);
/* The object at `*index`, or the next one; `*index` is then behind it. NULL: no more. */
struct ipc_object *ipc_next_locked(const struct ipc_table *t, uint32_t *index);
/* The highest index in use; 0 if there is none. Takes the lock. */
uint32_t ipc_highest(struct ipc_table *t);

int64_t ipc_now(void); /* seconds since 1970 */
