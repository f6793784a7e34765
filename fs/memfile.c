/*
 * memfile.c - regular files in memory that no directory has.
 */
#include "fs/memfile.h"

#include "base/format.h"
#include "fs/anon.h"
#include "fs/fs_internal.h"
#include "fs/ram_quota.h"

static void memfile_destroy(struct inode *inode)
{
    vmo_drop_text(inode->vmo);
    vmo_put(inode->vmo);
    anon_inode_destroy(inode);
}

static status_t memfile_get_attr(struct inode *inode, struct inode_attr *out)
{
    uint64_t pages = vmo_committed_pages(inode->vmo);
    SPIN_GUARD(&inode->lock);

    ram_pages_note_written_locked(inode);
    *out = inode->attr;
    out->blocks = pages * (PAGE_SIZE / 512);
    return OK;
}

static struct inode *memfile_xattrs(struct inode *inode, enum xattr_use use)
{
    (void)use;
    return inode;
}

static const struct inode_ops memfile_ops = {
    .xattrs = memfile_xattrs,
    .get_attr = memfile_get_attr,
    .set_attr = inode_attr_change,
    .destroy = memfile_destroy,
};

/* Named as its mappings are called: like a file that was removed. */
static status_t create_contents(const char *name, struct vmo **out)
{
    char text[NAME_MAX_BYTES + sizeof("/ (deleted)")];

    format(text, sizeof(text), "/%s (deleted)", name);
    return ram_pages_create(NULL, text, out);
}

static status_t create_inode(const char *name, const struct inode_attr *attr, uint32_t seals,
                             struct inode **out)
{
    struct vmo *vmo;
    status_t st = create_contents(name, &vmo);

    if (st != OK)
        return st;
    st = anon_inode_create_attr(attr, &memfile_ops, out);
    if (st != OK) {
        vmo_put(vmo);
        return st;
    }
    (*out)->vmo = vmo;
    (*out)->sealable = true;
    (*out)->seals = seals;
    return OK;
}

status_t memfile_create(const char *name, const struct inode_attr *attr, uint32_t seals,
                        struct file **out)
{
    struct inode *inode;
    struct path path;
    status_t st = create_inode(name, attr, seals, &inode);

    if (st != OK)
        return st;
    st = anon_path(inode, name, &path);
    inode_put(inode); /* the place has its own */
    if (st != OK)
        return st;
    st = file_open(&path, FILE_READ | FILE_WRITE, out);
    path_put(&path);
    return st;
}
