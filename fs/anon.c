/*
 * anon.c - the file system of inodes without a name, and its mount, which is nowhere.
 */
#include "fs/anon.h"

#include "fs/fs_internal.h"
#include "mm/slab.h"

enum { ANON_MAGIC = 0x09041934 };

static struct filesystem anon_fs;
static struct mount anon_mount; /* the machine's, too, and on no list */
static _Atomic(uint64_t) last_ino;
SLAB_CACHE(anon_cache, struct inode);

/* The machine's, so it never goes. */
static void anon_fs_destroy(struct filesystem *fs)
{
    (void)fs;
}

void anon_module_init(void)
{
    anon_fs = (struct filesystem){0};
    filesystem_init(&anon_fs, "anon_inodefs", ANON_MAGIC, anon_fs_destroy);
    anon_mount = (struct mount){.refs = 1, .fs = &anon_fs};
}

void anon_inode_destroy(struct inode *inode)
{
    slab_free(&anon_cache, inode);
}

static const struct inode_ops anon_ops = {.set_attr = inode_attr_change,
                                          .destroy = anon_inode_destroy};

status_t anon_inode_create_attr(const struct inode_attr *attr, const struct inode_ops *ops,
                                struct inode **out)
{
    struct inode *inode = slab_alloc(&anon_cache);
    struct inode_attr made = *attr;

    if (!inode)
        return ERR_NO_MEMORY;
    made.ino = 1 + atomic_fetch_add_explicit(&last_ino, 1, memory_order_relaxed);
    inode_init(inode, &anon_fs, ops ? ops : &anon_ops, &made);
    *out = inode;
    return OK;
}

status_t anon_inode_create(enum inode_type type, uint32_t mode, uint32_t uid, uint32_t gid,
                           struct inode **out)
{
    int64_t now = inode_time_now();
    struct inode_attr attr = {
        .type = type,
        .mode = mode,
        .uid = uid,
        .gid = gid,
        .nlink = 1,
        .atime = now,
        .mtime = now,
        .ctime = now,
        .btime = now,
    };

    return anon_inode_create_attr(&attr, NULL, out);
}

status_t anon_path(struct inode *inode, const char *name, struct path *out)
{
    struct path path = {.mount = &anon_mount};
    status_t st = dentry_create_root(inode, name ? name : "", &path.dentry);

    if (st != OK)
        return st;
    mount_get(path.mount);
    *out = path;
    return OK;
}

static status_t refuse_open(struct inode *inode, struct file *file)
{
    (void)inode, (void)file;
    return ERR_IO_NOT_PRESENT;
}

static const struct inode_ops closed_ops = {.open = refuse_open, .destroy = anon_inode_destroy};

status_t anon_path_closed(struct path *out)
{
    const struct inode_attr attr = {.type = INODE_FILE, .mode = 0600, .nlink = 1};
    struct inode *inode;
    status_t st = anon_inode_create_attr(&attr, &closed_ops, &inode);

    if (st != OK)
        return st;
    st = anon_path(inode, NULL, out);
    inode_put(inode);
    return st;
}

bool path_is_anon(const struct path *path)
{
    return path->mount == &anon_mount && !path->dentry->name_size;
}
