/*
 * ipc_internal.h - what shared memory, semaphores and message queues have in common: keys,
 * identifiers, owners and permissions.
 *
 * A table's lock guards the table and all that its objects are and hold. An object is freed
 * with the lock held by nobody, once it is out of the table; who waits for it is told before
 * (ERR_REMOVED) and looks for it by its identifier again.
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

struct ipc_object {
    int32_t key, id;
    uint32_t uid, gid, cuid, cgid, mode; /* mode: also SHM_DEST */
    uint16_t seq;
    int64_t changed; /* seconds since 1970 */
};

/* struct ipc64_perm. */
struct ipc_perm {
    int32_t key;
    uint32_t uid, gid, cuid, cgid, mode;
    uint16_t seq, pad;
    uint32_t pad2;
    uint64_t unused[2];
};

/* What a *get call asks for. */
struct ipc_request {
    int32_t key;
    uint32_t flags; /* mode bits and IPC_* */
    uint64_t size;  /* of memory, or semaphores */
};

struct ipc_ops {
    enum sysctl_id max; /* how many there may be */
    /* The head of the object is filled in later. ERR_INVALID_ARGS, ERR_NO_MEMORY, ERR_NO_SPACE.
     */
    status_t (*create)(struct syscall *call, const struct ipc_request *r,
                       struct ipc_object **out) MUST_USE;
    /* Locked: does the request fit one that is there? Optional. */
    status_t (*check)(const struct ipc_object *o, const struct ipc_request *r);
    /* It never was in the table, or is not any more. */
    void (*free)(struct ipc_object *o);
};

struct ipc_table {
    const struct ipc_ops *ops;
    struct spinlock lock;
    struct ipc_object **slots; /* by index; guarded by lock, as all below */
    uint32_t capacity, count;
    uint16_t seq; /* of the next object */
};

/* The call's result is the identifier. */
status_t ipc_get(struct syscall *call, struct ipc_table *t,
                 const struct ipc_request *r) MUST_USE;
/* NULL: there is none. Caller holds the lock, as below. */
struct ipc_object *ipc_find_locked(struct ipc_table *t, int32_t id);
struct ipc_object *ipc_at_locked(struct ipc_table *t, uint32_t index);
/* ERR_INVALID_ARGS: none; ERR_ACCESS_DENIED: its mode does not allow `want` (IPC_*). */
status_t ipc_access_locked(struct syscall *call, struct ipc_table *t, int32_t id, unsigned want,
                           struct ipc_object **out) MUST_USE;
status_t ipc_permitted(struct syscall *call, const struct ipc_object *o,
                       unsigned want) MUST_USE;
/* ERR_NOT_PERMITTED: the caller neither owns nor made it. */
status_t ipc_own_locked(struct syscall *call, struct ipc_table *t, int32_t id,
                        struct ipc_object **out) MUST_USE;
void ipc_take_out_locked(struct ipc_table *t, struct ipc_object *o);
/* Nobody finds it by its key any more. */
void ipc_hide_locked(struct ipc_object *o);
/* The highest index in use; 0 if there is none. */
uint32_t ipc_highest_locked(struct ipc_table *t);

struct ipc_perm ipc_perm_of(const struct ipc_object *o);
/* IPC_SET: owner and permissions. */
void ipc_set_perm_locked(struct ipc_object *o, const struct ipc_perm *perm);
int64_t ipc_now(void);

/* An object out of the table. */
void ipc_remove_all_of(struct ipc_table *t, void (*remove_locked)(struct ipc_object *o));

void shm_remove_all(void);
void sem_remove_all(void);
void msg_remove_all(void);
