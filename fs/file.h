/*
 * file.h - open file descriptions: position, flags, and the operations of what is open.
 *
 * Reading and writing is by `try_` operations that never wait. Blocking is the same for all: on
 * ERR_SHOULD_WAIT file_transfer waits for the signals of the file's poll object and tries
 * again. So poll, select, epoll and blocking reads look at one truth: those signals.
 */
#pragma once

#include "fs/dentry.h"
#include "object/object.h"
#include "vm/iobuf.h"

/* Signals of a poll object; numerically Linux's POLL* (poll(2)). Level, kept by the
 * implementer. */
enum {
    FILE_IN = 0x1,
    FILE_PRI = 0x2,
    FILE_OUT = 0x4,
    FILE_ERR = 0x8,
    FILE_HUP = 0x10,
    FILE_RDHUP = 0x2000,
};

enum {
    FILE_READ = 1u << 0,
    FILE_WRITE = 1u << 1,
    FILE_APPEND = 1u << 2,
    FILE_NONBLOCK = 1u << 3,
    FILE_PATH = 1u << 4, /* O_PATH: names a place, nothing else */
    FILE_SEEKABLE = 1u << 5,
    FILE_DIRECTORY = 1u << 6,
    FILE_NOATIME = 1u << 7,
    FILE_DIRECT = 1u << 8,
    FILE_SYNC = 1u << 9,
    FILE_MESSAGES = 1u << 10, /* a write of no bytes is one, too */
};

enum file_direction { FILE_TRANSFER_READ, FILE_TRANSFER_WRITE };

struct file_owner;
struct mapping_origin;

struct file_ops {
    const char *name; /* for anonymous ones, "pipe" gives /proc/self/fd "pipe:[ino]" */
    /* Move what is possible now at *pos and advance it (streams ignore it). 0 bytes and OK: end
     * of file. ERR_SHOULD_WAIT with nothing moved; ERR_PEER_CLOSED: EPIPE; ERR_USER_PAGE with
     * nothing moved since the last time. NULL: ERR_INVALID_ARGS. */
    status_t (*try_read)(struct file *file, struct iobuf *io, uint64_t *pos);
    status_t (*try_write)(struct file *file, struct iobuf *io, uint64_t *pos);
    /* Where readiness shows. NULL: always readable and writable. */
    struct object *(*poll_object)(struct file *file);
    /* ioctl(2) with the raw argument; ERR_NOT_TTY for an unknown one. NULL: ERR_NOT_TTY.
     * May return ERR_SHOULD_WAIT like a read. */
    status_t (*ioctl)(struct file *file, struct user_access *ua, uint32_t request,
                      user_addr_t arg, int64_t *result);
    /* NULL: seekable files by size. */
    status_t (*seek)(struct file *file, int64_t offset, int whence, uint64_t *pos);
    bool no_position; /* a seekable file's means nothing: neither read nor advanced */
    status_t (*readdir)(struct file *file, uint64_t *at,
                        bool (*emit)(void *arg, struct name name, uint64_t ino,
                                     enum inode_type type, uint64_t next),
                        void *arg); /* NULL: the inode's */
    /* The VMO to map; a reference. NULL: the inode's, or ERR_NO_DEVICE. */
    status_t (*mmap)(struct file *file, uint64_t offset, uint64_t size, struct vmo **out);
    /* How long a read or write waits, in ns, before it is ERR_SHOULD_WAIT; 0, or NULL: for
     * ever. */
    time_ns_t (*timeout)(struct file *file, enum file_direction direction);
    bool tells;                               /* O_ASYNC means something for it (fcntl(2)) */
    void (*flags_changed)(struct file *file); /* optional: fcntl changed `flags` */
    void (*close)(struct file *file);         /* the last reference is gone; drops `data` */
};

struct file {
    struct object object; /* refs: descriptors, mappings in flight, running calls */
    const struct file_ops *ops;
    atomic_uint flags;          /* FILE_* */
    struct path path;           /* empty for anonymous files */
    struct inode *inode;        /* reference; anonymous files may have none */
    struct mutex position_lock; /* held by reads and writes that use `position` */
    uint64_t position;
    void *data;
    uint64_t readdir_at;
    /* Of its mappings: a reference, or NULL until asked. */
    _Atomic(struct mapping_origin *) origin;
    struct file_owner *owner; /* the personality's: who is told of it, or NULL */
    bool was_opened;          /* by file_open, other than O_PATH: told to who watches it */
    bool writes;              /* counted in path.mount->writers; constant once open */
};

/* Open the inode at `path` (permissions were checked): references taken as needed. ERR_STALE:
 * the name is another file's by now; walk again. */
status_t file_open(const struct path *path, unsigned flags, struct file **out) MUST_USE;
/* An anonymous file over `ops` and `data` (consumed on OK); `inode` may be NULL (consumed). */
status_t file_create(const struct file_ops *ops, unsigned flags, void *data,
                     struct inode *inode, struct file **out) MUST_USE;
static inline struct file *file_get(struct file *file)
{
    object_get(&file->object);
    return file;
}
static inline void file_put(struct file *file)
{
    if (file)
        object_put(&file->object);
}

/* Signals of now, by the poll object. */
unsigned file_poll(struct file *file);
struct object *file_poll_object(struct file *file); /* borrowed; NULL: always ready */

/*
 * Read or write, waiting as the file's flags say. `at`: FILE_POSITION for the file's own
 * position, else pread's offset. Bytes moved are io->done. A partial transfer is OK.
 * ERR_SHOULD_WAIT: only when non-blocking; ERR_INTERRUPTED with nothing moved. ERR_BAD_FD: not
 * open for that.
 */
#define FILE_POSITION UINT64_MAX
struct file_transfer {
    struct co co;
    struct file *file;             /* in; the caller's reference */
    struct iobuf *io;              /* in */
    uint64_t at;                   /* in */
    enum file_direction direction; /* in */
    time_ns_t deadline;
    bool nonblock; /* in: as if the file were FILE_NONBLOCK, pages included */
    struct observer observer;
    union {
        struct object_wait wait;
        struct mutex_lock lock;
        struct vm_fault fault;
        struct vmo_page_in page_in;
    };
    struct vmo *vmo; /* reference while one of its pages is brought in */
    bool position_held, inode_held;
};
co_fn file_transfer;

/*
 * Fast path, without a coroutine: OK when the transfer is over, with what it moved in io->done.
 * ERR_SHOULD_WAIT, ERR_USER_PAGE: go on with the coroutine and the same iobuf, and with `at` +
 * io->done where it is an offset. `task` is the caller's.
 */
status_t file_try_transfer(struct task *task, struct file *file, struct iobuf *io, uint64_t at,
                           enum file_direction direction) MUST_USE;

/* lseek: whence is Linux's 0 to 4 (SEEK_SET, CUR, END, DATA, HOLE). */
status_t file_seek(struct file *file, int64_t offset, int whence, uint64_t *pos) MUST_USE;
/* ERR_NOT_TTY for a request that the file does not know. */
status_t file_ioctl(struct file *file, struct user_access *ua, uint32_t request,
                    user_addr_t arg, int64_t *result) MUST_USE;
/* The VMO that a mapping of the file shows; a reference. ERR_NO_DEVICE: it cannot be mapped. */
status_t file_mmap(struct file *file, uint64_t offset, uint64_t size,
                   struct vmo **out) MUST_USE;
/* What says of a mapping that it is of this file: borrowed. NULL: no memory, or the file has no
 * place. */
struct mapping_origin *file_mapping_origin(struct file *file);
/* Of a file at that place: a reference, or NULL. */
struct mapping_origin *mapping_origin_of_path(const struct path *path);
/* The place of such a file; borrowed. */
const struct path *mapping_origin_path(const struct mapping_origin *origin);
/* fsync: what was written goes to the disk. ERR_INVALID_ARGS unless a file or directory. */
status_t file_sync(struct file *file, enum sync_how how) MUST_USE;
/* Every mounted file system. */
void file_sync_all(enum sync_fs_how how);
/* ftruncate: ERR_INVALID_ARGS unless a regular file open for writing. */
status_t file_truncate(struct file *file, uint64_t size) MUST_USE;
/*
 * fallocate's modes on a regular file open for writing: bytes [offset, offset + size) read as
 * zero, and give back the memory they have. Past the end nothing changes. ERR_NOT_PERMITTED:
 * the file is sealed; ERR_NOT_SUPPORTED: its bytes lie elsewhere (hostfs); ERR_NO_MEMORY;
 * ERR_SHOULD_WAIT: part of a page that would have to be brought in.
 */
status_t file_punch(struct file *file, uint64_t offset, uint64_t size) MUST_USE;
/* The same for pages of a VMO that a mapping shows. */
status_t file_punch_mapped(struct vmo *vmo, uint64_t offset, uint64_t size) MUST_USE;
/* SEEK_DATA, SEEK_HOLE: what is absent in memory is a hole, where nothing is behind it. `end`:
 * the file's size. */
uint64_t file_find_data(struct inode *inode, uint64_t offset, uint64_t end);
uint64_t file_find_hole(struct inode *inode, uint64_t offset, uint64_t end);
/* Entries from file->readdir_at on, "." and ".." first; advances it past those emitted.
 * ERR_NOT_DIR. */
status_t file_readdir(struct file *file,
                      bool (*emit)(void *arg, struct name name, uint64_t ino,
                                   enum inode_type type, uint64_t next),
                      void *arg) MUST_USE;
/* fcntl(F_SETFL): change those flags of `mask`. */
void file_set_flags(struct file *file, unsigned mask, unsigned flags);
