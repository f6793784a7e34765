/*
 * genfs.c - inodes and files of generated contents.
 */
#include "fs/genfs.h"

#include "fs/fs_internal.h"
#include "hal/ref.h"
#include "mm/slab.h"

#define GEN_NAME_TTL 1 /* ns: a name is looked up each time */

struct gen_inode {
    struct inode inode;
    const struct gen_ops *ops;
};

SLAB_CACHE(gen_inode_cache, struct gen_inode);

/* The text that a reader sees from its beginning to its end. */
struct snapshot {
    atomic_uint refs;
    struct seq seq; /* never changes */
};

/* file.data */
struct gen_open {
    struct spinlock lock;
    struct snapshot *snapshot; /* reference; NULL: nothing read yet. Guarded by lock */
};

static struct gen_inode *gen_inode_of(struct inode *inode)
{
    return container_of(inode, struct gen_inode, inode);
}

static void snapshot_put(struct snapshot *s)
{
    if (!s || ref_put(&s->refs) != 1)
        return;
    seq_fini(&s->seq);
    kfree(s);
}

static status_t snapshot_create(struct inode *inode, struct snapshot **out)
{
    struct snapshot *s = kzalloc(sizeof(*s));
    status_t st;

    if (!s)
        return ERR_NO_MEMORY;
    atomic_init(&s->refs, 1);
    st = gen_inode_of(inode)->ops->show(inode, &s->seq);
    if (st == OK && s->seq.failed)
        st = ERR_NO_MEMORY;
    if (st != OK) {
        snapshot_put(s);
        return st;
    }
    *out = s;
    return OK;
}

/* `s` is what is read from now on. */
static void show_snapshot(struct gen_open *open, struct snapshot *s)
{
    struct snapshot *old;

    {
        SPIN_GUARD(&open->lock);
        old = open->snapshot;
        open->snapshot = s;
    }
    snapshot_put(old);
}

static struct snapshot *snapshot_get(struct gen_open *open)
{
    SPIN_GUARD(&open->lock);

    if (open->snapshot)
        ref_get(&open->snapshot->refs);
    return open->snapshot;
}

static status_t gen_try_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct gen_open *open = file->data;
    struct snapshot *s = *pos ? snapshot_get(open) : NULL;
    size_t moved = 0;
    status_t st = OK;

    if (!s) {
        st = snapshot_create(file->inode, &s);
        if (st != OK)
            return st;
        ref_get(&s->refs);
        show_snapshot(open, s);
    }
    if (*pos < s->seq.size)
        st = iobuf_put(io, s->seq.data + *pos, MIN(iobuf_left(io), s->seq.size - *pos), &moved);
    *pos += moved;
    snapshot_put(s);
    return moved ? OK : st;
}

static status_t gen_try_write(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct iobuf before = *io;
    size_t size = iobuf_left(io), moved = 0;
    char *text;
    status_t st;

    if (size > PAGE_SIZE)
        return ERR_INVALID_ARGS;
    text = kmalloc(size);
    if (!text)
        return ERR_NO_MEMORY;
    st = iobuf_take(io, text, size, &moved);
    if (st == OK)
        st = gen_inode_of(file->inode)->ops->store(file->inode, text, size);
    kfree(text);
    if (st != OK)
        *io = before;
    else
        *pos += size;
    return st;
}

static void gen_close(struct file *file)
{
    struct gen_open *open = file->data;

    snapshot_put(open->snapshot);
    kfree(open);
}

static const struct file_ops gen_read_ops = {
    .name = "generated",
    .try_read = gen_try_read,
    .close = gen_close,
};
static const struct file_ops gen_write_ops = {
    .name = "generated",
    .try_write = gen_try_write,
    .close = gen_close,
};
static const struct file_ops gen_both_ops = {
    .name = "generated",
    .try_read = gen_try_read,
    .try_write = gen_try_write,
    .close = gen_close,
};

static status_t gen_open_file(struct inode *inode, struct file *file)
{
    const struct gen_ops *ops = gen_inode_of(inode)->ops;
    struct gen_open *open;

    if (inode->attr.type != INODE_FILE)
        return OK;
    if ((file->flags & FILE_READ && !ops->show) || (file->flags & FILE_WRITE && !ops->store))
        return ERR_ACCESS_DENIED;
    open = kzalloc(sizeof(*open));
    if (!open)
        return ERR_NO_MEMORY;
    file->data = open;
    file->flags |= FILE_SEEKABLE;
    if (ops->show && ops->store)
        file->ops = &gen_both_ops;
    else
        file->ops = ops->show ? &gen_read_ops : &gen_write_ops;
    return OK;
}

static status_t gen_lookup(struct inode *dir, struct name name, struct inode **out)
{
    const struct gen_ops *ops = gen_inode_of(dir)->ops;

    return ops->lookup ? ops->lookup(dir, name, out) : ERR_NOT_FOUND;
}

static status_t gen_readdir(struct inode *dir, uint64_t *at,
                            bool (*emit)(void *arg, struct name name, uint64_t ino,
                                         enum inode_type type, uint64_t next),
                            void *arg)
{
    const struct gen_ops *ops = gen_inode_of(dir)->ops;

    return ops->readdir ? ops->readdir(dir, at, emit, arg) : OK;
}

static status_t gen_readlink(struct inode *inode, char *buf, size_t size, size_t *length)
{
    return gen_inode_of(inode)->ops->readlink(inode, buf, size, length);
}

static status_t gen_follow(struct inode *inode, struct path *out)
{
    return gen_inode_of(inode)->ops->follow(inode, out);
}

static status_t gen_get_attr(struct inode *inode, struct inode_attr *out)
{
    const struct gen_ops *ops = gen_inode_of(inode)->ops;

    {
        SPIN_GUARD(&inode->lock);
        *out = inode->attr;
    }
    if (ops->attr)
        ops->attr(inode, out);
    return OK;
}

static void gen_destroy(struct inode *inode)
{
    struct gen_inode *g = gen_inode_of(inode);

    if (g->ops->release)
        g->ops->release(inode);
    slab_free(&gen_inode_cache, g);
}

/* Truncation by open(O_TRUNC) and the like has nothing to do; all else is refused. */
static status_t gen_set_attr(struct inode *inode, const struct inode_attr *attr, unsigned which)
{
    const struct gen_ops *ops = gen_inode_of(inode)->ops;

    if (ops->set_attr)
        return ops->set_attr(inode, attr, which);
    return which == ATTR_SIZE ? OK : ERR_NOT_PERMITTED;
}

static const struct inode_ops gen_inode_ops = {
    .lookup = gen_lookup,
    .readdir = gen_readdir,
    .readlink = gen_readlink,
    .get_attr = gen_get_attr,
    .set_attr = gen_set_attr,
    .open = gen_open_file,
    .destroy = gen_destroy,
};
static const struct inode_ops gen_magic_ops = {
    .readlink = gen_readlink,
    .follow = gen_follow,
    .get_attr = gen_get_attr,
    .set_attr = gen_set_attr,
    .destroy = gen_destroy,
};

bool gen_inode_is(struct inode *inode, const struct gen_ops *ops)
{
    return (inode->ops == &gen_inode_ops || inode->ops == &gen_magic_ops) &&
           gen_inode_of(inode)->ops == ops;
}

status_t gen_inode_create(struct filesystem *fs, uint64_t ino, enum inode_type type,
                          uint32_t mode, uint32_t uid, uint32_t gid, const struct gen_ops *ops,
                          void *data, struct inode **out)
{
    struct gen_inode *g = slab_alloc(&gen_inode_cache);
    int64_t now = inode_time_now();
    struct inode_attr attr = {
        .type = type,
        .mode = mode,
        .uid = uid,
        .gid = gid,
        .nlink = type == INODE_DIR ? 2 : 1,
        .ino = ino,
        .atime = now,
        .mtime = now,
        .ctime = now,
        .btime = now,
    };

    if (!g)
        return ERR_NO_MEMORY;
    inode_init(&g->inode, fs, ops->follow ? &gen_magic_ops : &gen_inode_ops, &attr);
    g->ops = ops;
    g->inode.data = data;
    *out = &g->inode;
    return OK;
}

static void genfs_destroy(struct filesystem *fs)
{
    kfree(fs);
}

status_t genfs_create(const char *type, uint32_t magic, const struct gen_ops *ops, void *data,
                      struct filesystem **out)
{
    struct filesystem *fs = kzalloc(sizeof(*fs));
    status_t st;

    if (!fs)
        return ERR_NO_MEMORY;
    filesystem_init(fs, type, magic, genfs_destroy);
    fs->name_ttl = GEN_NAME_TTL;
    fs->same_by_ino = true;
    st = gen_inode_create(fs, 1, INODE_DIR, 0555, 0, 0, ops, data, &fs->root);
    if (st != OK) {
        filesystem_put(fs);
        return st;
    }
    *out = fs;
    return OK;
}

const struct gen_entry *gen_find(const struct gen_entry *table, unsigned count,
                                 struct name name)
{
    for (unsigned i = 0; i < count; i++)
        if (name_equal(name, table[i].name, strlen(table[i].name)))
            return &table[i];
    return NULL;
}

bool gen_list(const struct gen_entry *table, unsigned count, uint64_t first, uint64_t ino,
              uint64_t *at,
              bool (*emit)(void *arg, struct name name, uint64_t entry_ino,
                           enum inode_type type, uint64_t next),
              void *arg)
{
    for (uint64_t i = *at > first ? *at - first : 0; i < count; i++) {
        if (!emit(arg, name_of(table[i].name), ino + i, table[i].type, first + i + 1))
            return false;
        *at = first + i + 1;
    }
    return true;
}
