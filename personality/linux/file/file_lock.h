/*
 * file_lock.h - advisory locks: of processes (fcntl), of open file descriptions (fcntl's OFD
 * locks, flock).
 *
 * A process's lock belongs to its descriptor table, a description's to the file; each goes when
 * its owner closes the file, so neither keeps anything alive.
 */
#pragma once

#include "fs/file.h"
#include "object/syscall.h"
#include "uapi/linux/fcntl.h"

struct fd_table;

enum lock_family { LOCK_RANGES, LOCK_WHOLE }; /* fcntl's and flock's do not see each other */

struct file_lock {
    struct list link;    /* of all locks; guarded by file_lock.c's lock */
    struct inode *inode; /* borrowed: a descriptor of the owner's holds it */
    const void *owner;
    enum lock_family family;
    bool write;
    uint64_t start, end; /* bytes, inclusive */
    int32_t pid;         /* to report; -1: a description's */
};

/* Wait for a lock, or try. `want.owner` and all else but `link` are filled in. ERR_SHOULD_WAIT,
 * ERR_DEADLOCK (LOCK_RANGES of processes), ERR_NO_MEMORY, ERR_INTERRUPTED. */
struct file_lock_wait {
    struct co co;
    struct file_lock want;    /* in */
    bool wait;                /* in */
    struct list waiting_link; /* of those who wait; guarded by file_lock.c's lock */
    const void *blocker;      /* whom we wait for; guarded likewise */
    struct waiter waiter;
};
co_fn file_lock_wait;

/* Give back what `range.owner` has of that range. ERR_NO_MEMORY: it falls in two. */
status_t file_lock_release(const struct file_lock *range) MUST_USE;
/* A lock that is in the way of `want`. */
bool file_lock_find(const struct file_lock *want, struct file_lock *found);

/* fcntl's lock commands: argument 1 is the command, 2 a struct flock. */
struct file_lock_call {
    struct co co;
    struct syscall *call; /* in */
    struct file *file;    /* in */
    struct file_lock_wait wait;
};
co_fn file_lock_call;

/* A descriptor of the table closes: its process's locks on the inode go, by whichever it
 * locked. */
void file_lock_descriptor_closed(struct file *file, struct fd_table *table);
/* The last descriptor of the description closed. */
void file_lock_file_closed(struct file *file);
