/*
 * regular.c - reading and writing files whose contents are a VMO.
 *
 * Bytes go straight between the file's pages and the iobuf. No lock may be held while user
 * memory is touched, so a page is pinned by a reference meanwhile. That makes it look shared:
 * somebody who writes to it through a mapping may replace it by a copy. A reader does not mind;
 * a writer looks afterwards whether his page still is the file's, and does it again if not.
 *
 * Truncation may come in between, too: it is one step under inode.lock, and so is the end of a
 * page's write.
 */
#include "fs/fs_internal.h"
#include "fs/seal.h"
#include "fs/size_limit.h"
#include "fs/xattr.h"

enum { ATIME_STALE_NS = 24 * 3600 };

#define FILE_SIZE_MAX (1ull << 47)

static uint64_t size_of(struct inode *inode)
{
    SPIN_GUARD(&inode->lock);

    return inode->attr.size;
}

/* A page for reading, pinned. OK with NULL: all zero, and there is no page. */
static status_t pin_for_read(struct vmo *vmo, uint64_t index, struct page **out)
{
    bool writable;
    status_t st;
    SPIN_GUARD(&vmo->lock);

    st = vmo_get_page_locked(vmo, index, VMO_READ | VMO_PRESENT_ONLY, out, &writable);
    if (st == ERR_NOT_FOUND && (!vmo->pager || vmo_has_holes(vmo)) && !vmo->parent) {
        *out = NULL;
        return OK;
    }
    /* An absent page of a clone becomes its own: the zero page cannot be pinned. */
    if (st == ERR_NOT_FOUND)
        st = vmo_get_page_locked(vmo, index, vmo->pager ? VMO_READ : VMO_WRITE, out, &writable);
    if (st == OK)
        page_get(*out);
    return st;
}

/* At most `part` bytes, within one page. */
static status_t read_part(struct vmo *vmo, struct iobuf *io, uint64_t pos, size_t part,
                          size_t *moved)
{
    struct page *page;
    status_t st = pin_for_read(vmo, pos >> PAGE_SHIFT, &page);

    *moved = 0;
    if (st != OK)
        return st;
    if (!page)
        return iobuf_put_zero(io, part, moved);
    st = iobuf_put(io, (char *)page_data(page) + (pos & PAGE_MASK), part, moved);
    page_put(page);
    return st;
}

static bool wants_atime(const struct file *file)
{
    unsigned never = MOUNT_NOATIME | MOUNT_READ_ONLY;

    if (file->flags & FILE_DIRECTORY)
        never |= MOUNT_NODIRATIME;
    return !(file->flags & FILE_NOATIME) && !file->inode->fs->read_only &&
           !(file->path.mount && mount_has(file->path.mount, never));
}

/* relatime: a reader is noted once after each change, and once a day. */
void file_note_read(struct file *file)
{
    const struct mount *mount = file->path.mount;
    struct inode *inode = file->inode;
    int64_t now = inode_time_now();

    if (!wants_atime(file))
        return;
    SPIN_GUARD(&inode->lock);
    if (inode->attr.atime <= inode->attr.mtime || inode->attr.atime <= inode->attr.ctime ||
        now - inode->attr.atime > ATIME_STALE_NS * NS_PER_SEC ||
        (mount && mount_has(mount, MOUNT_STRICTATIME)))
        inode->attr.atime = now;
}

static status_t regular_try_read(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct inode *inode = inode_contents(file->inode);
    uint64_t size = size_of(inode), start = *pos;
    struct vmo *vmo = inode_vmo(inode);
    status_t st = OK;

    while (st == OK && *pos < size && iobuf_left(io)) {
        size_t part = MIN(iobuf_left(io), PAGE_SIZE - (*pos & PAGE_MASK)), moved;

        st = read_part(vmo, io, *pos, MIN(part, size - *pos), &moved);
        *pos += moved;
    }
    vmo_put(vmo);
    if (*pos != start)
        file_note_read(file);
    /* Shrunk under us: what we have, or the end. */
    if (st == ERR_OUT_OF_RANGE || *pos != start)
        return OK;
    return st;
}

/* Programs keep the last part of memory: then files get what caches give back, and no more. */
static bool may_grow(void)
{
    enum { SHRINK_PAGES = 256 };

    return !page_is_low() || vmo_cache_shrink(SHRINK_PAGES);
}

/* The page for writing at `pos` up to `end`, pinned; the file's VMO grows to have it. */
static status_t pin_for_write(struct inode *inode, uint64_t pos, uint64_t end, struct vmo **vmo,
                              struct page **out)
{
    uint64_t index = pos >> PAGE_SHIFT, page_end = (index + 1) << PAGE_SHIFT;
    unsigned how = may_grow() ? VMO_WRITE : VMO_WRITE | VMO_PRESENT_ONLY;
    bool writable;
    status_t st;
    SPIN_GUARD(&inode->lock);

    st = seal_check_write_locked(inode, end);
    if (st == OK && inode->vmo->size < page_end)
        st = vmo_set_size(inode->vmo, page_end);
    if (st != OK)
        return st;
    SPIN_GUARD(&inode->vmo->lock);
    st = vmo_get_page_locked(inode->vmo, index, how, out, &writable);
    if (st != OK)
        return st == ERR_NOT_FOUND ? ERR_NO_SPACE : st;
    page_get(*out);
    *vmo = vmo_get(inode->vmo);
    return OK;
}

/* The page still is the file's: what was written counts, up to `end`. */
static bool commit_part(struct inode *inode, struct vmo *vmo, struct page *page, uint64_t index,
                        uint64_t end)
{
    struct page *now;
    bool writable;
    SPIN_GUARD(&inode->lock);

    if (inode->vmo != vmo)
        return false;
    SPIN_GUARD(&vmo->lock);
    if (vmo_get_page_locked(vmo, index, VMO_READ | VMO_PRESENT_ONLY, &now, &writable) != OK ||
        now != page)
        return false;
    inode->attr.size = MAX(inode->attr.size, end);
    return true;
}

static status_t write_part(struct inode *inode, struct iobuf *io, uint64_t pos, size_t part,
                           size_t *moved)
{
    struct iobuf before = *io;
    bool committed;
    status_t st;

    do {
        struct page *page;
        struct vmo *vmo = NULL;

        *io = before;
        *moved = 0;
        st = pin_for_write(inode, pos, pos + part, &vmo, &page);
        if (st != OK)
            return st;
        st = iobuf_take(io, (char *)page_data(page) + (pos & PAGE_MASK), part, moved);
        committed = !*moved || commit_part(inode, vmo, page, pos >> PAGE_SHIFT, pos + *moved);
        page_put(page);
        vmo_put(vmo);
    } while (!committed);
    return st;
}

/* A file that is written to is set-ID no longer. */
static void note_written(struct inode *inode)
{
    int64_t now = inode_time_now();
    SPIN_GUARD(&inode->lock);

    inode->attr.mtime = inode->attr.ctime = now;
    inode->attr.mode &= ~(uint32_t)(MODE_SETUID | (inode->attr.mode & 0010 ? MODE_SETGID : 0));
}

static bool appends(const struct file *file, const struct iobuf *io)
{
    return file->flags & FILE_APPEND || io->append;
}

static status_t write_beyond(struct file *file, struct inode *inode, struct iobuf *io,
                             uint64_t *pos)
{
    size_t before = io->done;
    status_t st;

    if (!appends(file, io) && *pos >= FILE_SIZE_MAX)
        return ERR_FILE_BIG;
    st = inode->ops->write(inode, io, pos, appends(file, io));
    if (io->done != before && (file->flags & FILE_SYNC))
        st = file_sync(file, SYNC_DATA);
    return st;
}

static status_t write_pages(struct inode *inode, struct iobuf *io, uint64_t *pos)
{
    uint64_t start = *pos;
    status_t st = OK;

    if (start >= FILE_SIZE_MAX)
        return ERR_FILE_BIG;
    while (st == OK && *pos < FILE_SIZE_MAX && iobuf_left(io)) {
        size_t part = MIN(iobuf_left(io), PAGE_SIZE - (*pos & PAGE_MASK)), moved;

        st = write_part(inode, io, *pos, part, &moved);
        *pos += moved;
    }
    if (*pos == start)
        return st == ERR_NO_MEMORY ? ERR_NO_SPACE : st;
    note_written(inode);
    return OK;
}

/* Up to where the caller's files may go: what does not fit is left, and a write that begins
 * there fails. The caller holds the mutex of file->inode. */
static status_t regular_try_write(struct file *file, struct iobuf *io, uint64_t *pos)
{
    struct inode *inode = inode_contents(file->inode);
    bool append = appends(file, io);
    size_t whole = io->size, part = iobuf_left(io);
    status_t st = size_limit_cut(append ? size_of(inode) : *pos, &part);

    if (st != OK && io->done)
        return OK;
    if (st != OK) {
        size_limit_exceeded();
        return st;
    }
    /* Seen without the lock: who gives the file capabilities meanwhile comes later. */
    if (file->inode->xattrs) {
        st = xattr_drop_capabilities(file->inode);
        if (st != OK)
            return st;
    }
    io->size = io->done + part;
    if (inode->ops->write) {
        st = write_beyond(file, inode, io, pos);
    } else {
        if (append)
            *pos = size_of(inode);
        st = write_pages(inode, io, pos);
    }
    io->size = whole;
    return st;
}

static void regular_close(struct file *file)
{
    if ((file->flags & FILE_WRITE) && file->inode->ops->end_write)
        file->inode->ops->end_write(file->inode);
}

const struct file_ops regular_file_ops = {
    .name = "file",
    .try_read = regular_try_read,
    .try_write = regular_try_write,
    .close = regular_close,
};
