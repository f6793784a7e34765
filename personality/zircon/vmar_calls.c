/*
 * vmar_calls.c - zx_vmar_*.
 */
#include "object/vmar_object.h"
#include "object/vmo_object.h"
#include "personality/zircon/policy.h"
#include "personality/zircon/vdso.h"
#include "personality/zircon/vmar_flags.h"

#define PERMS (ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE)
#define PLACEMENT \
    (ZX_VM_SPECIFIC | ZX_VM_COMPACT | ZX_VM_OFFSET_IS_UPPER_LIMIT | ZX_VM_ALIGN_MASK)
/* Faults beyond the end of a VMO and resizable VMOs are always allowed, as in June 2020; for
 * those that may be discarded, which came later, ALLOW_FAULTS has to say so. */
#define MAP_OPTIONS                                                               \
    (PERMS | PLACEMENT | ZX_VM_SPECIFIC_OVERWRITE | ZX_VM_REQUIRE_NON_RESIZABLE | \
     ZX_VM_ALLOW_FAULTS | ZX_VM_MAP_RANGE)
#define ALLOCATE_OPTIONS (PLACEMENT | VMAR_FLAGS_ALL)

static rights_t perm_rights(uint32_t options)
{
    return (options & ZX_VM_PERM_READ ? ZX_RIGHT_READ : 0u) |
           (options & ZX_VM_PERM_WRITE ? ZX_RIGHT_WRITE : 0u) |
           (options & ZX_VM_PERM_EXECUTE ? ZX_RIGHT_EXECUTE : 0u);
}

static unsigned rights_prot(rights_t rights)
{
    return (rights & ZX_RIGHT_READ ? HAL_PROT_READ : 0u) |
           (rights & ZX_RIGHT_WRITE ? HAL_PROT_WRITE : 0u) |
           (rights & ZX_RIGHT_EXECUTE ? HAL_PROT_EXEC : 0u);
}

/* The CAN_MAP_* that a region must have for mappings with these rights. */
static uint32_t can_map(rights_t rights)
{
    return (rights & ZX_RIGHT_READ ? ZX_VM_CAN_MAP_READ : 0u) |
           (rights & ZX_RIGHT_WRITE ? ZX_VM_CAN_MAP_WRITE : 0u) |
           (rights & ZX_RIGHT_EXECUTE ? ZX_VM_CAN_MAP_EXECUTE : 0u);
}

static status_t call_vmar(struct syscall *call, rights_t need, struct vmar_object **out)
{
    struct object *obj;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_VMAR, need, &obj);

    if (st == OK)
        *out = vmar_object_of(obj);
    return st;
}

struct placement {
    unsigned place;
    user_addr_t addr, limit;
    uint64_t align;
};

enum { ALIGN_MIN = 10, ALIGN_MAX = 32 }; /* log2 */

static uint32_t align_of(uint32_t options)
{
    return (options & ZX_VM_ALIGN_MASK) >> ZX_VM_ALIGN_BASE;
}

static status_t check_placement(const struct vmar *vmar, uint32_t options, uint64_t offset,
                                uint64_t size)
{
    bool specific = options & (ZX_VM_SPECIFIC | ZX_VM_SPECIFIC_OVERWRITE);
    bool upper = options & ZX_VM_OFFSET_IS_UPPER_LIMIT;
    uint32_t align = align_of(options);

    if ((specific && upper) || (offset && !specific && !upper))
        return ERR_INVALID_ARGS;
    if (align && (align < ALIGN_MIN || align > ALIGN_MAX))
        return ERR_INVALID_ARGS;
    if ((specific || upper) && !(vmar->flags & ZX_VM_CAN_MAP_SPECIFIC))
        return ERR_ACCESS_DENIED;
    if (!IS_ALIGNED(offset, PAGE_SIZE) || offset > vmar->region.size)
        return ERR_INVALID_ARGS;
    return size > (upper ? offset : vmar->region.size - offset) ? ERR_INVALID_ARGS : OK;
}

/* Where in `vmar` the options and the offset say. */
static status_t decode_placement(const struct vmar *vmar, uint32_t options, uint64_t offset,
                                 uint64_t size, struct placement *out)
{
    status_t st = check_placement(vmar, options, offset, size);

    if (st != OK)
        return st;
    *out = (struct placement){.place = options & ZX_VM_COMPACT ? PLACE_ANY : PLACE_RANDOM};
    if (align_of(options) > PAGE_SHIFT)
        out->align = 1ull << align_of(options);
    if (options & ZX_VM_OFFSET_IS_UPPER_LIMIT)
        out->limit = vmar->region.base + offset;
    if (options & (ZX_VM_SPECIFIC | ZX_VM_SPECIFIC_OVERWRITE)) {
        out->place = options & ZX_VM_SPECIFIC_OVERWRITE ? PLACE_OVERWRITE : PLACE_EXACT;
        out->addr = vmar->region.base + offset;
    }
    return OK;
}

/* What a program is told of a place that cannot be had. */
static status_t place_status(status_t st)
{
    switch (st) {
    case ERR_ALREADY_EXISTS:
        return ERR_NO_MEMORY;
    case ERR_OUT_OF_RANGE:
        return ERR_INVALID_ARGS;
    default:
        return st;
    }
}

static status_t allocate(struct vmar_object *parent, uint32_t options, uint64_t offset,
                         uint64_t size, struct vmar **out)
{
    struct placement at;
    status_t st;

    if ((options & ~ALLOCATE_OPTIONS) || size == 0 || !IS_ALIGNED(size, PAGE_SIZE))
        return ERR_INVALID_ARGS;
    if (options & VMAR_FLAGS_ALL & ~ZX_VM_CAN_MAP_SPECIFIC & ~parent->vmar->flags)
        return ERR_ACCESS_DENIED;
    st = decode_placement(parent->vmar, options, offset, size, &at);
    if (st != OK)
        return st;
    return place_status(vmar_create_child(parent->vmar, at.place, at.limit ? at.limit : at.addr,
                                          size, at.align, options & VMAR_FLAGS_ALL, out));
}

static status_t give_vmar(struct syscall *call, struct vmar_object *parent, struct vmar *vmar,
                          uint32_t options)
{
    user_addr_t base = vmar->region.base;
    struct vmar_object *child;
    status_t st = vmar_object_create(parent->process, vmar, &child);

    if (st != OK)
        return st;
    st = copy_to_user(call_user(call), call->arg[5], &base, sizeof(base));
    if (st == OK)
        st = call_give(call, &child->object, vmar_rights(options), call->arg[4]);
    object_put(&child->object);
    return st;
}

status_t zircon_vmar_allocate(struct syscall *call)
{
    uint32_t options = (uint32_t)call->arg[1];
    struct vmar_object *parent;
    struct vmar *vmar;
    status_t st = call_vmar(call, vmar_rights(options) & ~ZX_DEFAULT_VMAR_RIGHTS, &parent);

    if (st != OK)
        return st;
    st = allocate(parent, options, call->arg[2], call->arg[3], &vmar);
    if (st == OK) {
        st = give_vmar(call, parent, vmar, options);
        if (st != OK && vmar_destroy(vmar) != OK)
            st = ERR_BAD_STATE; /* the parent was destroyed meanwhile */
        vmar_put(vmar);
    }
    object_put(&parent->object);
    return st;
}

/* A job may forbid memory that can be both written and executed. */
static status_t check_wx(struct syscall *call, uint32_t options)
{
    const uint32_t both = ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE;

    return (options & both) == both ? call_policy(call, ZX_POL_VMAR_WX) : OK;
}

struct map_call {
    uint32_t options;
    struct vmar_object *vmar; /* reference */
    struct vmo_object *vmo;   /* reference */
    rights_t vmar_rights, vmo_rights;
};

static status_t map_check(const struct map_call *m)
{
    rights_t need = perm_rights(m->options);

    if (m->options & ~MAP_OPTIONS)
        return ERR_INVALID_ARGS;
    if ((m->options & ZX_VM_MAP_RANGE) && (m->options & ZX_VM_SPECIFIC_OVERWRITE))
        return ERR_INVALID_ARGS;
    if ((m->options & ZX_VM_PERM_WRITE) && !(m->options & ZX_VM_PERM_READ))
        return ERR_INVALID_ARGS;
    if (!(m->vmo_rights & ZX_RIGHT_MAP) || (need & ~m->vmo_rights))
        return ERR_ACCESS_DENIED;
    if ((need & ~m->vmar_rights) || (can_map(need) & ~m->vmar->vmar->flags))
        return ERR_ACCESS_DENIED;
    if (m->vmo->vmo->flags & VMO_DISCARDABLE && !(m->options & ZX_VM_ALLOW_FAULTS))
        return ERR_NOT_SUPPORTED;
    if ((m->options & ZX_VM_REQUIRE_NON_RESIZABLE) && (m->vmo->vmo->flags & VMO_RESIZABLE))
        return ERR_NOT_SUPPORTED;
    return OK;
}

/* The vDSO's code is mapped under rules of its own. */
static status_t map_vdso_aware(const struct map_call *m, struct vmar_map_args *args,
                               user_addr_t *out)
{
    bool vdso_code = vdso_is_image(m->vmo->vmo) && (args->prot & HAL_PROT_EXEC);
    struct process *p = m->vmar->process;
    status_t st;

    if (!vdso_code)
        return vmar_map(m->vmar->vmar, args, out);
    st = vdso_claim(p, args->vmo_offset, args->size);
    if (st != OK)
        return st;
    args->flags |= MAPPING_PINNED;
    st = vmar_map(m->vmar->vmar, args, out);
    if (st == OK)
        vdso_mapped(p, *out);
    else
        vdso_refused(p);
    return st;
}

static status_t map(struct syscall *call, const struct map_call *m, user_addr_t *out)
{
    rights_t may = m->vmo_rights & m->vmar_rights;
    struct vmar_map_args args;
    struct placement at;
    uint64_t size = ROUND_UP(call->arg[5], PAGE_SIZE);
    status_t st = map_check(m);

    if (st == OK)
        st = check_wx(call, m->options);
    if (st == OK && size < call->arg[5])
        st = ERR_OUT_OF_RANGE;
    if (st == OK)
        st = decode_placement(m->vmar->vmar, m->options, call->arg[2], size, &at);
    if (st != OK)
        return st;
    args = (struct vmar_map_args){
        .vmo = m->vmo->vmo,
        .vmo_offset = m->vmo->offset + call->arg[4],
        .vmo_limit = m->vmo->slice ? m->vmo->offset + m->vmo->slice_size : 0,
        .size = size,
        .prot = rights_prot(perm_rights(m->options)),
        .max_prot = rights_prot(may),
        .flags = MAPPING_SHARED,
        .place = at.place,
        .addr = at.addr,
        .align = at.align,
        .limit = at.limit,
    };
    if (args.vmo_offset + size < args.vmo_offset)
        return ERR_OUT_OF_RANGE;
    return place_status(map_vdso_aware(m, &args, out));
}

/* ZX_VM_MAP_RANGE: the pages that are there are put into the page tables at once. */
static void show_present(const struct map_call *m, uint64_t offset, uint64_t size,
                         user_addr_t addr)
{
    uint64_t first = (m->vmo->offset + offset) >> PAGE_SHIFT;
    uint64_t end = first + (ROUND_UP(size, PAGE_SIZE) >> PAGE_SHIFT);

    for (uint64_t i = vmo_find_page(m->vmo->vmo, first, end, true); i < end;
         i = vmo_find_page(m->vmo->vmo, i + 1, end, true))
        if (try_vm_fault(m->vmar->aspace, addr + ((i - first) << PAGE_SHIFT), HAL_PROT_READ) !=
            OK)
            return;
}

/* What is there is read and written first: what has been mapped over cannot be brought back, so
 * a bad pointer must show before. */
static status_t map_and_tell(struct syscall *call, const struct map_call *m)
{
    user_addr_t addr;
    status_t st = copy_from_user(call_user(call), &addr, call->arg[6], sizeof(addr));

    if (st == OK)
        st = copy_to_user(call_user(call), call->arg[6], &addr, sizeof(addr));
    if (st == OK)
        st = map(call, m, &addr);
    if (st != OK)
        return st;
    if (m->options & ZX_VM_MAP_RANGE)
        show_present(m, call->arg[4], call->arg[5], addr);
    st = copy_to_user(call_user(call), call->arg[6], &addr, sizeof(addr));
    return st == ERR_USER_PAGE ? ERR_FAULT : st;
}

status_t zircon_vmar_map(struct syscall *call)
{
    struct map_call m = {.options = (uint32_t)call->arg[1]};
    struct object *vmar, *vmo;
    status_t st = handle_get(call_handles(call), (handle_t)call->arg[0], ZX_OBJ_TYPE_VMAR, 0,
                             &vmar, &m.vmar_rights);

    if (st != OK)
        return st;
    st = handle_get(call_handles(call), (handle_t)call->arg[3], ZX_OBJ_TYPE_VMO, 0, &vmo,
                    &m.vmo_rights);
    if (st == OK) {
        m.vmar = vmar_object_of(vmar);
        m.vmo = vmo_object_of(vmo);
        st = map_and_tell(call, &m);
        object_put(vmo);
    }
    object_put(vmar);
    return st;
}

/* Does the range lie in the VMAR? */
static bool covers(const struct vmar_object *vo, user_addr_t base, uint64_t size)
{
    const struct region *r = &vo->vmar->region;

    return base >= r->base && size <= r->size && base - r->base <= r->size - size;
}

static status_t unmap(struct syscall *call)
{
    uint64_t size = ROUND_UP(call->arg[2], PAGE_SIZE);
    struct vmar_object *vo;
    status_t st = call_vmar(call, 0, &vo);

    if (st != OK)
        return st;
    st = covers(vo, call->arg[1], size) ? vmar_unmap(vo->vmar, call->arg[1], size)
                                        : ERR_INVALID_ARGS;
    object_put(&vo->object);
    return st;
}

status_t zircon_vmar_unmap(struct syscall *call)
{
    return unmap(call);
}

/* The range may be the thread's own stack. Once it is gone there is nobody to tell of a bad
 * handle: the vDSO of Zircon traps there. */
status_t zircon_vmar_unmap_handle_close_thread_exit(struct syscall *call)
{
    handle_t handle = (handle_t)call->arg[3];
    status_t st = unmap(call);

    if (st != OK)
        return st;
    if (handle && handle_close(call_handles(call), handle) != OK)
        process_kill(call_process(call), ZX_TASK_RETCODE_EXCEPTION_KILL);
    return zircon_thread_exit(call);
}

static status_t protect(struct syscall *call, struct vmar_object *vo)
{
    uint64_t size = ROUND_UP(call->arg[3], PAGE_SIZE);
    uint32_t options = (uint32_t)call->arg[1];
    status_t st;

    if ((options & ~PERMS) || !covers(vo, call->arg[2], size))
        return ERR_INVALID_ARGS;
    if ((options & ZX_VM_PERM_WRITE) && !(options & ZX_VM_PERM_READ))
        return ERR_INVALID_ARGS;
    st = check_wx(call, options);
    if (st != OK)
        return st;
    return vmar_protect(vo->vmar, call->arg[2], size, rights_prot(perm_rights(options)), true);
}

status_t zircon_vmar_protect(struct syscall *call)
{
    struct vmar_object *vo;
    status_t st = call_vmar(call, perm_rights((uint32_t)call->arg[1]), &vo);

    if (st != OK)
        return st;
    st = protect(call, vo);
    object_put(&vo->object);
    return st;
}

status_t zircon_vmar_destroy(struct syscall *call)
{
    struct vmar_object *vo;
    status_t st = call_vmar(call, 0, &vo);

    if (st != OK)
        return st;
    st = vo->vmar == vo->aspace->root ? ERR_NOT_SUPPORTED : vmar_destroy(vo->vmar);
    object_put(&vo->object);
    return st;
}
