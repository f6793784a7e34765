/*
 * lease.h - leases: who has one is told before others open or truncate the file (fcntl(2),
 * "Leases").
 *
 * A lease is an open file's, and goes when the last descriptor of it closes: it hangs on what
 * is kept of whom the file's signals are for (file_owner.h).
 */
#pragma once

#include "co/timer.h"
#include "fs/inode.h"
#include "object/syscall.h"

struct file;
struct lease;

enum lease_use { LEASE_USE_READ, LEASE_USE_WRITE };

/* F_SETLEASE, F_GETLEASE. */
status_t lease_call(struct syscall *call, struct file *file) MUST_USE;

/*
 * The inode is about to be opened, or truncated, for that use. Those whose leases are in the
 * way are told, once, to give them up within the time of /proc/sys/fs/lease-break-time.
 * ERR_SHOULD_WAIT: they have not yet. Costs a look at a counter while there is no lease
 * anywhere. No lock held.
 */
status_t lease_break(struct inode *inode, enum lease_use use) MUST_USE;

/* Until no lease is in the way any more: given up, or taken away after its time. */
struct lease_wait {
    struct co co;
    struct inode *inode; /* in; the caller's reference */
    enum lease_use use;  /* in */
    struct waiter waiter;
    struct timer timer;
};
co_fn lease_wait;

/* The file it is of has closed, or given it up; NULL is fine. No lock held. */
void lease_end(struct lease *lease);
