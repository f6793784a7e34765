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
        .rdev = dev_of_stat(stat->rdev),
        .atime = stat->atime_ns,
        .mtime = stat->mtime_ns,
        .ctime = stat->ctime_ns,
    };
}

/* The pager: pages in a row are a pread. Called under vmo->lock. */
static status_t host_page_in_run(struct vmo *vmo, uint64_t first, unsigned count, void *data)
{
    struct host_node *node = vmo->pager_data;
    size_t size = count * PAGE_SIZE, actual = 0;
    int fd;
    status_t st = host_node_fd_get(node, &fd);

    if (st != OK)
        return st;
    st = hal_host_pread(fd, data, size, first << PAGE_SHIFT, &actual);
    host_node_fd_put(node);
    if (st == OK)
        memset((char *)data + actual, 0, size - actual);
    return st;
}

static status_t host_page_in(struct vmo *vmo, uint64_t index, struct page *page)
{
    return host_page_in_run(vmo, index, 1, page_data(page));
}

static void host_release(struct vmo *vmo)
{
    host_node_put(vmo->pager_data);
}

static const struct vmo_pager_ops host_pager = {
    .try_page_in = host_page_in,
    .try_page_in_run = host_page_in_run,
    .dirtied = host_dirtied,
    .write_back = host_write_back,
    .release = host_release,
    .cache = true,
};

static bool differs(const struct inode_attr *a, const struct inode_attr *b)
{
    return a->size != b->size || a->mtime != b->mtime;
}

status_t host_inode_refresh(struct host_inode *h, const struct hal_host_stat *stat,
                            enum host_change whose)
{
    struct inode_attr attr = attr_of(hostfs_of(&h->inode), stat);
    struct inode *inode = &h->inode;
    time_ns_t now = hal_time_now();
    status_t st = OK;
    SPIN_GUARD(&inode->lock);

    h->checked = now;
    if (inode->vmo && differs(&inode->attr, &attr)) {
        if (whose == HOST_CHANGE_FOREIGN && !host_node_is_written(h->node))
            st = vmo_decommit(inode->vmo, 0, inode->vmo->size);
        if (st == OK)
            st = vmo_set_size(inode->vmo, attr.size);
    }
    if (st == OK)
        inode->attr = attr;
    return st;
}

void host_inode_expire(struct inode *inode)
{
    SPIN_GUARD(&inode->lock);

    host_inode_of(inode)->checked = INT64_MIN;
}

/* What is never opened is asked for by its name. */
static status_t stat_node(struct host_node *node, struct hal_host_stat *stat)
{
    int fd;
    status_t st;

    if (node->type == HAL_HOST_FILE || node->type == HAL_HOST_DIR) {
        st = host_node_fd_get(node, &fd);
        if (st == OK) {
            st = hal_host_stat(fd, stat);
            host_node_fd_put(node);
        }
        if (st != ERR_ACCESS_DENIED)
            return st;
    }
    st = host_node_open_path(node, &fd);
    if (st != OK)
        return st;
    st = hal_host_stat(fd, stat);
    hal_host_close(fd);
    return st;
}

status_t host_inode_ask(struct host_inode *h, enum host_change whose)
{
    struct hal_host_stat stat;
    status_t st = stat_node(h->node, &stat);

    return st == OK ? host_inode_refresh(h, &stat, whose) : st;
}

static uint64_t hash_of(uint64_t dev, uint64_t ino)
{
    return hash_u64(dev) ^ hash_u64(ino);
}

static uint64_t hash_of_link(const struct list *link)
{
    const struct host_node *node = container_of(link, struct host_inode, hash_link)->node;

    return hash_of(node->dev, node->ino);
}

/* A reference; NULL: not known, or dying. */
static struct host_inode *find_locked(struct hostfs *hostfs, const struct hal_host_stat *stat)
{
    list_for_each (it, table_bucket(&hostfs->inodes, hash_of(stat->dev, stat->ino))) {
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
        table_add(&hostfs->inodes, &fresh->hash_link);
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
    list_init(&h->listings);
    h->checked = hal_time_now();
    inode_init(&h->inode, &hostfs->fs, host_ops_for(hostfs->access, attr.type), &attr);
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
        table_remove(&hostfs_of(inode)->inodes, &h->hash_link);
    }
    host_listings_free(h);
    vmo_drop_text(inode->vmo);
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
        st = host_inode_refresh(h, stat, HOST_CHANGE_FOREIGN);
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

    table_destroy(&hostfs->inodes);
    kfree(hostfs);
}

/* The list of dirty nodes keeps VMOs, and so the instance: this is their last chance. */
static void hostfs_shutdown(struct filesystem *fs)
{
    if (fs->root)
        host_sync_fs(fs, SYNC_FS_WRITE);
}

static status_t create_root(struct hostfs *hostfs, const char *name)
{
    struct hal_host_stat stat;
    struct host_inode *root;
    status_t st = hal_host_stat_at(hostfs->root_dir, name, &stat);

    if (st == OK && stat.type != HAL_HOST_DIR && stat.type != HAL_HOST_FILE)
        st = ERR_ACCESS_DENIED;
    if (st != OK)
        return st;
    hostfs->root_dev = stat.dev;
    st = host_inode_create(hostfs, NULL, name, &stat, &root);
    if (st == OK)
        hostfs->fs.root = &settle(hostfs, &stat, root)->inode;
    return st;
}

status_t hostfs_create(int dir, const char *name, enum hostfs_access access,
                       struct filesystem **out)
{
    struct hostfs *hostfs = kzalloc(sizeof(*hostfs));
    status_t st;

    if (!hostfs)
        return ERR_NO_MEMORY;
    if (table_init(&hostfs->inodes, hash_of_link) != OK) {
        kfree(hostfs);
        return ERR_NO_MEMORY;
    }
    list_init(&hostfs->descriptors);
    list_init(&hostfs->dirty);
    filesystem_init(&hostfs->fs, "hostfs", HOSTFS_MAGIC, hostfs_destroy);
    hostfs->root_dir = dir;
    hostfs->access = access;
    hostfs->fs.read_only = access == HOSTFS_READ_ONLY;
    hostfs->fs.name_ttl = HOSTFS_TTL;
    hostfs->fs.sync = host_sync_fs;
    hostfs->fs.shutdown = hostfs_shutdown;
    st = create_root(hostfs, name);
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
