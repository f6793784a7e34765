/*
 * ipc.h - System V IPC beyond its own calls (sysvipc(7)).
 */
#pragma once

#include "fs/seq.h"

struct linux_process;

/* The process ends: its semaphore operations with SEM_UNDO are taken back. */
void ipc_process_ended(struct linux_process *lp);

/* The texts of /proc/sysvipc. */
void shm_show(struct seq *seq);
void sem_show(struct seq *seq);
void msg_show(struct seq *seq);

void mqueue_remove_all(void); /* POSIX queues */

/* Everything goes, for who counts what is left of a test. */
void ipc_remove_all(void);
