/*
 * layers.c - the inodes of the kept overlay: what two layers show by one name.
 *
 * An inode is found again by what it shows, so that a file of the upper layer is one file by
 * all its names. A file of the lower layer that has several names may become several, so it is
 * found by its name, too.
 */
#include "fs/layers.h"

#include "base/hash.h"
#include "fs/layers_internal.h"
#include "mm/slab.h"

enum { LAYERS_MAGIC = 0x794c7631 };

SLAB_CACHE(layer_inode_cache, struct layer_inode);

status_t layer_find(struct inode *dir, struct name name, struct inode **out)
{
    status_t st = ERR_NOT_FOUND;

    *out = NULL;
    if (dir && dir->ops->lookup)
        st = dir->ops->lookup(dir, name, out);
    return st == ERR_NOT_FOUND ? OK : st;
}

void layer_parts_put(struct layer_parts *parts)
{
    inode_put(parts->upper);
    inode_put(parts->lower);
    inode_put(parts->gone);
    *parts = (struct layer_parts){0};
}

static void drop(struct inode **part)
{
    inode_put(*part);
    *part = NULL;
}

status_t layer_parts(struct layer_inode *dir, struct name name, struct layer_parts *out)
{
    bool hidden;
    status_t st;

    *out = (struct layer_parts){0};
    st = layer_find(layer_gone(dir), name, &out->gone);
    if (st == OK)
        st = layer_find(layer_upper(dir), name, &out->upper);
    hidden = out->gone && !layer_is_dir(out->gone);
    if (st == OK && !hidden)
        st = layer_find(dir->lower, name, &out->lower);
    if (st != OK) {
        layer_parts_put(out);
        return st;
    }
    if (out->upper && !(layer_is_dir(out->upper) && layer_is_dir(out->lower)))
        drop(&out->lower);
    if (hidden || !layer_is_dir(out->lower))
        drop(&out->gone);
    return OK;
}

static uint64_t hash_of(const struct inode *real)
{
    return hash_u64((uintptr_t)real);
}

static uint64_t hash_of_link(const struct list *link)
{
    return hash_of(layer_real(container_of(link, struct layer_inode, link)));
}

/* `li`, which shows the same, is the inode for that name. The parent and name of one that may
 * be found by others do not change while it has no upper. */
static bool is_for(struct layer_inode *li, const struct layer_inode *dir, struct name name)
{
    if (layer_upper(li) || li->lower->attr.nlink <= 1 || layer_is_dir(li->lower))
        return true;
    return li->parent == dir && name_equal(name, li->name, strlen(li->name));
}

static struct layer_inode *find_locked(struct layers *layers, const struct inode *real,
                                       const struct layer_inode *dir, struct name name)
{
    list_for_each (it, table_bucket(&layers->inodes, hash_of(real))) {
        struct layer_inode *li = container_of(it, struct layer_inode, link);

        if (layer_real(li) == real && is_for(li, dir, name) && inode_try_get(&li->inode))
            return li;
    }
    return NULL;
}

/* `fresh` is for that name, unless somebody else was first. */
static struct layer_inode *settle(struct layers *layers, const struct inode *real,
                                  const struct layer_inode *dir, struct name name,
                                  struct layer_inode *fresh)
{
    struct layer_inode *found;
    SPIN_GUARD(&layers->lock);

    found = find_locked(layers, real, dir, name);
    if (!found && fresh)
        table_add(&layers->inodes, &fresh->link);
    return found ? found : fresh;
}

static struct layer_inode *make(struct layers *layers, struct layer_inode *dir,
                                struct name name, struct layer_parts *parts)
{
    struct layer_inode *li = slab_alloc_zeroed(&layer_inode_cache);
    char *text = kmalloc(name.size + 1);
    struct inode_attr attr;

    if (!li || !text) {
        kfree(text);
        if (li)
            slab_free(&layer_inode_cache, li);
        return NULL;
    }
    memcpy(text, name.text, name.size);
    text[name.size] = '\0';
    inode_attr_get(parts->upper ? parts->upper : parts->lower, &attr);
    if (parts->upper)
        attr.ino |= LAYER_UPPER_INO;
    inode_init(&li->inode, &layers->fs,
               attr.type == INODE_DIR ? &layers_dir_ops : &layers_other_ops, &attr);
    li->lower = parts->lower;
    atomic_init(&li->upper, parts->upper);
    atomic_init(&li->gone, parts->gone);
    li->name = text;
    if (dir) {
        inode_get(&dir->inode);
        li->parent = dir;
    }
    list_init(&li->link);
    *parts = (struct layer_parts){0};
    return li;
}

status_t layer_inode_for(struct layers *layers, struct layer_inode *dir, struct name name,
                         struct layer_parts *parts, struct inode **out)
{
    struct inode *real = parts->upper ? parts->upper : parts->lower;
    struct layer_inode *li = settle(layers, real, dir, name, NULL), *fresh;

    if (!li) {
        fresh = make(layers, dir, name, parts);
        if (!fresh) {
            layer_parts_put(parts);
            return ERR_NO_MEMORY;
        }
        li = settle(layers, real, dir, name, fresh);
        if (li != fresh)
            inode_put(&fresh->inode);
    }
    layer_parts_put(parts);
    *out = &li->inode;
    return OK;
}

void layer_inode_set_upper(struct layer_inode *li, struct inode *upper)
{
    struct layers *layers = layers_of(&li->inode);
    SPIN_GUARD(&layers->lock);

    table_remove(&layers->inodes, &li->link);
    atomic_store_explicit(&li->upper, upper, memory_order_release);
    table_add(&layers->inodes, &li->link);
}

static void layers_destroy_inode(struct inode *inode)
{
    struct layer_inode *li = layer_inode_of(inode);

    {
        SPIN_GUARD(&layers_of(inode)->lock);
        table_remove(&layers_of(inode)->inodes, &li->link);
    }
    inode_put(layer_upper(li));
    inode_put(layer_gone(li));
    inode_put(li->lower);
    if (li->parent)
        inode_put(&li->parent->inode);
    kfree(li->name);
    slab_free(&layer_inode_cache, li);
}

static status_t layers_lookup(struct inode *dir, struct name name, struct inode **out)
{
    struct layer_parts parts;
    status_t st = layer_parts(layer_inode_of(dir), name, &parts);

    if (st != OK)
        return st;
    if (!parts.upper && !parts.lower) {
        layer_parts_put(&parts);
        return ERR_NOT_FOUND;
    }
    return layer_inode_for(layers_of(dir), layer_inode_of(dir), name, &parts, out);
}

/* --- what is asked of one inode --- */

static struct inode *layers_contents(struct inode *inode)
{
    return layer_real(layer_inode_of(inode));
}

static status_t layers_get_attr(struct inode *inode, struct inode_attr *out)
{
    inode_attr_get(layers_contents(inode), out);
    SPIN_GUARD(&inode->lock);
    out->ino = inode->attr.ino;
    inode->attr = *out;
    return OK;
}

static status_t layers_readlink(struct inode *inode, char *buf, size_t size, size_t *length)
{
    struct inode *real = layers_contents(inode);

    return real->ops->readlink(real, buf, size, length);
}

static status_t layers_open(struct inode *inode, struct file *file)
{
    struct inode *real = layers_contents(inode);

    return real->ops->open ? real->ops->open(real, file) : OK;
}

static void layers_end_write(struct inode *inode)
{
    struct inode *upper = layer_upper(layer_inode_of(inode));

    if (upper->ops->end_write)
        upper->ops->end_write(upper);
}

const struct inode_ops layers_dir_ops = {
    .lookup = layers_lookup,
    .create = layers_create_file,
    .mkdir = layers_mkdir,
    .symlink = layers_symlink,
    .link = layers_link,
    .unlink = layers_unlink,
    .rmdir = layers_rmdir,
    .rename = layers_rename,
    .exchange = layers_exchange,
    .readdir = layers_readdir,
    .get_attr = layers_get_attr,
    .set_attr = layers_set_attr,
    .contents = layers_contents,
    .destroy = layers_destroy_inode,
};
const struct inode_ops layers_other_ops = {
    .readlink = layers_readlink,
    .get_attr = layers_get_attr,
    .set_attr = layers_set_attr,
    .contents = layers_contents,
    .open = layers_open,
    .prepare_write = layers_prepare_write,
    .end_write = layers_end_write,
    .destroy = layers_destroy_inode,
};

/* --- the file system --- */

static void layers_sync(struct filesystem *fs, enum sync_fs_how how)
{
    struct filesystem *store = container_of(fs, struct layers, fs)->store;

    if (store->sync)
        store->sync(store, how);
}

static void layers_shutdown(struct filesystem *fs)
{
    struct layers *layers = container_of(fs, struct layers, fs);

    inode_put(layers->files);
    inode_put(layers->gone);
    inode_put(layers->work);
}

static void layers_destroy(struct filesystem *fs)
{
    struct layers *layers = container_of(fs, struct layers, fs);

    filesystem_put(layers->lower);
    filesystem_put(layers->store);
    table_destroy(&layers->inodes);
    kfree(layers);
}

/* A directory of the store, made if it is new, with the attributes of the lower layer's root.
 */
static status_t store_dir(struct layers *layers, const char *name, struct inode **out)
{
    struct inode *root = layers->store->root;
    struct inode_attr attr;
    status_t st = layer_find(root, name_of(name), out);

    if (st != OK || *out)
        return st != OK || layer_is_dir(*out) ? st : ERR_NOT_DIR;
    inode_attr_get(layers->lower->root, &attr);
    return root->ops->mkdir ? root->ops->mkdir(root, name_of(name), &attr, out) : ERR_READ_ONLY;
}

static status_t open_store(struct layers *layers)
{
    status_t st = store_dir(layers, "files", &layers->files);

    if (st == OK)
        st = store_dir(layers, "gone", &layers->gone);
    if (st == OK)
        st = store_dir(layers, "work", &layers->work);
    if (st != OK)
        return st;
    SPIN_GUARD(&layers->change_lock);
    return layer_clean_work_locked(layers);
}

static status_t create_root(struct layers *layers)
{
    struct layer_parts parts = {.upper = inode_get(layers->files),
                                .lower = inode_get(layers->lower->root),
                                .gone = inode_get(layers->gone)};

    return layer_inode_for(layers, NULL, name_of(""), &parts, &layers->fs.root);
}

status_t layers_create(struct filesystem *lower, struct filesystem *store,
                       struct filesystem **out)
{
    struct layers *layers = kzalloc(sizeof(*layers));
    status_t st;

    if (!layers)
        return ERR_NO_MEMORY;
    if (table_init(&layers->inodes, hash_of_link) != OK) {
        kfree(layers);
        return ERR_NO_MEMORY;
    }
    filesystem_init(&layers->fs, "overlay", LAYERS_MAGIC, layers_destroy);
    layers->fs.sync = layers_sync;
    layers->fs.shutdown = layers_shutdown;
    layers->fs.name_ttl = lower->name_ttl;
    layers->lower = filesystem_get(lower);
    layers->store = filesystem_get(store);
    st = open_store(layers);
    if (st == OK)
        st = create_root(layers);
    if (st != OK) {
        filesystem_put(&layers->fs);
        return st;
    }
    *out = &layers->fs;
    return OK;
}
