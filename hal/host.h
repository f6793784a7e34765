/*
 * host.h - what only the library OS has: files and descriptors of the host, and host events.
 *
 * Thin over the host's system calls; statuses are translated by status_from_errno. Structures
 * are the kernel's own, not the host's. No call waits for long: reads of descriptors that may
 * block are made only after hal_host_watch said so, or with the descriptor's non-blocking form.
 */
#pragma once

#include "base/types.h"

enum hal_host_type {
    HAL_HOST_FILE,
    HAL_HOST_DIR,
    HAL_HOST_SYMLINK,
    HAL_HOST_CHAR,
    HAL_HOST_BLOCK,
    HAL_HOST_FIFO,
    HAL_HOST_SOCKET
};

struct hal_host_stat {
    enum hal_host_type type;
    uint32_t mode; /* permission bits, 07777 */
    uint32_t uid, gid, nlink;
    uint64_t dev, ino, rdev, size, blocks; /* devices as stat(2) has them; 512-byte blocks */
    int64_t atime_ns, mtime_ns, ctime_ns;  /* since 1970 */
};

enum { HAL_HOST_READ = 1, HAL_HOST_WRITE = 2, HAL_HOST_DIRECTORY = 4, HAL_HOST_PATH = 8 };

/* Host descriptor of the guest's root directory (O_PATH), given by the launcher. */
int hal_host_root(void);

/* One component `name` in directory `dir`; never follows a symlink. "": the file of `dir`
 * itself, a descriptor of any kind; so for hal_host_readlink, and as what hal_host_link gives a
 * name. */
status_t hal_host_open(int dir, const char *name, unsigned flags, int *fd) MUST_USE;
void hal_host_close(int fd);
status_t hal_host_stat_at(int dir, const char *name, struct hal_host_stat *out) MUST_USE;
status_t hal_host_stat(int fd, struct hal_host_stat *out) MUST_USE;
status_t hal_host_readlink(int dir, const char *name, char *buf, size_t size,
                           size_t *length) MUST_USE;
/* `*actual` < size only at the end of the file. */
status_t hal_host_pread(int fd, void *buf, size_t size, uint64_t offset,
                        size_t *actual) MUST_USE;

/* Directory entries of an open directory, from the beginning: calls `emit` for each (never "."
 * and ".."); stops when it returns false. `buffer` is the caller's, HAL_HOST_LISTING bytes
 * aligned to 8: one call of the host each time it is full. Moves the descriptor's position. */
#define HAL_HOST_LISTING 32768u
status_t hal_host_readdir(int fd, void *buffer,
                          bool (*emit)(void *arg, const char *name, size_t length, uint64_t ino,
                                       enum hal_host_type type),
                          void *arg) MUST_USE;

/*
 * Changes. Modes are taken as they are: the host process has no umask. `name` is one component
 * and never followed. What the host refuses comes out as its error: ERR_NO_SPACE, READ_ONLY,
 * ACCESS_DENIED, NOT_PERMITTED, QUOTA ...
 */
/* A new regular file, open for reading and writing. ERR_ALREADY_EXISTS. */
status_t hal_host_create(int dir, const char *name, uint32_t mode, int *fd) MUST_USE;
/* FIFO, socket or device. */
status_t hal_host_mknod(int dir, const char *name, enum hal_host_type type, uint32_t mode,
                        uint64_t rdev) MUST_USE;
status_t hal_host_mkdir(int dir, const char *name, uint32_t mode) MUST_USE;
status_t hal_host_symlink(const char *text, int dir, const char *name) MUST_USE;
status_t hal_host_link(int from_dir, const char *from, int to_dir, const char *to) MUST_USE;
enum hal_host_unlink { HAL_HOST_UNLINK_FILE, HAL_HOST_UNLINK_DIR };
status_t hal_host_unlink(int dir, const char *name, enum hal_host_unlink what) MUST_USE;
enum hal_host_rename {
    HAL_HOST_RENAME_REPLACE,
    HAL_HOST_RENAME_NOREPLACE,
    HAL_HOST_RENAME_EXCHANGE
};
status_t hal_host_rename(int from_dir, const char *from, int to_dir, const char *to,
                         enum hal_host_rename how) MUST_USE;
/* `*actual` < size together with the error that stopped it. */
status_t hal_host_pwrite(int fd, const void *buf, size_t size, uint64_t offset,
                         size_t *actual) MUST_USE;
status_t hal_host_truncate(int fd, uint64_t size) MUST_USE;
/* These take any descriptor of the file, HAL_HOST_PATH ones too. Times: HAL_HOST_TIME_KEEP
 * leaves one as it is. */
#define HAL_HOST_TIME_KEEP INT64_MIN
status_t hal_host_chmod(int fd, uint32_t mode) MUST_USE;
status_t hal_host_chown(int fd, uint32_t uid, uint32_t gid) MUST_USE;
status_t hal_host_utimes(int fd, int64_t atime_ns, int64_t mtime_ns) MUST_USE;
/* To the disk: a file or directory, or all of the file system that it is in. Takes its time. */
enum hal_host_sync { HAL_HOST_SYNC_FILE, HAL_HOST_SYNC_DATA, HAL_HOST_SYNC_ALL };
status_t hal_host_sync(int fd, enum hal_host_sync what) MUST_USE;

/*
 * The launcher's own descriptors 0..2, as the guest's: what each is, transfers at its own file
 * position, which never block: ERR_SHOULD_WAIT (wait by hal_host_watch). A write to a pipe
 * without reader is ERR_PEER_CLOSED. ERR_BAD_FD: the launcher was started without it.
 */
struct hal_host_fd {
    bool terminal, readable, writable, seekable;
    struct hal_host_stat stat;
};
status_t hal_host_fd_info(int fd, struct hal_host_fd *out) MUST_USE;
status_t hal_host_read(int fd, void *buf, size_t size, size_t *actual) MUST_USE;
status_t hal_host_write(int fd, const void *buf, size_t size, size_t *actual) MUST_USE;
/* lseek of the shared position. ERR_SEEK_PIPE. */
status_t hal_host_seek(int fd, int64_t offset, int whence, uint64_t *position) MUST_USE;

/* Readiness, without waiting. POLLIN 1, POLLOUT 4, POLLERR 8, POLLHUP 16 as Linux's poll. */
unsigned hal_host_poll(int fd);

/* One interest in a host descriptor; in the owner's memory until fired or cancelled. */
struct hal_host_watch {
    int fd;
    unsigned events;                        /* POLLIN | POLLOUT */
    void (*ready)(struct hal_host_watch *); /* from hal_irq_serve, once; watch is idle then */
    void *arg;
    unsigned slot; /* the HAL's */
};
status_t hal_host_watch(struct hal_host_watch *watch) MUST_USE;
/* When it returns, `ready` has run or never will. Not from `ready`. */
void hal_host_unwatch(struct hal_host_watch *watch);

/* Terminal of descriptor 0: raw while the kernel runs (restored on every way out by the
 * launcher); window size; whether output post-processing stays with us. */
status_t hal_host_winsize(uint16_t *rows, uint16_t *columns) MUST_USE;

/* Signals that the launcher got and hands on to the guest's foreground group (Linux numbers,
 * one bit each: 1 << signo), SIGWINCH and SIGCONT among them; `handler` runs from
 * hal_irq_serve. */
void hal_host_set_signal_handler(void (*handler)(uint64_t signals));

/* The launcher's credentials, umask and limits for the first process. */
struct hal_host_identity {
    uint32_t uid, euid, gid, egid, umask;
    uint32_t group_count, groups[64];
};
const struct hal_host_identity *hal_host_identity(void);
/* Stop the launcher too (a job-control stop with no shell to see it); returns when continued.
 */
void hal_host_stop_self(int signo);

/* How system calls arrived since boot: by a patched site, or by the host's signal. */
struct hal_host_call_stats {
    uint64_t patched, dispatched, sites;
    uint64_t first; /* of those dispatched: the first that an address space makes from a site */
};
void hal_host_call_stats(struct hal_host_call_stats *out);
