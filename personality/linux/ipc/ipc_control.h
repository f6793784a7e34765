/*
 * ipc_control.h - what shmctl, semctl and msgctl have in common (shmctl(2)): IPC_STAT and its
 * relatives, IPC_SET, IPC_RMID; and the texts of /proc/sysvipc.
 *
 * Argument 0 of a call names the object. The structs are those of user mode.
 */
#pragma once

#include "isa/linux_abi.h"
#include "personality/linux/ipc/ipc_internal.h"

/* struct ipc64_perm */
struct ipc_perm {
    int32_t key;
    uint32_t uid, gid, cuid, cgid, mode;
    uint16_t seq, pad;
    uint32_t pad2;
    uint64_t unused[2];
};

/* struct shmid64_ds */
struct shmid_ds {
    struct ipc_perm perm;
    uint64_t size;
    int64_t attached, detached, changed;
    int32_t creator, last;
    uint64_t mappings, unused[2];
};

/* struct semid64_ds; x86_64 has a word more behind each time. */
struct semid_ds {
    struct ipc_perm perm;
    int64_t operated[SEM_TIME_WORDS], changed[SEM_TIME_WORDS];
    uint64_t count, unused[2];
};

/* struct msqid64_ds */
struct msqid_ds {
    struct ipc_perm perm;
    int64_t sent, received, changed;
    uint64_t bytes, count, bytes_max;
    int32_t sender, receiver;
    uint64_t unused[2];
};

union ipc_ds {
    struct ipc_perm perm;
    struct shmid_ds shm;
    struct semid_ds sem;
    struct msqid_ds msg;
};

/* IPC_STAT by identifier; *_STAT and *_STAT_ANY by index, with the identifier as result. */
enum ipc_stat { IPC_BY_ID, IPC_BY_INDEX, IPC_BY_INDEX_ANY /* whatever its mode */ };

/* ERR_INVALID_ARGS: there is none; ERR_ACCESS_DENIED. */
status_t ipc_stat(struct syscall *call, struct ipc_table *t, enum ipc_stat how,
                  user_addr_t to) MUST_USE;
/* Owner, permissions, and what the kind lets be set. ERR_INVALID_ARGS, ERR_NOT_PERMITTED. */
status_t ipc_set(struct syscall *call, struct ipc_table *t, user_addr_t from) MUST_USE;
/* ERR_INVALID_ARGS, ERR_NOT_PERMITTED. */
status_t ipc_remove(struct syscall *call, struct ipc_table *t) MUST_USE;

/* The heading, and a row for each object. */
typedef void ipc_row_fn(struct seq *seq, int32_t id, const union ipc_ds *ds);
void ipc_show(struct ipc_table *t, struct seq *seq, const char *heading, ipc_row_fn *row);
