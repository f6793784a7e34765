/*
 * hostfs.c - inodes over the host's files.
 */
#include "fs/hostfs.h"

#include "base/hash.h"
#include "fs/fs_internal.h"
#include "fs/hostfs_internal.h"
#include "hal/time.h"
#include "mm/slab.h"

enum { HOSTFS_MAGIC = 0x00c0ffee };

/* Numbers of files on other devices of the host: not those of any file on the root's. */
#define OTHER_DEVICE (1ull << 59)

SLAB_CACHE(host_inode_cache, struct host_inode);

static uint64_t ino_of(const struct hostfs *hostfs, const struct hal_host_stat *stat)
{
    if (stat->dev == hostfs->root_dev)
        return stat->ino;
    return (hash_u64(stat->dev) ^ stat->ino) % OTHER_DEVICE | OTHER_DEVICE;
}

enum inode_type inode_type_of_host(enum hal_host_type type)
{
    static const enum inode_type types[] = {
        [HAL_HOST_FILE] = INODE_FILE,       [HAL_HOST_DIR] = INODE_DIR,
        [HAL_HOST_SYMLINK] = INODE_SYMLINK, [HAL_HOST_CHAR] = INODE_CHAR,
        [HAL_HOST_BLOCK] = INODE_BLOCK,     [HAL_HOST_FIFO] = INODE_FIFO,
        [HAL_HOST_SOCKET] = INODE_SOCKET,
    };

    return types[type];
}

static struct inode_attr attr_of(const struct hostfs *hostfs, const struct hal_host_stat *stat)
{
    return (struct inode_attr){
        .type = inode_type_of_host(stat->type),
        .mode = stat->mode,
        .uid = stat->uid,
        .gid = stat->gid,
        .nlink = stat->nlink,
        .size = stat->size,
        .blocks = stat->blocks,
        .ino = ino_of(hostfs, stat),
        .rdev = stat->rdev,
        .atime = stat->atime_ns,
        .mtime = stat->mtime_ns,
        .ctime = stat->ctime_ns,
        .btime = stat->ctime_ns,
    };
}

/* The pager: a page is a pread. Called under vmo->lock. */
static status_t host_page_in(struct vmo *vmo, uint64_t index, struct page *page)
{
    struct host_node *node = vmo->pager_data;
    size_t actual = 0;
    int fd;
    status_t st = host_node_fd_get(node, &fd);

    if (st != OK)
        return st;
    st = hal_host_pread(fd, page_data(page), PAGE_SIZE, index << PAGE_SHIFT, &actual);
    host_node_fd_put(node);
    if (st == OK)
        memset((char *)page_data(page) + actual, 0, PAGE_SIZE - actual);
    return st;
}

static void host_release(struct vmo *vmo)
{
    host_node_put(vmo->pager_data);
}

static const struct vmo_pager_ops host_pager = {.try_page_in = host_page_in,
                                                .release = host_release};

status_t host_inode_refresh(struct host_inode *h, const struct hal_host_stat *stat)
{
    struct inode_attr attr = attr_of(hostfs_of(&h->inode), stat);
    struct inode *inode = &h->inode;
    time_ns_t now = hal_time_now();
    status_t st = OK;
    SPIN_GUARD(&inode->lock);

    h->checked = now;
    if (inode->vmo && (inode->attr.size != attr.size || inode->attr.mtime != attr.mtime)) {
        st = vmo_decommit(inode->vmo, 0, inode->vmo->size);
        if (st == OK)
            st = vmo_set_size(inode->vmo, attr.size);
    }
    if (st == OK)
        inode->attr = attr;
    return st;
}

static struct list *bucket_of(struct hostfs *hostfs, uint64_t dev, uint64_t ino)
{
    return &hostfs->inodes[(hash_u64(dev) ^ hash_u64(ino)) % HOSTFS_BUCKETS];
}

/* A reference; NULL: not known, or dying. */
static struct host_inode *find_locked(struct hostfs *hostfs, const struct hal_host_stat *stat)
{
    list_for_each (it, bucket_of(hostfs, stat->dev, stat->ino)) {
        struct host_inode *h = container_of(it, struct host_inode, hash_link);

        if (h->node->dev == stat->dev && h->node->ino == stat->ino &&
            h->node->type == stat->type && inode_try_get(&h->inode))
            return h;
    }
    return NULL;
}

/* `fresh` is the file's inode, unless somebody else was first. */
static struct host_inode *settle(struct hostfs *hostfs, const struct hal_host_stat *stat,
                                 struct host_inode *fresh)
{
    struct host_inode *found;
    SPIN_GUARD(&hostfs->lock);

    found = find_locked(hostfs, stat);
    if (!found && fresh)
        list_push_back(bucket_of(hostfs, stat->dev, stat->ino), &fresh->hash_link);
    return found ? found : fresh;
}

static status_t create_contents(struct host_inode *h, const struct hal_host_stat *stat)
{
    status_t st;

    if (stat->type != HAL_HOST_FILE)
        return OK;
    st = vmo_create_paged(stat->size, &host_pager, h->node, &h->inode.vmo);
    if (st == OK)
        host_node_get(h->node);
    return st;
}

static status_t host_inode_create(struct hostfs *hostfs, struct host_node *parent,
                                  const char *name, const struct hal_host_stat *stat,
                                  struct host_inode **out)
{
    struct host_inode *h = slab_alloc_zeroed(&host_inode_cache);
    struct inode_attr attr = attr_of(hostfs, stat);
    status_t st;

    if (!h)
        return ERR_NO_MEMORY;
    st = host_node_create(hostfs, parent, name, stat, &h->node);
    if (st != OK) {
        slab_free(&host_inode_cache, h);
        return st;
    }
    list_init(&h->hash_link);
    h->checked = hal_time_now();
    inode_init(&h->inode, &hostfs->fs, attr.type == INODE_DIR ? &host_dir_ops : &host_other_ops,
               &attr);
    st = create_contents(h, stat);
    if (st != OK) {
        inode_put(&h->inode);
        return st;
    }
    *out = h;
    return OK;
}

void host_inode_destroy(struct inode *inode)
{
    struct host_inode *h = host_inode_of(inode);

    {
        SPIN_GUARD(&hostfs_of(inode)->lock);
        list_remove(&h->hash_link);
    }
    vmo_put(inode->vmo);
    host_node_put(h->node);
    slab_free(&host_inode_cache, h);
}

status_t host_inode_for(struct hostfs *hostfs, struct host_node *parent, const char *name,
                        const struct hal_host_stat *stat, struct inode **out)
{
    struct host_inode *h = settle(hostfs, stat, NULL), *fresh;
    status_t st;

    if (!h) {
        st = host_inode_create(hostfs, parent, name, stat, &fresh);
        if (st != OK)
            return st;
        h = settle(hostfs, stat, fresh);
        if (h != fresh)
            inode_put(&fresh->inode);
    } else {
        host_node_seen(h->node, parent, name);
        st = host_inode_refresh(h, stat);
        if (st != OK) {
            inode_put(&h->inode);
            return st;
        }
    }
    *out = &h->inode;
    return OK;
}

static void hostfs_destroy(struct filesystem *fs)
{
    struct hostfs *hostfs = container_of(fs, struct hostfs, fs);

    kfree(hostfs->inodes);
    kfree(hostfs);
}

static status_t create_root(struct hostfs *hostfs)
{
    struct hal_host_stat stat;
    struct host_inode *root;
    status_t st = hal_host_stat(hal_host_root(), &stat);

    if (st != OK)
        return st;
    hostfs->root_dev = stat.dev;
    st = host_inode_create(hostfs, NULL, NULL, &stat, &root);
    if (st == OK)
        hostfs->fs.root = &settle(hostfs, &stat, root)->inode;
    return st;
}

status_t hostfs_create(struct filesystem **out)
{
    struct hostfs *hostfs = kzalloc(sizeof(*hostfs));
    status_t st;

    if (!hostfs)
        return ERR_NO_MEMORY;
    hostfs->inodes = kmalloc(HOSTFS_BUCKETS * sizeof(struct list));
    if (!hostfs->inodes) {
        kfree(hostfs);
        return ERR_NO_MEMORY;
    }
    for (unsigned i = 0; i < HOSTFS_BUCKETS; i++)
        list_init(&hostfs->inodes[i]);
    list_init(&hostfs->descriptors);
    filesystem_init(&hostfs->fs, "hostfs", HOSTFS_MAGIC, hostfs_destroy);
    hostfs->fs.read_only = true;
    hostfs->fs.name_ttl = HOSTFS_TTL;
    st = create_root(hostfs);
    if (st != OK) {
        filesystem_put(&hostfs->fs);
        return st;
    }
    *out = &hostfs->fs;
    return OK;
}

unsigned hostfs_open_descriptors(struct filesystem *fs)
{
    struct hostfs *hostfs = container_of(fs, struct hostfs, fs);
    SPIN_GUARD(&hostfs->lock);

    return hostfs->descriptor_count;
}
