/*
 * fd.h - descriptor tables and the fs context (root, cwd, umask) of Linux processes.
 */
#pragma once

#include "fs/file.h"
#include "object/syscall.h"

/*
 * Shared by clone(CLONE_FILES). Each descriptor is a reference to its file and also a handle of
 * it: when the last descriptor of a description closes, epoll sets and locks let go of the
 * file, though a running call may still have a reference.
 */
struct credentials;

struct fd_table {
    atomic_uint refs;
    struct spinlock lock;
    struct file **files; /* references; guarded by lock, as all below */
    uint64_t *cloexec;   /* bitmap */
    uint32_t capacity, lowest_free;
};

status_t fd_table_create(struct fd_table **out) MUST_USE;
status_t fd_table_copy(struct fd_table *from, struct fd_table **out) MUST_USE;
struct fd_table *fd_table_get(struct fd_table *t);
void fd_table_put(struct fd_table *t); /* the last one closes everything */
void fd_table_close_on_exec(struct fd_table *t);
/* No descriptor so high is or was in use. */
uint32_t fd_table_capacity(struct fd_table *t);

enum { FD_CLOEXEC_ = 1 };
enum { FD_MAX = 1 << 20 }; /* no table is larger, whatever the limit (fs.nr_open) */
/* The lowest free descriptor >= `lowest` below the process's RLIMIT_NOFILE gets `file` (a
 * reference of its own). ERR_TOO_MANY_FILES, ERR_NO_MEMORY. */
status_t fd_install(struct fd_table *t, uint32_t lowest, uint64_t limit, struct file *file,
                    unsigned flags, int *fd) MUST_USE;
/* Exactly at `fd`, closing what is there (dup2). ERR_BAD_FD beyond the limit. */
status_t fd_replace(struct fd_table *t, uint32_t fd, uint64_t limit, struct file *file,
                    unsigned flags) MUST_USE;
/* A reference, O_PATH files included. ERR_BAD_FD. */
status_t fd_get(struct fd_table *t, int fd, struct file **out) MUST_USE;
status_t fd_close(struct fd_table *t, int fd) MUST_USE;
/* FD_CLOEXEC_ of a descriptor; ERR_BAD_FD. */
status_t fd_flags(struct fd_table *t, int fd, unsigned *flags) MUST_USE;
status_t fd_set_flags(struct fd_table *t, int fd, unsigned flags) MUST_USE;
/* The first open descriptor >= *fd with a reference to its file, for /proc; ERR_NOT_FOUND. */
status_t fd_next(struct fd_table *t, int *fd, struct file **out) MUST_USE;

/* Give the caller a table of its own if it shares one (close_range's UNSHARE).
 * ERR_NOT_SUPPORTED: it has other threads. */
status_t call_fd_unshare(struct syscall *call) MUST_USE;

/* The caller's: limit from its process. */
uint64_t call_fd_limit(struct syscall *call);
status_t call_fd_install(struct syscall *call, struct file *file, unsigned flags,
                         int *fd) MUST_USE;
/* The same, consuming `file` and with the descriptor as the call's result. */
status_t call_fd_return(struct syscall *call, struct file *file, unsigned flags) MUST_USE;
/* Two descriptors for two files, which the program finds at `to`; or none. */
status_t call_fd_install_pair(struct syscall *call, struct file *files[2], unsigned flags,
                              user_addr_t to) MUST_USE;
/* A reference; an O_PATH file is ERR_BAD_FD. */
status_t call_fd_get(struct syscall *call, int fd, struct file **out) MUST_USE;
/* O_PATH files included. */
status_t call_fd_get_any(struct syscall *call, int fd, struct file **out) MUST_USE;

/* O_* as F_GETFL gives them. */
uint32_t file_open_flags(struct file *file);

/* Shared by clone(CLONE_FS). */
struct fs_context {
    atomic_uint refs;
    struct spinlock lock;
    struct path root, cwd; /* guarded by lock */
    uint32_t umask;
};

status_t fs_context_create(const struct path *root, const struct path *cwd, uint32_t umask,
                           struct fs_context **out) MUST_USE;
status_t fs_context_copy(struct fs_context *from, struct fs_context **out) MUST_USE;
struct fs_context *fs_context_get(struct fs_context *fs);
void fs_context_put(struct fs_context *fs);
uint32_t fs_context_umask(struct fs_context *fs);
/* A new working directory or root; `path` is copied with references of its own. */
void fs_context_set_cwd(struct fs_context *fs, const struct path *path);
void fs_context_set_root(struct fs_context *fs, const struct path *path);

/* The power over files that credentials give. */
void credentials_to_walk(const struct credentials *c, struct walk_env *env);
/* A walk environment of the calling thread; holds references until walk_end. */
void walk_begin(struct syscall *call, struct walk_env *env);
void walk_end(struct walk_env *env);

/* With the real ids and what they allow, for access(2). */
void walk_begin_real(struct syscall *call, struct walk_env *env);

/* A user path string, copied into memory of its own; "" is fine. ERR_NAME_TOO_LONG, ERR_FAULT.
 */
enum { PATH_BYTES = 4096 };
status_t path_from_user(struct syscall *call, user_addr_t text, char **out) MUST_USE;
void path_free(char *path);

/* `dirfd` and user path to a place, as the at-calls do (AT_FDCWD, AT_EMPTY_PATH by WALK_EMPTY).
 */
status_t walk_at(struct syscall *call, struct walk_env *env, int dirfd, user_addr_t text,
                 unsigned walk_flags, struct path *out) MUST_USE;
/* Where a relative path starts: `*start` is a reference, empty for AT_FDCWD and absolute paths.
 * ERR_BAD_FD, ERR_NOT_DIR. */
status_t walk_start(struct syscall *call, int dirfd, const char *text, unsigned walk_flags,
                    struct path *start) MUST_USE;
/* NULL for an empty one, as path_walk wants it. */
static inline const struct path *path_or_null(const struct path *path)
{
    return path->dentry ? path : NULL;
}

/* The directory that a name is to be made in or taken from, and the name, which lies in `text`.
 * Nothing to end after an error. */
struct walk_parent {
    char *text;
    struct path dir;
    struct name last; /* size 0: the path was the root */
};
status_t walk_parent_begin(struct syscall *call, struct walk_env *env, int dirfd,
                           user_addr_t text, struct walk_parent *out) MUST_USE;
void walk_parent_end(struct walk_parent *parent);
/* "." or "..". */
bool walk_parent_is_dots(const struct walk_parent *parent);
/* The name had slashes behind it, so it must be a directory. */
bool walk_parent_slash(const struct walk_parent *parent);
