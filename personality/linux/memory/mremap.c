/*
 * mremap.c - mremap(2): shrink in place, grow in place where there is room, or move.
 */
#include "personality/linux/memory/layout.h"
#include "personality/linux/memory/memory.h"
#include "personality/linux/process/process.h"

enum { MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2, MREMAP_DONTUNMAP = 4 };

struct remap {
    struct aspace *as;
    user_addr_t from, to;
    uint64_t old_size, new_size, flags;
};

static status_t check_args(const struct remap *rm)
{
    if (rm->flags & ~(uint64_t)(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP) ||
        !IS_ALIGNED(rm->from, PAGE_SIZE) || !rm->new_size || !rm->old_size ||
        rm->from + rm->old_size < rm->from)
        return ERR_INVALID_ARGS;
    if (rm->flags & MREMAP_DONTUNMAP && rm->old_size != rm->new_size)
        return ERR_INVALID_ARGS;
    if (!(rm->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)))
        return OK;
    if (!(rm->flags & MREMAP_MAYMOVE) || !IS_ALIGNED(rm->to, PAGE_SIZE) ||
        rm->to + rm->new_size < rm->to)
        return ERR_INVALID_ARGS;
    return rm->to < rm->from + rm->old_size && rm->from < rm->to + rm->new_size
               ? ERR_INVALID_ARGS
               : OK;
}

/* The tail goes first, so that what is moved never shrinks. */
static status_t shrink(struct remap *rm)
{
    uint64_t less;

    if (rm->new_size >= rm->old_size)
        return OK;
    less = rm->old_size - rm->new_size;
    rm->old_size = rm->new_size;
    return vmar_unmap(rm->as->root, rm->from + rm->new_size, less);
}

static status_t move(struct remap *rm, user_addr_t *out)
{
    unsigned place = PLACE_EXACT;
    user_addr_t to = rm->from;

    if (rm->flags & MREMAP_FIXED) {
        place = PLACE_OVERWRITE;
        to = rm->to;
    } else if (rm->flags & MREMAP_MAYMOVE) {
        place = PLACE_HINT;
    }
    return aspace_move(rm->as, rm->from, rm->old_size, rm->new_size, place, to,
                       layout_mmap_limit(), out);
}

/* The mapping stays where it was, empty; the new place is the program's, or a hint of it. */
static status_t move_out(struct remap *rm, user_addr_t *out)
{
    unsigned place = rm->flags & MREMAP_FIXED ? PLACE_OVERWRITE
                     : rm->to                 ? PLACE_HINT
                                              : PLACE_ANY;

    return aspace_move_out(rm->as, rm->from, rm->old_size, place, rm->to, layout_mmap_limit(),
                           out);
}

/* What is new counts against the limits, with the rights of what it continues. */
static status_t check_growth(struct syscall *call, const struct remap *rm)
{
    uint64_t more = rm->flags & MREMAP_DONTUNMAP  ? rm->new_size
                    : rm->new_size > rm->old_size ? rm->new_size - rm->old_size
                                                  : 0;
    struct mapping_info info;

    if (!more || aspace_next_mapping(rm->as, rm->from, &info) != OK)
        return OK; /* nothing, or nothing to move: that is another error */
    vmo_put(info.vmo);
    return memory_may_map(call, 0, more, info.prot, info.flags);
}

status_t sys_mremap(struct syscall *call)
{
    struct remap rm = {.as = call->thread->user.aspace,
                       .from = call->arg[0],
                       .old_size = ROUND_UP(call->arg[1], PAGE_SIZE),
                       .new_size = ROUND_UP(call->arg[2], PAGE_SIZE),
                       .flags = call->arg[3],
                       .to = call->arg[4]};
    user_addr_t at;
    status_t st = check_args(&rm);

    if (st == OK)
        st = check_growth(call, &rm);
    if (st == OK)
        st = shrink(&rm);
    if (st == OK)
        st = rm.flags & MREMAP_DONTUNMAP ? move_out(&rm, &at) : move(&rm, &at);
    if (st == OK)
        call->result = (int64_t)at;
    /* No room where it is, or anywhere. */
    return st == ERR_OUT_OF_RANGE || st == ERR_ALREADY_EXISTS ? ERR_NO_MEMORY : st;
}
