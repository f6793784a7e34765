/*
 * layers_copy.c - copying up, and hiding what the lower layer has.
 *
 * What takes several steps is made in `work` and put into its place by one.
 */
#include "base/format.h"
#include "fs/layers_internal.h"
#include "mm/slab.h"
#include "vm/iobuf.h"

enum { COPY_BYTES = 65536, WORK_NAME_MAX = 24 };

#define ATTR_OWNER (ATTR_UID | ATTR_GID)
#define ATTR_TIMES (ATTR_ATIME | ATTR_MTIME)

static struct name work_name(struct layers *layers, char *text)
{
    int size = format(text, WORK_NAME_MAX, "%llu", (unsigned long long)layers->work_count++);

    return (struct name){text, (size_t)size};
}

static status_t write_all(struct inode *to, uint64_t at, void *data, size_t size)
{
    struct iobuf io;
    status_t st = OK;

    iobuf_init_kernel(&io, data, size);
    while (st == OK && iobuf_left(&io))
        st = to->ops->write(to, &io, &at, false);
    return st;
}

static status_t copy_bytes(struct vmo *from, struct inode *to, uint64_t size)
{
    void *buffer = kmalloc(COPY_BYTES);
    status_t st = buffer ? OK : ERR_NO_MEMORY;

    for (uint64_t at = 0; st == OK && at < size; at += COPY_BYTES) {
        size_t part = MIN(size - at, (uint64_t)COPY_BYTES);

        st = vmo_read(from, at, buffer, part, NULL);
        if (st == OK)
            st = write_all(to, at, buffer, part);
    }
    kfree(buffer);
    return st;
}

/* Into `to`, a file of the store that was just made. A store without `write` is memory. */
static status_t copy_contents(struct inode *lower, struct inode *to, uint64_t size)
{
    struct vmo *from = inode_vmo(lower);
    status_t st;

    if (!from)
        return ERR_NOT_PERMITTED; /* generated contents */
    st = to->ops->prepare_write ? to->ops->prepare_write(to) : OK;
    if (st == OK && to->ops->write) {
        st = copy_bytes(from, to, size);
    } else if (st == OK) {
        st = ERR_NOT_SUPPORTED;
    }
    if (st == OK && to->ops->end_write)
        to->ops->end_write(to);
    vmo_put(from);
    return st;
}

/* The owner may be one that we cannot give files to: then they are our own. Set-ID bits that
 * meant another owner are left out then. */
static status_t copy_attr(struct inode *to, const struct inode_attr *attr)
{
    struct inode_attr now = *attr;
    unsigned which = ATTR_TIMES | (attr->type == INODE_SYMLINK ? 0 : ATTR_MODE);

    if (to->ops->set_attr(to, attr, ATTR_OWNER) != OK)
        now.mode &= ~(uint32_t)(MODE_SETUID | MODE_SETGID);
    return to->ops->set_attr(to, &now, which);
}

static status_t make_symlink(struct inode *lower, struct inode *dir, struct name name,
                             const struct inode_attr *attr, struct inode **out)
{
    char *text = kmalloc(PATH_MAX_BYTES + 1);
    size_t length;
    status_t st =
        text ? lower->ops->readlink(lower, text, PATH_MAX_BYTES, &length) : ERR_NO_MEMORY;

    if (st == OK) {
        text[length] = '\0';
        st = dir->ops->symlink(dir, name, text, attr, out);
    }
    kfree(text);
    return st;
}

/* A copy of `lower`, of any type, as `name` in `dir`. */
static status_t make_copy(struct inode *lower, struct inode *dir, struct name name,
                          uint64_t limit, struct inode **out)
{
    struct inode_attr attr;
    status_t st;

    inode_attr_get(lower, &attr);
    if (attr.type == INODE_DIR)
        st = dir->ops->mkdir(dir, name, &attr, out);
    else if (attr.type == INODE_SYMLINK)
        st = make_symlink(lower, dir, name, &attr, out);
    else
        st = dir->ops->create(dir, name, &attr, out);
    if (st != OK)
        return st;
    if (attr.type == INODE_FILE)
        st = copy_contents(lower, *out, MIN(attr.size, limit));
    if (st == OK)
        st = copy_attr(*out, &attr);
    if (st != OK)
        inode_put(*out);
    return st;
}

static status_t copy_into_place(struct layer_inode *li, struct inode *dir, struct name name,
                                uint64_t limit, struct inode **out)
{
    struct layers *layers = layers_of(&li->inode);
    struct inode *work = layers->work;
    char text[WORK_NAME_MAX];
    struct name temporary = work_name(layers, text);
    status_t st = make_copy(li->lower, work, temporary, limit, out);

    if (st == OK) {
        st = work->ops->rename(work, temporary, *out, dir, name, NULL);
        if (st == OK)
            return OK;
        inode_put(*out);
    }
    (void)(layer_clean_work_locked(layers) == OK); /* or the next time */
    return st;
}

/* All directories above have an upper one. */
static status_t copy_one_locked(struct layer_inode *li, uint64_t limit)
{
    struct name name = name_of(li->name);
    struct inode *dir = layer_upper(li->parent), *upper;
    status_t st = layer_find(dir, name, &upper);

    if (st == OK && !upper) /* else another inode of that name was copied up */
        st = copy_into_place(li, dir, name, limit, &upper);
    if (st == OK)
        layer_inode_set_upper(li, upper);
    return st;
}

/* The highest one above `li`, or itself, that the upper layer lacks. */
static struct layer_inode *first_missing(struct layer_inode *li)
{
    struct layer_inode *missing = NULL;

    for (; li && !layer_upper(li); li = li->parent)
        missing = li;
    return missing;
}

status_t layer_copy_up_locked(struct layer_inode *li, uint64_t limit)
{
    struct layer_inode *missing;
    status_t st = OK;

    while (st == OK && (missing = first_missing(li)))
        st = missing->removed ? ERR_STALE
                              : copy_one_locked(missing, missing == li ? limit : UINT64_MAX);
    return st;
}

/* --- what is gone --- */

static struct layer_inode *first_without_mirror(struct layer_inode *dir)
{
    struct layer_inode *missing = NULL;

    for (; dir && !layer_gone(dir); dir = dir->parent)
        missing = dir;
    return missing;
}

static status_t make_mirror(struct layer_inode *dir)
{
    const struct inode_attr attr = {.type = INODE_DIR, .mode = 0700};
    struct layer_inode *missing;

    while ((missing = first_without_mirror(dir))) {
        struct inode *above = layer_gone(missing->parent), *mirror;
        struct name name = name_of(missing->name);
        status_t st = layer_find(above, name, &mirror);

        if (st == OK && !mirror)
            st = above->ops->mkdir(above, name, &attr, &mirror);
        if (st != OK)
            return st;
        atomic_store_explicit(&missing->gone, mirror, memory_order_release);
    }
    return OK;
}

/* The mirror of a directory, with all in it, becomes the mark that it is gone. */
static status_t replace_mirror(struct layers *layers, struct inode *dir, struct name name,
                               struct inode *mirror)
{
    const struct inode_attr attr = {.type = INODE_FILE, .mode = 0600};
    struct inode *work = layers->work, *mark;
    char text[WORK_NAME_MAX];
    struct name temporary = work_name(layers, text);
    status_t st = work->ops->create(work, temporary, &attr, &mark);

    if (st != OK)
        return st;
    st = dir->ops->exchange(dir, name, mirror, work, temporary, mark);
    inode_put(mark);
    (void)(layer_clean_work_locked(layers) == OK); /* or the next time */
    return st;
}

static status_t mark_gone(struct layer_inode *dir, struct name name)
{
    const struct inode_attr attr = {.type = INODE_FILE, .mode = 0600};
    struct inode *mirror, *mark;
    status_t st = make_mirror(dir);

    if (st == OK)
        st = layer_find(layer_gone(dir), name, &mark);
    if (st != OK)
        return st;
    mirror = mark;
    if (mirror && mirror->attr.type == INODE_DIR)
        st = replace_mirror(layers_of(&dir->inode), layer_gone(dir), name, mirror);
    else if (!mirror)
        st = layer_gone(dir)->ops->create(layer_gone(dir), name, &attr, &mark);
    if (st == OK || mirror)
        inode_put(mark);
    return st;
}

status_t layer_hide_locked(struct layer_inode *dir, struct name name)
{
    struct inode *lower;
    status_t st = layer_find(dir->lower, name, &lower);

    if (st == OK && lower)
        st = mark_gone(dir, name);
    inode_put(lower);
    return st;
}

/* --- work --- */

struct first_entry {
    char text[NAME_MAX_BYTES + 1];
    size_t size;
};

static bool take_first(void *arg, struct name name, uint64_t ino, enum inode_type type,
                       uint64_t next)
{
    struct first_entry *e = arg;

    (void)ino, (void)type, (void)next;
    memcpy(e->text, name.text, name.size);
    e->size = name.size;
    return false;
}

/* Some entry of `dir`: a reference, or NULL, it is empty. */
static status_t first_of(struct inode *dir, struct first_entry *e, struct inode **out)
{
    uint64_t at = 0;
    status_t st;

    *out = NULL;
    e->size = 0;
    st = dir->ops->readdir(dir, &at, take_first, e);
    return st == OK && e->size ? layer_find(dir, (struct name){e->text, e->size}, out) : st;
}

/* Without recursion: what a directory has moves up beside it first. */
static status_t remove_first(struct layers *layers, struct first_entry *e, struct inode *inode)
{
    struct inode *work = layers->work, *child;
    struct name name = {e->text, e->size};
    struct first_entry below;
    char text[WORK_NAME_MAX];
    status_t st;

    if (inode->attr.type != INODE_DIR)
        return work->ops->unlink(work, name, inode);
    while ((st = first_of(inode, &below, &child)) == OK && child) {
        struct name from = {below.text, below.size};

        st = inode->ops->rename(inode, from, child, work, work_name(layers, text), NULL);
        inode_put(child);
        if (st == ERR_ALREADY_EXISTS)
            continue; /* a name of an earlier run: the next one */
        if (st != OK)
            return st;
    }
    return st == OK ? work->ops->rmdir(work, name, inode) : st;
}

status_t layer_clean_work_locked(struct layers *layers)
{
    struct first_entry entry;
    struct inode *inode;
    status_t st;

    while ((st = first_of(layers->work, &entry, &inode)) == OK && inode) {
        st = remove_first(layers, &entry, inode);
        inode_put(inode);
        if (st != OK)
            break;
    }
    return st;
}
