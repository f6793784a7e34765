/*
 * hostfs_internal.h - hostfs in two halves: inodes (hostfs.c), and nodes, which are how the
 * host finds a file (host_node.c): by parent and name, or by a descriptor while one is cached
 * or no name leads to it.
 *
 * Lock order: inode.lock -> vmo.lock -> hostfs.lock. No host call is made under hostfs.lock.
 */
#pragma once

#include "fs/hostfs.h"
#include "fs/table.h"
#include "hal/host.h"

#define HOSTFS_TTL NS_PER_SEC /* names and attributes are believed for so long */

struct hostfs {
    struct filesystem fs;
    struct spinlock lock;
    struct table inodes; /* of host_inode.hash_link, by device and number; guarded by lock */
    struct list
        descriptors; /* of host_node.lru_link, least recently used first; guarded by lock */
    unsigned descriptor_count; /* guarded by lock */
    struct list dirty;         /* of host_node.dirty_link; guarded by lock */
    enum hostfs_access access;
    int root_dir;      /* the host directory that has the root */
    uint64_t root_dev; /* the host's */
};

/* `parent`: a reference; NULL: the root. `name`: NULL where there is no such way. */
struct host_way {
    struct host_node *parent;
    char *name;
};

/* Kept by its inode, by the VMO of its contents, which may live longer, and by nodes below it.
 */
struct host_node {
    atomic_uint refs;
    struct hostfs *hostfs; /* its memory is kept */
    uint64_t dev, ino;     /* the host's; never change */
    enum hal_host_type type;
    struct host_way way;   /* the name that it was seen under last; guarded by hostfs.lock */
    struct host_way other; /* the one before: files have several. Guarded by hostfs.lock */
    int fd;                /* -1: none cached; guarded by hostfs.lock */
    unsigned fd_users;     /* it stays open for them; guarded by hostfs.lock */
    int path_fd; /* of HAL_HOST_PATH, once no known name leads to it: the way from then on,
                    until the node goes. -1: none. Guarded by hostfs.lock until it is set */
    struct list lru_link;

    int write_fd;     /* while somebody writes; -1: none. Guarded by hostfs.lock */
    unsigned writers; /* guarded by hostfs.lock; 0 with a write_fd: it was just created */

    /* Pages that may be dirty, [dirty_first, dirty_end); guarded by vmo.lock. */
    uint64_t dirty_first, dirty_end;
    struct list dirty_link; /* of hostfs.dirty: then dirty_vmo is a reference */
    struct vmo *dirty_vmo;  /* guarded by hostfs.lock */
};

struct host_listing;

struct host_inode {
    struct inode inode;
    struct host_node *node; /* reference */
    struct list hash_link;  /* guarded by hostfs.lock */
    time_ns_t checked; /* when the host was asked last; INT64_MIN: not since a change. Guarded
                          by inode.lock */
    /* Directories: of host_listing.link, newest first. The lock is outermost. */
    struct spinlock list_lock;
    struct list listings; /* guarded by list_lock */
    unsigned generation;  /* of the newest; guarded by list_lock */
};

static inline struct hostfs *hostfs_of(const struct inode *inode)
{
    return container_of(inode->fs, struct hostfs, fs);
}

static inline struct host_inode *host_inode_of(struct inode *inode)
{
    return container_of(inode, struct host_inode, inode);
}

/* A file system that may not be written to lacks the operations, whatever it is mounted as. */
const struct inode_ops *host_ops_for(enum hostfs_access access, enum inode_type type);

/* A name as the host takes it: "" for one that is too long. */
struct host_name {
    char text[256];
};
struct host_name host_name_of(struct name name);

/* hostfs.c */

/* The inode of what was just seen as `name` in `parent`. */
status_t host_inode_for(struct hostfs *hostfs, struct host_node *parent, const char *name,
                        const struct hal_host_stat *stat, struct inode **out) MUST_USE;
/* What the host says now. Contents that changed are read again, unless the change is ours. */
enum host_change { HOST_CHANGE_FOREIGN, HOST_CHANGE_OURS };
status_t host_inode_refresh(struct host_inode *h, const struct hal_host_stat *stat,
                            enum host_change whose) MUST_USE;
/* Its attributes changed on the host by what we did: they are asked for again. */
void host_inode_expire(struct inode *inode);
status_t host_inode_ask(struct host_inode *h, enum host_change whose) MUST_USE;
void host_inode_destroy(struct inode *inode);
enum inode_type inode_type_of_host(enum hal_host_type type);

/* host_node.c */

/* For the root, parent is NULL. */
status_t host_node_create(struct hostfs *hostfs, struct host_node *parent, const char *name,
                          const struct hal_host_stat *stat, struct host_node **out) MUST_USE;
struct host_node *host_node_get(struct host_node *node);
void host_node_put(struct host_node *node); /* NULL is fine */
/* It was just seen as `name` in `parent`: the way to it from now on. */
void host_node_seen(struct host_node *node, struct host_node *parent, const char *name);
/* It is no longer `name` in `dir`. */
void host_node_unseen(struct host_node *node, struct host_node *dir, const char *name);
/* Whether it is known by a name besides `name` in `dir`, if the host has not changed that. */
bool host_node_is_elsewhere(struct host_node *node, struct host_node *dir, const char *name);

/* Its descriptor for reading, opened if need be, which stays open until host_node_fd_put.
 * ERR_STALE: another file is there now. */
status_t host_node_fd_get(struct host_node *node, int *fd) MUST_USE;
void host_node_fd_put(struct host_node *node);
/* The last name that we know is about to go, and the file may still be used. */
void host_node_orphan(struct host_node *node);
/* Parent's descriptor and name (NAME_MAX_BYTES + 1 bytes), for files that are not opened, or
 * the file's own and "". Ended by host_node_way_end(*parent). */
status_t host_node_way(struct host_node *node, struct host_node **parent, int *fd,
                       char *name) MUST_USE;
void host_node_way_end(struct host_node *parent);
/* A descriptor that names any kind of file, to be closed. ERR_STALE. */
status_t host_node_open_path(struct host_node *node, int *fd) MUST_USE;
/* `fd` is of the file that `node` stands for. ERR_STALE. */
status_t host_node_check(const struct host_node *node, int fd,
                         struct hal_host_stat *stat) MUST_USE;

/* hostfs_write.c */

/* The descriptor for writing, which stays open until host_writer_put. */
status_t host_writer_get(struct host_node *node, int *fd) MUST_USE;
void host_writer_put(struct host_node *node);
bool host_node_is_written(struct host_node *node);
/* A file that was created is not written to: close what creating it opened. */
void host_writer_drop_unused(struct host_node *node);
status_t host_write(struct inode *inode, struct iobuf *io, uint64_t *pos, bool append);
status_t host_prepare_write(struct inode *inode);
void host_end_write(struct inode *inode);
status_t host_truncate(struct inode *inode, uint64_t size) MUST_USE;
status_t host_sync(struct inode *inode, enum sync_how how);
void host_sync_fs(struct filesystem *fs, enum sync_fs_how how);
void host_dirtied(struct vmo *vmo, uint64_t index);
status_t host_write_back(struct vmo *vmo);

/* hostfs_list.c */
status_t host_readdir(struct inode *dir, uint64_t *at,
                      bool (*emit)(void *arg, struct name name, uint64_t ino,
                                   enum inode_type type, uint64_t next),
                      void *arg);
void host_listings_free(struct host_inode *h);

/* hostfs_change.c */
status_t host_create(struct inode *dir, struct name name, const struct inode_attr *attr,
                     struct inode **out);
status_t host_mkdir(struct inode *dir, struct name name, const struct inode_attr *attr,
                    struct inode **out);
status_t host_symlink(struct inode *dir, struct name name, const char *target,
                      const struct inode_attr *attr, struct inode **out);
status_t host_link(struct inode *dir, struct name name, struct inode *target);
status_t host_unlink(struct inode *dir, struct name name, struct inode *victim);
status_t host_rmdir(struct inode *dir, struct name name, struct inode *victim);
status_t host_rename(struct inode *from, struct name from_name, struct inode *moved,
                     struct inode *to, struct name to_name, struct inode *replaced);
status_t host_exchange(struct inode *a_dir, struct name a_name, struct inode *a,
                       struct inode *b_dir, struct name b_name, struct inode *b);
status_t host_set_attr(struct inode *inode, const struct inode_attr *attr, unsigned which);
