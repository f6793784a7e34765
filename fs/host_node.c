/*
 * host_node.c - the way to a file of the host, and a bounded cache of host descriptors.
 */
#include "fs/fs_internal.h"
#include "fs/hostfs_internal.h"
#include "hal/ref.h"
#include "mm/slab.h"

enum {
#ifdef TASK_DEBUG
    DESCRIPTORS_MAX = 8, /* so that tests see eviction */
#else
    DESCRIPTORS_MAX = 1024,
#endif
};

SLAB_CACHE(host_node_cache, struct host_node);

struct host_node *host_node_get(struct host_node *node)
{
    ref_get(&node->refs);
    return node;
}

status_t host_node_create(struct hostfs *hostfs, struct host_node *parent, const char *name,
                          const struct hal_host_stat *stat, struct host_node **out)
{
    struct host_node *node = slab_alloc_zeroed(&host_node_cache);

    if (!node)
        return ERR_NO_MEMORY;
    node->way.name = kmemdup(name, strlen(name) + 1);
    if (!node->way.name) {
        slab_free(&host_node_cache, node);
        return ERR_NO_MEMORY;
    }
    atomic_init(&node->refs, 1);
    filesystem_ref(&hostfs->fs);
    node->hostfs = hostfs;
    node->dev = stat->dev;
    node->ino = stat->ino;
    node->type = stat->type;
    node->way.parent = parent ? host_node_get(parent) : NULL;
    node->fd = node->write_fd = node->path_fd = -1;
    list_init(&node->lru_link);
    list_init(&node->dirty_link);
    *out = node;
    return OK;
}

/* Out of the cache; the descriptor is to be closed. */
static int take_fd_locked(struct host_node *node)
{
    int fd = node->fd;

    list_remove(&node->lru_link);
    node->fd = -1;
    node->hostfs->descriptor_count -= fd >= 0;
    return fd;
}

static void close_fd(int fd)
{
    if (fd >= 0)
        hal_host_close(fd);
}

static int take_fd(struct host_node *node)
{
    SPIN_GUARD(&node->hostfs->lock);

    return take_fd_locked(node);
}

static void drop_way(struct host_way way)
{
    kfree(way.name);
    host_node_put(way.parent);
}

/* Up the chain as far as nobody else holds on, in a loop: trees are deep. What has another way
 * is no directory. */
void host_node_put(struct host_node *node)
{
    while (node && ref_put(&node->refs) == 1) {
        struct host_node *parent = node->way.parent;
        struct hostfs *hostfs = node->hostfs;

        close_fd(take_fd(node));
        close_fd(node->write_fd);
        close_fd(node->path_fd);
        drop_way(node->other);
        kfree(node->way.name);
        slab_free(&host_node_cache, node);
        filesystem_unref(&hostfs->fs);
        node = parent;
    }
}

/* A directory may have been forgotten meanwhile, and have another node now. */
static bool leads(const struct host_way *way, const struct host_node *dir, const char *name)
{
    return way->name && way->parent && way->parent->dev == dir->dev &&
           way->parent->ino == dir->ino && strcmp(way->name, name) == 0;
}

/* No news: it has that way already, or it is the root. Nor is a way that leads through the node
 * itself: the host moved directories, and we have not seen all of that yet. */
static bool keeps_way_locked(const struct host_node *node, const struct host_node *parent,
                             const char *name)
{
    if (!node->way.parent || (node->way.parent == parent && strcmp(node->way.name, name) == 0))
        return true;
    while (parent && parent != node)
        parent = parent->way.parent;
    return parent != NULL;
}

/* What is to be dropped. A directory has one name. */
static struct host_way take_way_locked(struct host_node *node, struct host_way fresh)
{
    struct host_way old = node->way, older = node->other;

    if (keeps_way_locked(node, fresh.parent, fresh.name))
        return fresh;
    node->way = fresh;
    if (node->type == HAL_HOST_DIR)
        return old;
    node->other = old;
    return older;
}

void host_node_seen(struct host_node *node, struct host_node *parent, const char *name)
{
    struct host_way way;

    {
        SPIN_GUARD(&node->hostfs->lock);
        if (keeps_way_locked(node, parent, name))
            return;
    }
    way.name = kmemdup(name, strlen(name) + 1);
    if (!way.name)
        return; /* the old way may do */
    way.parent = host_node_get(parent);
    {
        SPIN_GUARD(&node->hostfs->lock);
        way = take_way_locked(node, way);
    }
    drop_way(way);
}

void host_node_unseen(struct host_node *node, struct host_node *dir, const char *name)
{
    struct host_way gone = {};

    {
        SPIN_GUARD(&node->hostfs->lock);
        if (leads(&node->other, dir, name)) {
            gone = node->other;
            node->other = (struct host_way){};
        } else if (node->other.name && leads(&node->way, dir, name)) {
            gone = node->way;
            node->way = node->other;
            node->other = (struct host_way){};
        }
    }
    drop_way(gone);
}

bool host_node_is_elsewhere(struct host_node *node, struct host_node *dir, const char *name)
{
    SPIN_GUARD(&node->hostfs->lock);

    return node->other.name || !leads(&node->way, dir, name);
}

/* A step down: `node`, a reference, is opened as `name` from descriptor `from`. */
struct step {
    struct host_node *node;
    int from;
    char name[NAME_MAX_BYTES + 1];
};

/* From a directory, whose descriptor is given: not if the file has its own. */
static int copy_way_locked(const struct host_node *node, int dir, char *name)
{
    const char *text = node->path_fd < 0 ? node->way.name : "";

    memcpy(name, text, strlen(text) + 1);
    return node->path_fd < 0 ? dir : node->path_fd;
}

/*
 * Pin the descriptor of `node`, or of the nearest node above it that has one; a reference.
 * The step is to the node to be opened next. NULL: there is none, or not even the root is open,
 * and the step is to that.
 */
static struct host_node *pin_nearest(struct host_node *node, struct step *step)
{
    struct host_node *at = node, *child = NULL;
    SPIN_GUARD(&node->hostfs->lock);

    while (at->fd < 0 && at->path_fd < 0 && at->way.parent) {
        child = at;
        at = at->way.parent;
    }
    step->node = at->fd < 0 ? at : child;
    if (step->node) {
        host_node_get(step->node);
        step->from =
            copy_way_locked(step->node, at->fd < 0 ? at->hostfs->root_dir : at->fd, step->name);
    }
    if (at->fd < 0)
        return NULL;
    at->fd_users++;
    list_remove(&at->lru_link);
    list_push_back(&at->hostfs->descriptors, &at->lru_link);
    return host_node_get(at);
}

void host_node_fd_put(struct host_node *node)
{
    SPIN_GUARD(&node->hostfs->lock);

    node->fd_users--;
}

/* The oldest descriptor that nobody uses, if there are too many; -1: none. */
static int evict_locked(struct hostfs *hostfs)
{
    if (hostfs->descriptor_count <= DESCRIPTORS_MAX)
        return -1;
    list_for_each (it, &hostfs->descriptors) {
        struct host_node *node = container_of(it, struct host_node, lru_link);

        if (node->fd_users == 0)
            return take_fd_locked(node);
    }
    return -1;
}

/* Into the cache; two may have opened the same. */
static void keep_fd(struct host_node *node, int fd)
{
    struct hostfs *hostfs = node->hostfs;
    int surplus = fd;

    {
        SPIN_GUARD(&hostfs->lock);
        if (node->fd < 0) {
            node->fd = fd;
            hostfs->descriptor_count++;
            surplus = evict_locked(hostfs);
            list_push_back(&hostfs->descriptors, &node->lru_link);
        }
    }
    close_fd(surplus);
}

/* A directory that may be searched but not read is opened for searching. */
static status_t open_host(const struct host_node *node, int dir, const char *name, int *fd)
{
    unsigned directory = node->type == HAL_HOST_DIR ? HAL_HOST_DIRECTORY : 0;
    status_t st;

    if (node->type != HAL_HOST_DIR && node->type != HAL_HOST_FILE)
        return ERR_ACCESS_DENIED;
    st = hal_host_open(dir, name, HAL_HOST_READ | directory, fd);
    if (st == ERR_ACCESS_DENIED && directory)
        st = hal_host_open(dir, name, HAL_HOST_PATH | directory, fd);
    return st;
}

status_t host_node_check(const struct host_node *node, int fd, struct hal_host_stat *stat)
{
    status_t st = hal_host_stat(fd, stat);

    if (st == OK &&
        (stat->dev != node->dev || stat->ino != node->ino || stat->type != node->type))
        st = ERR_STALE;
    return st;
}

/* Open `node` by its name in `dir`, if it still is what we know. */
static status_t open_checked(struct host_node *node, int dir, const char *name)
{
    struct hal_host_stat stat;
    int fd;
    status_t st = open_host(node, dir, name, &fd);

    if (st != OK)
        return st == ERR_NOT_FOUND ? ERR_STALE : st;
    st = host_node_check(node, fd, &stat);
    if (st == OK)
        keep_fd(node, fd);
    else
        hal_host_close(fd);
    return st;
}

status_t host_node_fd_get(struct host_node *node, int *fd)
{
    struct step step;

    /* One step down from the nearest node that is open, until it is `node`. */
    for (;;) {
        struct host_node *at = pin_nearest(node, &step);
        status_t st;

        if (at == node) {
            *fd = node->fd; /* pinned, so it stays what it is */
            host_node_put(at);
            return OK;
        }
        st = open_checked(step.node, step.from, step.name);
        if (at)
            host_node_fd_put(at);
        host_node_put(at);
        host_node_put(step.node);
        if (st != OK)
            return st;
    }
}

status_t host_node_way(struct host_node *node, struct host_node **parent, int *fd, char *name)
{
    status_t st = OK;

    {
        SPIN_GUARD(&node->hostfs->lock);
        *fd = copy_way_locked(node, node->hostfs->root_dir, name);
        *parent = node->path_fd < 0 ? node->way.parent : NULL;
        if (*parent)
            host_node_get(*parent);
    }
    if (*parent)
        st = host_node_fd_get(*parent, fd);
    if (st != OK)
        host_node_put(*parent);
    return st;
}

void host_node_way_end(struct host_node *parent)
{
    if (!parent)
        return;
    host_node_fd_put(parent);
    host_node_put(parent);
}

status_t host_node_open_path(struct host_node *node, int *fd)
{
    struct hal_host_stat stat;
    struct host_node *parent;
    char name[NAME_MAX_BYTES + 1];
    int dir;
    status_t st = host_node_way(node, &parent, &dir, name);

    if (st != OK)
        return st;
    st = hal_host_open(dir, name, HAL_HOST_PATH, fd);
    host_node_way_end(parent);
    if (st != OK)
        return st;
    st = host_node_check(node, *fd, &stat);
    if (st != OK)
        hal_host_close(*fd);
    return st;
}

void host_node_orphan(struct host_node *node)
{
    int fd;

    if (host_node_open_path(node, &fd) != OK)
        return; /* then it is lost */
    {
        SPIN_GUARD(&node->hostfs->lock);
        if (node->path_fd < 0) {
            node->path_fd = fd;
            fd = -1;
        }
    }
    close_fd(fd);
}
