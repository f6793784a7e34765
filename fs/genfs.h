/*
 * genfs.h - file systems whose files are made up when somebody looks: procfs, sysfs.
 *
 * An inode is one ops table and a pointer, `inode.data`. A lookup makes a new inode each time;
 * its number says which file it is, so it must be the same for the same thing and never be used
 * for another (a koid has a place in it).
 */
#pragma once

#include "fs/file.h"
#include "fs/seq.h"

/* Those that do not fit the type of the inode are NULL. */
struct gen_ops {
    /* Directories: as inode_ops. */
    status_t (*lookup)(struct inode *dir, struct name name, struct inode **out);
    status_t (*readdir)(struct inode *dir, uint64_t *at,
                        bool (*emit)(void *arg, struct name name, uint64_t ino,
                                     enum inode_type type, uint64_t next),
                        void *arg);
    /* Files: the whole text, made anew for each reading that begins at the start. */
    status_t (*show)(struct inode *inode, struct seq *seq);
    /* Files: what one write(2) of at most a page gave. */
    status_t (*store)(struct inode *inode, const char *text, size_t size);
    /* Links: as inode_ops. */
    status_t (*readlink)(struct inode *inode, char *buf, size_t size, size_t *length);
    status_t (*follow)(struct inode *inode, struct path *out);
    /* Optional: attributes that change; starts from inode.attr. */
    void (*attr)(struct inode *inode, struct inode_attr *attr);
    /* Optional: as inode_ops; without it only a size may be set, to no effect. */
    status_t (*set_attr)(struct inode *inode, const struct inode_attr *attr, unsigned which);
    /* Optional: the inode goes; lets go of `data`. */
    void (*release)(struct inode *inode);
};

/* With a root made of `ops`; number 1. The caller is the holder. */
status_t genfs_create(const char *type, uint32_t magic, const struct gen_ops *ops, void *data,
                      struct filesystem **out) MUST_USE;

/* `data` is consumed on OK. Times are of now. */
status_t gen_inode_create(struct filesystem *fs, uint64_t ino, enum inode_type type,
                          uint32_t mode, uint32_t uid, uint32_t gid, const struct gen_ops *ops,
                          void *data, struct inode **out) MUST_USE;

/* Whether an inode, of any file system, was made with these. */
bool gen_inode_is(struct inode *inode, const struct gen_ops *ops);

/* Directories with fixed contents: a table of names. */
struct gen_entry {
    const char *name;
    enum inode_type type;
    uint32_t mode;
    const struct gen_ops *ops;
};
/* NULL: not there. */
const struct gen_entry *gen_find(const struct gen_entry *table, unsigned count,
                                 struct name name);
/* As readdir, for cursors from `first` on, one each; the file numbers count from `ino`. False:
 * emit was full. */
bool gen_list(const struct gen_entry *table, unsigned count, uint64_t first, uint64_t ino,
              uint64_t *at,
              bool (*emit)(void *arg, struct name name, uint64_t entry_ino,
                           enum inode_type type, uint64_t next),
              void *arg);
