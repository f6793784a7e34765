/*
 * notify.h - marks on inodes: who watches a file or directory, and telling him what happens to
 * it (inotify(7)).
 *
 * A mark is embedded in what the watcher keeps. While it is attached it keeps the inode and is
 * kept itself by the inode's list. Events are told with no lock held, so a mark may be told of
 * one that was under way when it was detached.
 */
#pragma once

#include "fs/file.h"

/* Numerically Linux's IN_*. */
enum {
    NOTIFY_ACCESS = 0x1,
    NOTIFY_MODIFY = 0x2,
    NOTIFY_ATTRIB = 0x4,
    NOTIFY_CLOSE_WRITE = 0x8,
    NOTIFY_CLOSE_NOWRITE = 0x10,
    NOTIFY_OPEN = 0x20,
    NOTIFY_MOVED_FROM = 0x40,
    NOTIFY_MOVED_TO = 0x80,
    NOTIFY_CREATE = 0x100,
    NOTIFY_DELETE = 0x200,
    NOTIFY_DELETE_SELF = 0x400,
    NOTIFY_MOVE_SELF = 0x800,
    NOTIFY_ALL = 0xfff,
    NOTIFY_RENAME = 0x10000000,      /* beside MOVED_FROM: it stays in the directory */
    NOTIFY_EXCL_UNLINK = 0x04000000, /* of a mark: not of children that have no name any more */
    NOTIFY_ISDIR = 0x40000000,
};

struct notify_event {
    uint32_t what;    /* one of NOTIFY_ALL, and NOTIFY_ISDIR, NOTIFY_RENAME */
    uint32_t cookie;  /* joins the two events of a rename; else 0 */
    struct name name; /* in the marked directory; size 0: the marked inode itself */
};

struct notify_mark {
    /* No lock held. After NOTIFY_DELETE_SELF nothing more comes. */
    void (*tell)(struct notify_mark *mark, const struct notify_event *event);
    void (*free)(struct notify_mark *mark); /* the last reference is gone */
    atomic_uint refs;
    struct inode *inode; /* reference, until freed */
    uint64_t order;      /* in which they were attached */
    struct list link;    /* of inode->marks; guarded by notify.c's lock, as is: */
    uint32_t mask;       /* NOTIFY_* that it is told of */
};

/* Attach one whose `tell`, `free` and `mask` are set: a reference is the caller's, one the
 * list's. */
void notify_attach(struct notify_mark *mark, struct inode *inode);
/* Off the list. True: it was on it, and the list's reference is the caller's now. */
bool notify_detach(struct notify_mark *mark) MUST_USE;
void notify_mark_get(struct notify_mark *mark);
void notify_mark_put(struct notify_mark *mark);
/* Change what it is told of: `mask`, or that too. */
enum notify_change { NOTIFY_REPLACE, NOTIFY_ADD };
void notify_change_mask(struct notify_mark *mark, uint32_t mask, enum notify_change change);
uint32_t notify_mask(struct notify_mark *mark);

/*
 * Hooks of the VFS, one for each kind of event, after it has happened; no lock held. They cost
 * a look at a counter while there is no mark anywhere.
 */
/* To the file, and with its name to the directory it was opened in. */
void notify_file(struct file *file, uint32_t what);
void notify_dentry(struct dentry *dentry, uint32_t what);
/* Its name in `dir` came or went: NOTIFY_CREATE, DELETE. */
void notify_name(struct inode *dir, struct name name, struct inode *inode, uint32_t what);
/* To the inode alone: NOTIFY_ATTRIB for its link count. */
void notify_inode(struct inode *inode, uint32_t what);
void notify_rename(struct inode *from, struct name from_name, struct inode *to,
                   struct name to_name, struct inode *moved);
/* A name or an open file less: if none is left, NOTIFY_DELETE_SELF. */
void notify_gone(struct inode *inode);
