/*
 * devfs.c - what is in /dev.
 */
#include "fs/devfs.h"

#include "fs/fs_internal.h"
#include "fs/fstype.h"
#include "fs/ramfs.h"

static const struct {
    const char *name, *target;
} links[] = {
    {"fd", "/proc/self/fd"},
    {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"},
    {"stderr", "/proc/self/fd/2"},
};

static const struct {
    const char *name;
    uint32_t mode;
} directories[] = {{"shm", 01777}, {"pts", 0755}, {"mqueue", 01777}};

static struct inode_attr attr_now(enum inode_type type, uint32_t mode)
{
    int64_t now = inode_time_now();

    return (struct inode_attr){
        .type = type, .mode = mode, .atime = now, .mtime = now, .ctime = now, .btime = now};
}

static status_t make_links(struct inode *root)
{
    for (unsigned i = 0; i < countof(links); i++) {
        struct inode_attr attr = attr_now(INODE_SYMLINK, 0777);
        struct inode *made;
        status_t st =
            root->ops->symlink(root, name_of(links[i].name), links[i].target, &attr, &made);

        if (st != OK)
            return st;
        inode_put(made);
    }
    return OK;
}

static status_t make_directories(struct inode *root)
{
    for (unsigned i = 0; i < countof(directories); i++) {
        struct inode_attr attr = attr_now(INODE_DIR, directories[i].mode);
        struct inode *made;
        status_t st = root->ops->mkdir(root, name_of(directories[i].name), &attr, &made);

        if (st != OK)
            return st;
        inode_put(made);
    }
    return OK;
}

static status_t make_nodes(struct inode *root)
{
    for (const struct chardev *dev = chardev_next(NULL); dev; dev = chardev_next(dev)) {
        struct inode_attr attr = attr_now(INODE_CHAR, dev->mode);
        struct inode *made;
        status_t st;

        if (!dev->name)
            continue;
        attr.rdev = dev->dev;
        st = root->ops->create(root, name_of(dev->name), &attr, &made);
        if (st != OK)
            return st;
        inode_put(made);
    }
    return OK;
}

status_t devfs_create(struct filesystem **out)
{
    struct filesystem *devfs;
    status_t st = ramfs_create("devtmpfs", 0755, &devfs);

    if (st != OK)
        return st;
    st = make_directories(devfs->root);
    if (st == OK)
        st = make_links(devfs->root);
    if (st == OK)
        st = make_nodes(devfs->root);
    if (st != OK) {
        filesystem_put(devfs);
        return st;
    }
    *out = devfs;
    return OK;
}

/* There is one: what is made in it is to be seen wherever it is mounted. */
static status_t create_again(const char *options, struct filesystem **out)
{
    (void)options; /* of the first mount, whoever made it */
    *out = mount_find_type("devtmpfs");
    return *out ? OK : devfs_create(out);
}

status_t devfs_register(void)
{
    static struct fs_type devtmpfs = {.name = "devtmpfs", .create = create_again};

    return fs_type_register(&devtmpfs);
}
