/*
 * vmar_op_calls.c - zx_vmar_op_range: what a range of mappings shows is made present, given
 * back, or put into the page tables.
 */
#include "object/vmar_object.h"
#include "personality/zircon/call.h"
#include "uapi/zircon/syscalls/memory.h"

struct zircon_vmar_op_range {
    SYSCALL_FRAME;
    struct vmar_object *vmar; /* reference */
    user_addr_t at, end;      /* what is left to do */
    status_t outcome;
    struct vmo *vmo; /* reference while a page of it comes in */
    uint64_t index;  /* of that page */
    struct vmo_page_in page_in;
};
SYSCALL_WAIT(zircon_vmar_op_range);

/* The mapping at `at`; info->vmo is a reference. */
static status_t mapping_at(struct zircon_vmar_op_range *f, struct mapping_info *info)
{
    if (aspace_next_mapping(f->vmar->aspace, f->at, info) != OK)
        return ERR_BAD_STATE;
    if (info->base <= f->at)
        return OK;
    vmo_put(info->vmo);
    return ERR_BAD_STATE;
}

static status_t decommit(const struct mapping_info *info, uint64_t offset, uint64_t size)
{
    struct vmo *vmo = info->vmo;

    if (!(info->prot & HAL_PROT_WRITE))
        return ERR_ACCESS_DENIED;
    if (vmo->flags & (VMO_PHYSICAL | VMO_CONTIGUOUS) || vmo->pager || vmo->parent)
        return ERR_NOT_SUPPORTED;
    return vmo_decommit(vmo, offset, size);
}

/* ERR_SHOULD_WAIT: f->vmo and f->index say for what; what precedes it is done. */
static status_t commit(struct zircon_vmar_op_range *f, const struct mapping_info *info,
                       user_addr_t end)
{
    uint64_t shift = (f->at - info->base + info->offset) >> PAGE_SHIFT;
    uint64_t last = shift + ((end - f->at) >> PAGE_SHIFT);
    status_t st;

    if (!(info->prot & HAL_PROT_WRITE))
        return ERR_ACCESS_DENIED;
    f->index = shift;
    st = vmo_commit(info->vmo, &f->index, last);
    if (st == ERR_SHOULD_WAIT) {
        f->vmo = vmo_get(info->vmo);
        f->at += (f->index - shift) << PAGE_SHIFT;
    }
    return st;
}

/* Pages that are there and not shown yet; what cannot be shown is left to faults. */
static void show(struct aspace *as, const struct mapping_info *info, user_addr_t at,
                 user_addr_t end)
{
    uint64_t shift = (at - info->base + info->offset) >> PAGE_SHIFT;
    uint64_t last = shift + ((end - at) >> PAGE_SHIFT);

    for (uint64_t i = vmo_find_page(info->vmo, shift, last, true); i < last;
         i = vmo_find_page(info->vmo, i + 1, last, true))
        if (try_vm_fault(as, at + ((i - shift) << PAGE_SHIFT), HAL_PROT_READ) != OK)
            return;
}

/* One mapping's part of the range. */
static status_t do_part(struct zircon_vmar_op_range *f)
{
    struct mapping_info info;
    user_addr_t end;
    status_t st = mapping_at(f, &info);

    if (st != OK)
        return st;
    end = MIN(f->end, info.base + info.size);
    if (f->call->arg[1] == ZX_VMAR_OP_COMMIT)
        st = commit(f, &info, end);
    else if (f->call->arg[1] == ZX_VMAR_OP_DECOMMIT)
        st = decommit(&info, f->at - info.base + info.offset, end - f->at);
    else
        show(f->vmar->aspace, &info, f->at, end);
    vmo_put(info.vmo);
    if (st == OK)
        f->at = end;
    return st;
}

/* OK: f->at and f->end say what is to be done. */
static status_t check(struct zircon_vmar_op_range *f)
{
    const uint64_t *arg = f->call->arg;
    const struct region *r = &f->vmar->vmar->region;

    if (arg[4] || arg[5] || arg[3] == 0 || !IS_ALIGNED(arg[2] | arg[3], PAGE_SIZE))
        return ERR_INVALID_ARGS;
    if (arg[2] < r->base || arg[2] - r->base > r->size || arg[3] > r->size - (arg[2] - r->base))
        return ERR_OUT_OF_RANGE;
    if (arg[1] < ZX_VMAR_OP_COMMIT || arg[1] > ZX_VMAR_OP_MAP_RANGE)
        return ERR_NOT_SUPPORTED;
    f->at = arg[2];
    f->end = arg[2] + arg[3];
    return f->vmar->vmar->alive ? OK : ERR_BAD_STATE;
}

CO_FN(zircon_vmar_op_range)
{
    struct object *obj;
    status_t st;

    st = call_object(f->call, 0, ZX_OBJ_TYPE_VMAR, 0, &obj);
    if (st != OK)
        CO_RETURN(st);
    f->vmar = vmar_object_of(obj);
    f->outcome = check(f);
    while (f->outcome == OK && f->at < f->end) {
        f->outcome = do_part(f);
        if (f->outcome != ERR_SHOULD_WAIT)
            continue;
        CO_CALL(f->outcome, f->page_in, vmo_page_in, .vmo = f->vmo, .index = f->index,
                .interruptible = true);
        vmo_put(f->vmo);
    }
    object_put(&f->vmar->object);
    CO_RETURN(f->outcome);
}
CO_END
