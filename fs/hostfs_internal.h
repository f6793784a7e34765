/*
 * hostfs_internal.h - hostfs in two halves: inodes (hostfs.c), and nodes, which are how the
 * host finds a file (host_node.c): by parent and name, or by a descriptor while one is cached.
 *
 * Lock order: vmo.lock -> hostfs.lock. No host call is made under hostfs.lock.
 */
#pragma once

#include "fs/inode.h"
#include "hal/host.h"

#define HOSTFS_TTL NS_PER_SEC /* names and attributes are believed for so long */

enum { HOSTFS_BUCKETS = 1024 };

struct hostfs {
    struct filesystem fs;
    struct spinlock lock;
    struct list *inodes; /* of host_inode.hash_link, by device and number; guarded by lock */
    struct list
        descriptors; /* of host_node.lru_link, least recently used first; guarded by lock */
    unsigned descriptor_count; /* guarded by lock */
    uint64_t root_dev;         /* the host's */
};

/* Kept by its inode, by the VMO of its contents, which may live longer, and by nodes below it.
 */
struct host_node {
    atomic_uint refs;
    struct hostfs *hostfs; /* its memory is kept */
    uint64_t dev, ino;     /* the host's; never change */
    enum hal_host_type type;
    struct host_node *parent; /* reference; NULL: the root. Guarded by hostfs.lock */
    char *name;               /* in parent; guarded by hostfs.lock */
    int fd;                   /* -1: none cached; guarded by hostfs.lock */
    unsigned fd_users;        /* it stays open for them; guarded by hostfs.lock */
    struct list lru_link;
};

struct host_inode {
    struct inode inode;
    struct host_node *node; /* reference */
    struct list hash_link;  /* guarded by hostfs.lock */
    time_ns_t checked;      /* when the host was asked last; guarded by inode.lock */
};

static inline struct hostfs *hostfs_of(const struct inode *inode)
{
    return container_of(inode->fs, struct hostfs, fs);
}

static inline struct host_inode *host_inode_of(struct inode *inode)
{
    return container_of(inode, struct host_inode, inode);
}

extern const struct inode_ops host_dir_ops, host_other_ops;

/* The inode of what was just seen as `name` in `parent`. */
status_t host_inode_for(struct hostfs *hostfs, struct host_node *parent, const char *name,
                        const struct hal_host_stat *stat, struct inode **out) MUST_USE;
/* What the host says now. Contents that changed are read again. */
status_t host_inode_refresh(struct host_inode *h, const struct hal_host_stat *stat) MUST_USE;
void host_inode_destroy(struct inode *inode);
enum inode_type inode_type_of_host(enum hal_host_type type);

/* For the root, name and parent are NULL. */
status_t host_node_create(struct hostfs *hostfs, struct host_node *parent, const char *name,
                          const struct hal_host_stat *stat, struct host_node **out) MUST_USE;
struct host_node *host_node_get(struct host_node *node);
void host_node_put(struct host_node *node); /* NULL is fine */
/* It was just seen as `name` in `parent`: the way to it from now on. */
void host_node_seen(struct host_node *node, struct host_node *parent, const char *name);

/* Its descriptor, opened if need be, which stays open until host_node_fd_put. ERR_STALE:
 * another file is there now. */
status_t host_node_fd_get(struct host_node *node, int *fd) MUST_USE;
void host_node_fd_put(struct host_node *node);
/* Parent's descriptor and name (NAME_MAX_BYTES + 1 bytes), for files that are not opened. The
 * caller puts `*parent`'s descriptor, then `*parent`. */
status_t host_node_way(struct host_node *node, struct host_node **parent, int *fd,
                       char *name) MUST_USE;
