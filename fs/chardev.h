/*
 * chardev.h - character devices by number: what opening a device node leads to.
 */
#pragma once

#include "fs/file.h"

/* Static; stays registered. */
struct chardev {
    const char *name; /* in /dev; NULL: no node by itself */
    dev_t_ dev;       /* the first number */
    uint32_t minors;  /* how many from there on; 0: one */
    uint32_t mode;    /* of the node */
    /* What an open file gets, unless `open` sets it. */
    const struct file_ops *ops;
    unsigned flags; /* FILE_SEEKABLE */
    /* Optional: file->inode->attr.rdev says which; may set file->ops and file->data. */
    status_t (*open)(const struct chardev *dev, struct file *file);
    struct list link; /* of all; guarded by chardev.c's lock */
};

/* ERR_ALREADY_EXISTS: a number is taken. */
status_t chardev_register(struct chardev *dev) MUST_USE;

/* The first registered (NULL) / the one after; NULL: no more. */
const struct chardev *chardev_next(const struct chardev *dev);

/* For file_open: ERR_IO_NOT_PRESENT when nothing is behind the number. */
status_t chardev_open(struct file *file) MUST_USE;

/* Forget all (a machine boots). */
void chardev_init(void);
