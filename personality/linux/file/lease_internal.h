/*
 * lease_internal.h - what the files of leases share.
 *
 * All leases of the system are in one list, which is searched: programs hold few.
 * Order: leases_lock -> owner_lock.
 */
#pragma once

#include "personality/linux/file/file_owner_internal.h"
#include "personality/linux/file/lease.h"

struct lease {
    struct list link;         /* of all leases; guarded by leases_lock */
    struct file *file;        /* borrowed: its owner has the lease, and goes first */
    struct inode *inode;      /* borrowed: the file's */
    struct file_owner *owner; /* reference: who is told */
    int fd;
    /* The rest is guarded by leases_lock. */
    int type; /* F_RDLCK, F_WRLCK */
    /* He has been told to give it up, or to make less of it: then it is taken from him.
     * 0: he has not been told. */
    time_ns_t unlock_at, downgrade_at;
};

extern struct spinlock leases_lock;
extern struct list leases; /* of lease.link; guarded by leases_lock */

void lease_add_locked(struct lease *lease);
/* False: somebody has taken it out. */
bool lease_remove_locked(struct lease *lease);
void lease_set_type_locked(struct lease *lease, int type);
/* Takes from those whose time is up what they were asked for. No lock held. */
void lease_expire(const struct inode *inode);
/* Who waits looks again. */
void lease_changed(void);
/* Not in the list; NULL is fine. */
void lease_free(struct lease *lease);
