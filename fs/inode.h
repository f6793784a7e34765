/*
 * inode.h - inodes: a file's identity, attributes and contents, whatever file system it is of.
 *
 * Contents of a regular file are its VMO (the page cache): ramfs keeps them nowhere else,
 * hostfs fills them by a pager, the overlay copies a file up by cloning it. read, write and
 * mmap all go through it.
 *
 * Operations are plain functions. One whose file system has to wait returns ERR_SHOULD_WAIT.
 *
 * Lock order: dentry_lock (fs/dentry.h) -> inode.lock of the directory -> of the child ->
 * vmo.lock. Attributes are guarded by inode.lock, a spinlock; so is truncation, which sets
 * the size here and in the VMO in one step. `mutex` serialises writes and may be held across
 * waits.
 */
#pragma once

#include "co/mutex.h"
#include "vm/vmo.h"

struct file;
struct filesystem;
struct iobuf;
struct inode;
struct path;
struct pipe;
struct seq;
struct xattrs;

enum inode_type {
    INODE_FILE,
    INODE_DIR,
    INODE_SYMLINK,
    INODE_CHAR,
    INODE_BLOCK,
    INODE_FIFO,
    INODE_SOCKET
};

/* Bits of inode_attr.mode above the permissions. */
enum { MODE_SETUID = 04000, MODE_SETGID = 02000, MODE_STICKY = 01000 };

/* A device number: major << 20 | minor. */
typedef uint64_t dev_t_;
#define DEV(major, minor) (((dev_t_)(major) << 20) | (minor))

/* As stat(2) of a Linux host has it: the minor number's lower byte, the major one, the rest. */
static inline dev_t_ dev_of_stat(uint64_t rdev)
{
    return DEV(rdev >> 8 & 0xfff, (rdev & 0xff) | (rdev >> 12 & 0xfff00));
}
static inline uint64_t dev_to_stat(dev_t_ dev)
{
    return (dev & 0xff) | (dev >> 20) << 8 | (dev & 0xfff00) << 12;
}

struct inode_attr {
    enum inode_type type;
    uint32_t mode; /* 07777 */
    uint32_t uid, gid, nlink;
    uint64_t size, blocks; /* bytes; 512-byte blocks */
    uint64_t ino;
    dev_t_ rdev;
    int64_t atime, mtime, ctime, btime; /* realtime ns since 1970 */
};

/* Which members of an inode_attr set_attr changes. */
enum {
    ATTR_MODE = 1u << 0,
    ATTR_UID = 1u << 1,
    ATTR_GID = 1u << 2,
    ATTR_ATIME = 1u << 3,
    ATTR_MTIME = 1u << 4,
    ATTR_SIZE = 1u << 5,
    ATTR_CTIME = 1u << 6,
    ATTR_NOW =
        1u << 7, /* to vfs_set_attr: the times are of now, so write permission suffices */
};

/* A name in a directory: never empty, no '/', at most 255 bytes, not necessarily terminated. */
struct name {
    const char *text;
    size_t size;
};

enum sync_how { SYNC_FILE, SYNC_DATA };

enum xattr_use { XATTR_LOOK, XATTR_CHANGE };

struct inode_ops {
    /*
     * Directories. Inodes given out are references of the caller's; names are checked by the
     * caller. A lookup gives the same inode for the same file as long as that one lives.
     * Changes check for themselves that the name still is what the caller saw
     * (ERR_ALREADY_EXISTS, ERR_NOT_FOUND). A NULL op is ERR_NOT_PERMITTED.
     */
    status_t (*lookup)(struct inode *dir, struct name name,
                       struct inode **out); /* ERR_NOT_FOUND */
    status_t (*create)(
        struct inode *dir, struct name name, const struct inode_attr *attr,
        struct inode **out); /* any type but directory, symlink; ERR_ALREADY_EXISTS */
    status_t (*mkdir)(struct inode *dir, struct name name, const struct inode_attr *attr,
                      struct inode **out);
    /* A regular file without a name, whose link count is 0. NULL: ERR_NOT_SUPPORTED. */
    status_t (*tmpfile)(struct inode *dir, const struct inode_attr *attr, struct inode **out);
    status_t (*symlink)(struct inode *dir, struct name name, const char *target,
                        const struct inode_attr *attr, struct inode **out);
    status_t (*link)(struct inode *dir, struct name name, struct inode *target);
    status_t (*unlink)(struct inode *dir, struct name name, struct inode *victim);
    status_t (*rmdir)(struct inode *dir, struct name name, struct inode *victim);
    /* Replaces the target if there is one (the caller checked types). */
    status_t (*rename)(struct inode *from, struct name from_name, struct inode *moved,
                       struct inode *to, struct name to_name, struct inode *replaced);
    /* The same, and what was moved leaves a device of `whiteout`'s attributes behind it. NULL:
     * ERR_INVALID_ARGS. */
    status_t (*rename_whiteout)(struct inode *from, struct name from_name, struct inode *moved,
                                struct inode *to, struct name to_name, struct inode *replaced,
                                const struct inode_attr *whiteout);
    /* Swap what two names mean. */
    status_t (*exchange)(struct inode *a_dir, struct name a_name, struct inode *a,
                         struct inode *b_dir, struct name b_name, struct inode *b);
    /*
     * Entries from cursor `*at` on (0: the beginning; values are the file system's, below 2^62,
     * and stay right while entries come and go), "." and ".." excluded. `emit` returns false:
     * full, stop before this entry. Calls emit with no lock that emit could need (emit copies
     * to kernel memory only).
     */
    status_t (*readdir)(struct inode *dir, uint64_t *at,
                        bool (*emit)(void *arg, struct name name, uint64_t ino,
                                     enum inode_type type, uint64_t next),
                        void *arg);

    /* Symlinks: up to `size` bytes, not terminated. */
    status_t (*readlink)(struct inode *inode, char *buf, size_t size, size_t *length);
    /* Magic links (/proc/self/exe, fd/N): the place a walk jumps to. NULL: it goes by the text.
     */
    status_t (*follow)(struct inode *inode, struct path *out);

    /* Any. */
    status_t (*get_attr)(struct inode *inode, struct inode_attr *out); /* NULL: inode.attr */
    status_t (*set_attr)(struct inode *inode, const struct inode_attr *attr, unsigned which);
    /* Before a file is opened for writing or truncated: the overlay copies up. NULL: fine. */
    status_t (*prepare_write)(struct inode *inode);
    /* A file for which that succeeded is closed. */
    void (*end_write)(struct inode *inode);
    /* Whose VMO, size and bytes these are; borrowed. NULL: the inode's own. */
    struct inode *(*contents)(struct inode *inode);
    /* Bytes that go beyond the VMO: as file_ops.try_write; with `append`, at the end. NULL:
     * into the VMO. */
    status_t (*write)(struct inode *inode, struct iobuf *io, uint64_t *pos, bool append);
    /* Whose inode.xattrs are this one's, or will be for a change; borrowed. NULL: it has no
     * extended attributes. */
    struct inode *(*xattrs)(struct inode *inode, enum xattr_use use);
    /* What was written is on the disk. NULL: there is none. */
    status_t (*sync)(struct inode *inode, enum sync_how how);
    /* A file of this inode is being opened; may replace file->ops and set file->data (devices,
     * FIFOs, procfs). NULL: regular file or directory over the VMO / readdir. */
    status_t (*open)(struct inode *inode, struct file *file);
    void (*destroy)(struct inode *inode); /* the last reference is gone; frees it */
};

struct inode {
    atomic_uint refs;
    const struct inode_ops *ops;
    struct filesystem *fs;
    struct spinlock lock;
    struct mutex mutex;
    struct inode_attr attr; /* guarded by lock; type and ino never change */
    bool sealable;          /* constant; see fs/seal.h */
    bool linkable;          /* without a name and may get one; guarded by lock */
    uint32_t seals;         /* SEAL_*; guarded by lock */
    uint32_t mappers;       /* making a mapping that may write; guarded by lock */
    struct vmo *vmo;       /* regular files: contents; else NULL. Only destroy drops it, and the
                              overlay's copy-up replaces it under lock: take inode_vmo() */
    struct xattrs *xattrs; /* reference, or NULL; guarded by lock */
    void *data;            /* the file system's */
    struct pipe *pipe;     /* FIFOs: while one is open; guarded by lock, owned by fs/pipe.c */
    struct list marks;     /* who watches it; guarded by fs/notify.c's lock */
    atomic_uint opens;     /* files of it, O_PATH apart; written sequentially consistent */
    atomic_uint writers;   /* those of them that are open for writing; likewise */
    struct inode *dying;   /* link of the list of those without references; see inode.c */
};

/* For statfs(2): pages and inodes. */
struct filesystem_stat {
    uint64_t blocks, free, inodes, free_inodes;
};

enum sync_fs_how { SYNC_FS_WRITE, SYNC_FS_DISK };

/*
 * One mounted or mountable file system instance. `holders` (the creator, mounts, file systems
 * stacked on it) keep its root; when the last one lets go the root is dropped, and the memory
 * goes with the last inode.
 */
struct filesystem {
    const char *type; /* as in /proc/mounts */
    dev_t_ dev;
    atomic_uint read_only; /* 0 or 1 */
    uint32_t magic;        /* statfs f_type */
    struct inode *root;
    /* Names may change behind our back: they are looked up again after so long. 0: never. */
    time_ns_t name_ttl;
    bool same_by_ino; /* lookups make new inodes: those with equal numbers are one file */
    void (*stat)(struct filesystem *fs, struct filesystem_stat *out); /* optional */
    /* Optional: what it was mounted with, each with a comma before it, for /proc/mounts. */
    void (*show_options)(struct filesystem *fs, struct seq *seq);
    /* Optional: other options while mounted. NULL: it takes none. */
    status_t (*remount)(struct filesystem *fs, const char *options);
    /* What is written so far goes on, SYNC_FS_DISK: as far as the disk; optional. */
    void (*sync)(struct filesystem *fs, enum sync_fs_how how);
    void (*shutdown)(struct filesystem *fs); /* no holder: drops inodes beside root; optional */
    void (*destroy)(struct filesystem *fs);  /* the last inode is gone; frees it */
    atomic_uint holders;
    atomic_uint refs; /* all holders together count as one; each inode is one */
};

/* In zeroed memory; one holder, a device number of its own. The creator then sets `root`. */
void filesystem_init(struct filesystem *fs, const char *type, uint32_t magic,
                     void (*destroy)(struct filesystem *fs));
struct filesystem *filesystem_get(struct filesystem *fs);
void filesystem_put(struct filesystem *fs); /* NULL is fine */

/* In memory that the file system owns; one reference. */
void inode_init(struct inode *inode, struct filesystem *fs, const struct inode_ops *ops,
                const struct inode_attr *attr);
struct inode *inode_get(struct inode *inode);
void inode_put(struct inode *inode); /* NULL is fine */
/* Whose VMO, size and bytes a file shows: its own, or those of a layer below. */
struct inode *inode_contents(struct inode *inode);
/* A reference to the VMO of now; NULL: none. */
struct vmo *inode_vmo(struct inode *inode);
void inode_attr_get(struct inode *inode, struct inode_attr *out);

/* Realtime in ns since 1970, as attributes have it. */
int64_t inode_time_now(void);
/* Set times of `which` (ATTR_ATIME, MTIME, CTIME) to now. */
void inode_touch(struct inode *inode, unsigned which);
/* set_attr for an inode whose attributes are inode.attr and whose contents are its VMO: changes
 * those of `which`, truncates, sets ctime. */
status_t inode_attr_change(struct inode *inode, const struct inode_attr *attr,
                           unsigned which) MUST_USE;

/* Inodes alive, for leak tests. */
unsigned inode_count(void);
