/*
 * seal.c - adding seals, and what they forbid.
 */
#include "fs/seal.h"

#include "fs/file.h"
#include "vm/aspace.h"

static bool is_mapped_to_write(struct inode *inode)
{
    struct vmo *vmo = inode_vmo(inode);
    bool found = false;

    if (!vmo)
        return false;
    {
        SPIN_GUARD(&vmo->lock);
        interval_for_each (it, &vmo->mappings, 0, UINT64_MAX) {
            struct mapping *m = container_of(it, struct mapping, shown);

            found |= m->flags & MAPPING_SHARED && m->max_prot & HAL_PROT_WRITE;
        }
    }
    vmo_put(vmo);
    return found;
}

/* Code that cannot be made to be any other is not to be written, either. */
static uint32_t implied(const struct inode *inode, uint32_t seals)
{
    return seals & SEAL_EXEC && inode->attr.mode & 0111
               ? SEAL_SHRINK | SEAL_GROW | SEAL_WRITE | SEAL_FUTURE_WRITE
               : 0;
}

/* `*before`: those there were. */
static status_t mark(struct inode *inode, uint32_t seals, uint32_t *before)
{
    SPIN_GUARD(&inode->lock);

    *before = inode->seals;
    if (!inode->sealable)
        return ERR_INVALID_ARGS;
    if (inode->seals & SEAL_SEAL)
        return ERR_NOT_PERMITTED;
    if (seals & SEAL_WRITE && inode->mappers)
        return ERR_UNAVAILABLE;
    inode->seals |= seals | implied(inode, seals);
    return OK;
}

status_t seal_add(struct file *file, uint32_t seals)
{
    struct inode *inode = file->inode;
    uint32_t before;
    status_t st;

    if (!(file->flags & FILE_WRITE))
        return ERR_NOT_PERMITTED;
    if (!inode || seals & ~(uint32_t)SEAL_ALL)
        return ERR_INVALID_ARGS;
    st = mark(inode, seals, &before);
    if (st != OK)
        return st;
    if (seals & ~before & SEAL_WRITE && is_mapped_to_write(inode)) {
        SPIN_GUARD(&inode->lock);
        inode->seals = before;
        return ERR_UNAVAILABLE;
    }
    return OK;
}

status_t seal_get(struct file *file, uint32_t *seals)
{
    struct inode *inode = file->inode;

    if (!inode || !inode->sealable)
        return ERR_INVALID_ARGS;
    SPIN_GUARD(&inode->lock);
    *seals = inode->seals;
    return OK;
}

status_t seal_check_size_locked(const struct inode *inode, uint64_t size)
{
    uint64_t now = inode->attr.size;

    return (size < now && inode->seals & SEAL_SHRINK) ||
                   (size > now && inode->seals & SEAL_GROW)
               ? ERR_NOT_PERMITTED
               : OK;
}

status_t seal_check_write_locked(const struct inode *inode, uint64_t end)
{
    if (inode->seals & (SEAL_WRITE | SEAL_FUTURE_WRITE))
        return ERR_NOT_PERMITTED;
    return end > inode->attr.size ? seal_check_size_locked(inode, end) : OK;
}

status_t seal_check_mode_locked(const struct inode *inode, uint32_t mode)
{
    return inode->seals & SEAL_EXEC && (mode ^ inode->attr.mode) & 0111 ? ERR_NOT_PERMITTED
                                                                        : OK;
}

status_t seal_map_begin(struct inode *inode, unsigned prot, unsigned *max_prot)
{
    SPIN_GUARD(&inode->lock);

    if (inode->seals & (SEAL_WRITE | SEAL_FUTURE_WRITE)) {
        if (prot & HAL_PROT_WRITE)
            return ERR_NOT_PERMITTED;
        *max_prot &= ~(unsigned)HAL_PROT_WRITE;
    }
    inode->mappers += (*max_prot & HAL_PROT_WRITE) != 0;
    return OK;
}

void seal_map_end(struct inode *inode, unsigned max_prot)
{
    SPIN_GUARD(&inode->lock);

    inode->mappers -= (max_prot & HAL_PROT_WRITE) != 0;
}
