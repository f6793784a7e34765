/*
 * memory_remove.c - MADV_REMOVE of madvise(2): holes in files, made through their mappings.
 */
#include "fs/file.h"
#include "hal/mmu.h"
#include "personality/linux/memory/memory.h"

static status_t may_remove(const struct mapping_info *info)
{
    if (info->flags & MAPPING_LOCKED || mapping_is_anonymous(info->flags, info->vmo))
        return ERR_INVALID_ARGS;
    return info->flags & MAPPING_SHARED && info->max_prot & HAL_PROT_WRITE ? OK
                                                                           : ERR_ACCESS_DENIED;
}

static status_t remove_part(const struct mapping_info *info, user_addr_t base, user_addr_t end)
{
    user_addr_t from = MAX(base, info->base), to = MIN(end, info->base + info->size);
    status_t st = may_remove(info);

    return st == OK
               ? file_punch_mapped(info->vmo, info->offset + (from - info->base), to - from)
               : st;
}

status_t memory_remove(struct aspace *as, user_addr_t base, uint64_t size)
{
    user_addr_t at = base, end = base + size;
    struct mapping_info info;
    bool hole = false;
    status_t st = OK;

    while (st == OK && at < end) {
        if (aspace_next_mapping(as, at, &info) != OK)
            return ERR_NO_MEMORY;
        hole = hole || info.base > at;
        if (info.base < end)
            st = remove_part(&info, at, end);
        at = info.base + info.size;
        vmo_put(info.vmo);
    }
    return st == OK && hole ? ERR_NO_MEMORY : st;
}
