/*
 * ipc.h - System V IPC beyond its own calls (sysvipc(7)).
 */
#pragma once

#include "fs/seq.h"

struct linux_process;

/* What no setting makes more of. */
enum {
    IPC_OBJECTS_MAX = 1 << 15,   /* IPCMNI: of a kind; an identifier has so many indices */
    SEM_PER_SET_MAX = 32000,     /* SEMMSL */
    SEM_IN_ALL_MAX = 1024000000, /* SEMMNS */
    SEM_OPS_MAX = 500,           /* SEMOPM: of a call */
    MQ_MESSAGES_MAX = 65536,     /* of a queue, not even with privilege */
    MQ_MESSAGE_SIZE_MAX = 16 << 20,
};

/* The process has no part any more in what is to be taken back of semaphore operations with
 * SEM_UNDO; if nobody else has, it is taken back now. */
void ipc_leave_undos(struct linux_process *lp);
/* CLONE_SYSVSEM: the child, which has none, has that of the parent. ERR_NO_MEMORY. */
status_t ipc_share_undos(struct linux_process *parent, struct linux_process *child) MUST_USE;

/* The texts of /proc/sysvipc/shm, sem and msg: a heading, then a row for each object. */
void shm_show(struct seq *seq);
void sem_show(struct seq *seq);
void msg_show(struct seq *seq);

/* The file system of POSIX queues becomes known to mount(2); once per boot. */
status_t mqueue_register(void) MUST_USE;

/* Everything goes, POSIX queues too, for who counts what is left of a test. */
void ipc_remove_all(void);
