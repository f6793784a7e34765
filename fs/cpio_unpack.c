/*
 * cpio_unpack.c - making an archive's members in a file system, by its inode operations: nobody
 * looks yet, so there is nobody to ask for permission and nothing in the directory cache.
 */
#include "fs/cpio.h"
#include "fs/fs_internal.h"
#include "mm/slab.h"

enum { TYPE_SHIFT = 12, PARENT_MODE = 0755 };

/* A file with more links to come. */
struct linked {
    struct linked *next;
    uint64_t ino, dev;
    struct inode *inode; /* reference */
};

/* stat(2)'s file types. */
static bool type_of(uint32_t mode, enum inode_type *out)
{
    static const struct {
        unsigned number;
        enum inode_type type;
    } types[] = {
        {1, INODE_FIFO}, {2, INODE_CHAR},     {4, INODE_DIR},     {6, INODE_BLOCK},
        {8, INODE_FILE}, {10, INODE_SYMLINK}, {12, INODE_SOCKET},
    };

    for (unsigned i = 0; i < countof(types); i++)
        if (types[i].number == mode >> TYPE_SHIFT) {
            *out = types[i].type;
            return true;
        }
    return false;
}

static status_t attr_of(const struct cpio_entry *e, struct inode_attr *out)
{
    *out = (struct inode_attr){
        .mode = e->mode & 07777,
        .uid = e->uid,
        .gid = e->gid,
        .rdev = e->rdev,
        .atime = e->mtime,
        .mtime = e->mtime,
        .ctime = e->mtime,
        .btime = e->mtime,
    };
    return type_of(e->mode, &out->type) ? OK : ERR_INVALID_ARGS;
}

/* Cut the first component off. */
static struct name take_component(struct name *path)
{
    const char *slash = memchr(path->text, '/', path->size);
    struct name first = {path->text, slash ? (size_t)(slash - path->text) : path->size};
    size_t skip = first.size;

    while (skip < path->size && path->text[skip] == '/')
        skip++;
    *path = (struct name){path->text + skip, path->size - skip};
    return first;
}

/* One step down, into a directory that is made if it is missing. Consumes `dir`. */
static status_t descend(struct inode *dir, struct name name, struct inode **out)
{
    struct inode_attr attr = {.type = INODE_DIR, .mode = PARENT_MODE};
    status_t st = dir->ops->lookup(dir, name, out);

    if (st == ERR_NOT_FOUND)
        st = dir->ops->mkdir(dir, name, &attr, out);
    inode_put(dir);
    if (st == OK && (*out)->attr.type != INODE_DIR) {
        inode_put(*out);
        return ERR_NOT_DIR;
    }
    return st;
}

/* The directory that `path` is in, and its last component. */
static status_t find_parent(struct filesystem *fs, struct name path, struct inode **dir,
                            struct name *last)
{
    *dir = inode_get(fs->root);
    for (;;) {
        status_t st = OK;

        *last = take_component(&path);
        if (name_equal(*last, "..", 2))
            st = ERR_INVALID_ARGS;
        else if (last->size > NAME_MAX_BYTES)
            st = ERR_NAME_TOO_LONG;
        if (st != OK) {
            inode_put(*dir);
            return st;
        }
        if (!path.size)
            return OK;
        if (name_equal(*last, ".", 1))
            continue;
        st = descend(*dir, *last, dir);
        if (st != OK)
            return st;
    }
}

static status_t write_contents(struct inode *inode, const struct cpio_entry *e)
{
    struct inode_attr attr = {.size = e->size};
    status_t st = inode->ops->set_attr(inode, &attr, ATTR_SIZE);

    return st == OK ? vmo_write(inode->vmo, 0, e->data, e->size, NULL) : st;
}

static status_t make_symlink(struct inode *dir, struct name name, const struct cpio_entry *e,
                             const struct inode_attr *attr, struct inode **out)
{
    char *target;
    status_t st;

    if (e->size == 0 || e->size > PATH_MAX_BYTES || memchr(e->data, '\0', e->size))
        return ERR_INVALID_ARGS;
    target = kzalloc(e->size + 1);
    if (!target)
        return ERR_NO_MEMORY;
    memcpy(target, e->data, e->size);
    st = dir->ops->symlink(dir, name, target, attr, out);
    kfree(target);
    return st;
}

static status_t make_file(struct inode *dir, struct name name, const struct cpio_entry *e,
                          const struct inode_attr *attr, struct inode **out)
{
    switch (attr->type) {
    case INODE_DIR:
        return dir->ops->mkdir(dir, name, attr, out);
    case INODE_SYMLINK:
        return make_symlink(dir, name, e, attr, out);
    default:
        return dir->ops->create(dir, name, attr, out);
    }
}

static struct linked *find_linked(struct linked *list, const struct cpio_entry *e)
{
    while (list && (list->ino != e->ino || list->dev != e->dev))
        list = list->next;
    return list;
}

static status_t remember(struct linked **list, const struct cpio_entry *e, struct inode *inode)
{
    struct linked *l = kmalloc(sizeof(*l));

    if (!l)
        return ERR_NO_MEMORY;
    *l = (struct linked){*list, e->ino, e->dev, inode_get(inode)};
    *list = l;
    return OK;
}

static void forget_all(struct linked *list)
{
    while (list) {
        struct linked *next = list->next;

        inode_put(list->inode);
        kfree(list);
        list = next;
    }
}

/* The name is free, or was a directory and is to be one, which `*out` then is. */
static status_t clear_name(struct inode *dir, struct name name, enum inode_type type,
                           struct inode **out)
{
    struct inode *old;
    status_t st = dir->ops->lookup(dir, name, &old);

    *out = NULL;
    if (st != OK)
        return st == ERR_NOT_FOUND ? OK : st;
    if (old->attr.type == INODE_DIR && type == INODE_DIR) {
        *out = old;
        return OK;
    }
    st = old->attr.type == INODE_DIR ? dir->ops->rmdir(dir, name, old)
                                     : dir->ops->unlink(dir, name, old);
    inode_put(old);
    return st;
}

static status_t apply_attr(struct inode *inode, const struct inode_attr *attr)
{
    return inode->ops->set_attr(
        inode, attr, ATTR_MODE | ATTR_UID | ATTR_GID | ATTR_MTIME | ATTR_ATIME | ATTR_CTIME);
}

static status_t make_member(struct inode *dir, struct name name, const struct cpio_entry *e,
                            struct linked **links)
{
    struct linked *other = e->nlink > 1 ? find_linked(*links, e) : NULL;
    struct inode_attr attr;
    struct inode *inode = NULL;
    status_t st = attr_of(e, &attr);

    if (st == OK)
        st = clear_name(dir, name, attr.type, &inode);
    if (st != OK)
        return st;
    if (other && attr.type == INODE_FILE) {
        inode = inode_get(other->inode);
        st = dir->ops->link(dir, name, inode);
    } else if (!inode) {
        st = make_file(dir, name, e, &attr, &inode);
        if (st == OK && e->nlink > 1 && attr.type == INODE_FILE)
            st = remember(links, e, inode);
    }
    /* Of several links the last has the contents. */
    if (st == OK && attr.type == INODE_FILE && e->size)
        st = write_contents(inode, e);
    if (st == OK)
        st = apply_attr(inode, &attr);
    inode_put(inode);
    return st;
}

static status_t make_entry(struct filesystem *fs, const struct cpio_entry *e,
                           struct linked **links)
{
    struct inode_attr attr;
    struct inode *dir;
    struct name last;
    status_t st = find_parent(fs, e->path, &dir, &last);

    if (st != OK)
        return st;
    if (name_equal(last, ".", 1)) {
        st = attr_of(e, &attr);
        if (st == OK && attr.type != INODE_DIR)
            st = ERR_INVALID_ARGS;
        if (st == OK)
            st = apply_attr(dir, &attr);
    } else {
        st = make_member(dir, last, e, links);
    }
    inode_put(dir);
    return st;
}

status_t cpio_unpack(const void *archive, size_t size, struct filesystem *fs, size_t *at)
{
    struct linked *links = NULL;
    struct cpio_entry e;
    size_t next = 0;
    status_t st;

    do {
        *at = next;
        st = cpio_next(archive, size, &next, &e);
        if (st == ERR_NOT_FOUND) {
            *at = next;
            forget_all(links);
            return OK;
        }
        if (st == OK)
            st = make_entry(fs, &e, &links);
    } while (st == OK);
    forget_all(links);
    return st;
}
