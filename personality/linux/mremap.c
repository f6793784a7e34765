/*
 * mremap.c - mremap(2): shrink in place, grow in place where there is room, or move.
 */
#include "personality/linux/exec.h"
#include "personality/linux/layout.h"

enum { MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2, MREMAP_DONTUNMAP = 4 };

struct remap {
    struct aspace *as;
    user_addr_t from;
    uint64_t old_size, new_size;
    struct mapping_info last; /* the mapping that holds the end of the old range; vmo: borrowed
                                 while `as` is ours */
};

/* The old range must be mapped throughout: EFAULT. Leaves the last mapping's data in rm->last.
 */
static status_t check_range(struct remap *rm)
{
    user_addr_t at = rm->from, end = rm->from + MAX(rm->old_size, (uint64_t)PAGE_SIZE);

    while (at < end) {
        struct mapping_info info;

        if (aspace_next_mapping(rm->as, at, &info) != OK)
            return ERR_FAULT;
        vmo_put(info.vmo);
        if (info.base > at)
            return ERR_FAULT;
        at = info.base + info.size;
        rm->last = info;
    }
    return OK;
}

static struct vmar_map_args args_of(const struct mapping_info *m, uint64_t skip, uint64_t size,
                                    unsigned place, user_addr_t addr)
{
    return (struct vmar_map_args){.vmo = m->vmo,
                                  .vmo_offset = m->offset + skip,
                                  .size = size,
                                  .prot = m->prot,
                                  .max_prot = m->max_prot,
                                  .flags = m->flags,
                                  .place = place,
                                  .addr = addr};
}

/* New memory behind the old: more of the file for what has a file, else fresh zeroes. */
static status_t map_growth(struct remap *rm, unsigned place, user_addr_t at)
{
    struct vmar_map_args args = args_of(&rm->last, rm->from + rm->old_size - rm->last.base,
                                        rm->new_size - rm->old_size, place, at);
    user_addr_t out;
    status_t st;

    if (rm->last.flags & MAPPING_SHARED)
        return vmar_map(rm->as->root, &args, &out);
    args.vmo_offset = 0;
    st = vmo_create(args.size, VMO_RESIZABLE, &args.vmo);
    if (st != OK)
        return st;
    st = vmar_map(rm->as->root, &args, &out);
    vmo_put(args.vmo);
    return st;
}

/* Every piece of the old range again at the new place. */
static status_t map_pieces(struct remap *rm, user_addr_t to)
{
    user_addr_t at = rm->from, end = rm->from + MIN(rm->old_size, rm->new_size);

    while (at < end) {
        struct mapping_info m;
        struct vmar_map_args args;
        user_addr_t out;
        status_t st = aspace_next_mapping(rm->as, at, &m);

        if (st != OK)
            return ERR_FAULT;
        args = args_of(&m, at - m.base, MIN(m.base + m.size, end) - at, PLACE_OVERWRITE,
                       to + (at - rm->from));
        st = vmar_map(rm->as->root, &args, &out);
        vmo_put(m.vmo);
        if (st != OK)
            return st;
        at += args.size;
    }
    return OK;
}

static status_t move(struct remap *rm, unsigned place, user_addr_t to, user_addr_t *out)
{
    status_t st = map_anonymous(rm->as, rm->new_size, 0, place, to, out);

    if (st != OK)
        return st;
    st = map_pieces(rm, *out);
    if (st == OK && rm->new_size > rm->old_size)
        st = map_growth(rm, PLACE_OVERWRITE, *out + rm->old_size);
    /* Not discarded: the pages are the new mapping's now. */
    if (st == OK)
        return vmar_unmap(rm->as->root, rm->from, rm->old_size);
    (void)!vmar_unmap(rm->as->root, *out, rm->new_size);
    return st;
}

static status_t check_args(struct syscall *call, const struct remap *rm)
{
    uint64_t flags = call->arg[3], to = call->arg[4];

    if (flags & ~(uint64_t)(MREMAP_MAYMOVE | MREMAP_FIXED) ||
        !IS_ALIGNED(rm->from, PAGE_SIZE) || !rm->new_size ||
        rm->from + rm->old_size < rm->from || !rm->old_size)
        return ERR_INVALID_ARGS;
    if (!(flags & MREMAP_FIXED))
        return OK;
    if (!(flags & MREMAP_MAYMOVE) || !IS_ALIGNED(to, PAGE_SIZE) || to + rm->new_size < to)
        return ERR_INVALID_ARGS;
    return to < rm->from + rm->old_size && rm->from < to + rm->new_size ? ERR_INVALID_ARGS : OK;
}

static status_t shrink(struct remap *rm)
{
    user_addr_t tail = rm->from + rm->new_size;
    status_t st = aspace_discard(rm->as, tail, rm->old_size - rm->new_size);

    return st == OK ? vmar_unmap(rm->as->root, tail, rm->old_size - rm->new_size) : st;
}

status_t sys_mremap(struct syscall *call)
{
    struct remap rm = {.as = call->thread->user.aspace,
                       .from = call->arg[0],
                       .old_size = ROUND_UP(call->arg[1], PAGE_SIZE),
                       .new_size = ROUND_UP(call->arg[2], PAGE_SIZE)};
    user_addr_t at = rm.from;
    status_t st = check_args(call, &rm);

    if (st == OK)
        st = check_range(&rm);
    if (st != OK)
        return st;
    if (call->arg[3] & MREMAP_FIXED)
        st = move(&rm, PLACE_OVERWRITE, call->arg[4], &at);
    else if (rm.new_size < rm.old_size)
        st = shrink(&rm);
    else if (rm.new_size > rm.old_size) {
        st = map_growth(&rm, PLACE_EXACT, rm.from + rm.old_size);
        if (st != OK)
            st = call->arg[3] & MREMAP_MAYMOVE ? move(&rm, PLACE_ANY, 0, &at) : ERR_NO_MEMORY;
    }
    call->result = (int64_t)at;
    return st == ERR_OUT_OF_RANGE ? ERR_NO_MEMORY : st;
}
