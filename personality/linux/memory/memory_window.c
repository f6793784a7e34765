/*
 * memory_window.c - reservations that span the machine's own part of user space.
 *
 * On the library OS the kernel lies there. Sanitizers reserve what their layouts leave unused,
 * PROT_NONE at fixed places, in pieces of many TiB.
 */
#include "base/status.h"
#include "personality/linux/memory/memory.h"

static bool is_reservation(const struct vmar_map_args *args)
{
    return args->place == PLACE_OVERWRITE && !args->prot &&
           touches_hole(args->addr, args->addr + args->size);
}

/* The part in [base, end), which may be empty. */
static status_t map_part(struct vmar *vmar, const struct vmar_map_args *args, user_addr_t base,
                         user_addr_t end)
{
    struct vmar_map_args part = *args;
    user_addr_t at;

    if (base >= end)
        return OK;
    part.addr = base;
    part.size = end - base;
    part.vmo_offset += base - args->addr;
    return vmar_map(vmar, &part, &at);
}

status_t memory_map(struct vmar *vmar, const struct vmar_map_args *args, user_addr_t *at)
{
    user_addr_t end = args->addr + args->size;
    status_t st;

    if (!is_reservation(args))
        return vmar_map(vmar, args, at);
    if (args->addr < HAL_USER_BASE || end > HAL_USER_END)
        return ERR_OUT_OF_RANGE;
    st = map_part(vmar, args, args->addr, MIN(end, (user_addr_t)HAL_USER_HOLE_BASE));
    if (st == OK)
        st = map_part(vmar, args, MAX(args->addr, (user_addr_t)HAL_USER_HOLE_END), end);
    if (st == OK)
        *at = args->addr;
    return st;
}
