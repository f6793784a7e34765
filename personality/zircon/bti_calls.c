/*
 * bti_calls.c - memory for devices: zx_iommu_create, zx_bti_*, zx_pmt_unpin, VMOs whose pages
 * lie in a row, and VMOs of physical addresses.
 */
#include "object/bti.h"
#include "personality/zircon/policy.h"
#include "personality/zircon/resource_calls.h"
#include "uapi/zircon/syscalls/bti.h"
#include "uapi/zircon/syscalls/memory.h"

status_t zircon_iommu_create(struct syscall *call)
{
    unsigned char desc;
    struct object *iommu;
    status_t st = call_resource(call, 0, ZX_RSRC_KIND_ROOT);

    if (st != OK)
        return st;
    if (call->arg[3] > ZX_IOMMU_MAX_DESC_LEN)
        return ERR_INVALID_ARGS;
    if ((uint32_t)call->arg[1] != ZX_IOMMU_TYPE_DUMMY)
        return ERR_NOT_SUPPORTED;
    if (call->arg[3] < sizeof(zx_iommu_desc_dummy_t))
        return ERR_INVALID_ARGS;
    st = copy_from_user(call_user(call), &desc, call->arg[2], sizeof(desc));
    if (st == OK)
        st = iommu_create(&iommu);
    if (st != OK)
        return st;
    st = call_give(call, iommu, iommu->ops->rights, call->arg[4]);
    object_put(iommu);
    return st;
}

status_t zircon_bti_create(struct syscall *call)
{
    struct object *iommu;
    struct bti *bti;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_IOMMU, 0, &iommu);

    if (st != OK)
        return st;
    st = (uint32_t)call->arg[1] ? ERR_INVALID_ARGS : bti_create(iommu, call->arg[2], &bti);
    object_put(iommu);
    if (st != OK)
        return st;
    st = call_give(call, &bti->object, bti->object.ops->rights, call->arg[3]);
    object_put(&bti->object);
    return st;
}

status_t zircon_bti_release_quarantine(struct syscall *call)
{
    struct object *bti;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_BTI, ZX_RIGHT_WRITE, &bti);

    if (st != OK)
        return st;
    bti_release_quarantine(bti_of(bti));
    object_put(bti);
    return OK;
}

/* The handle is gone in any case. */
status_t zircon_pmt_unpin(struct syscall *call)
{
    struct handle h;
    status_t st = handle_remove(call_handles(call), (handle_t)call->arg[0], &h);

    if (st != OK)
        return st;
    if (h.obj->ops->type == ZX_OBJ_TYPE_PMT)
        pmt_unpin(pmt_of(h.obj));
    else
        st = ERR_WRONG_TYPE;
    handle_drop(&h);
    return st;
}

/* Addresses are told by the handful. */
struct zircon_bti_pin {
    SYSCALL_FRAME;
    struct object *bti, *vmo; /* references, or NULL */
    struct pmt *pmt;          /* likewise */
    status_t outcome;
    uint64_t index; /* the next page of the VMO to be made present, or told of */
    uint64_t told;
    uint32_t count;
    handle_t value;
    zx_paddr_t addrs[16];
    union {
        struct vmo_page_in page_in;
        struct transfer transfer;
    };
};
SYSCALL_WAIT(zircon_bti_pin);

#define PIN_PERMS   (ZX_BTI_PERM_READ | ZX_BTI_PERM_WRITE | ZX_BTI_PERM_EXECUTE)
#define PIN_OPTIONS (PIN_PERMS | ZX_BTI_COMPRESS | ZX_BTI_CONTIGUOUS)

static rights_t pin_rights(uint32_t options)
{
    return ZX_RIGHT_MAP |
           (options & (ZX_BTI_PERM_READ | ZX_BTI_PERM_EXECUTE) ? ZX_RIGHT_READ : 0u) |
           (options & ZX_BTI_PERM_WRITE ? ZX_RIGHT_WRITE : 0u);
}

/* COMPRESS says one address for each stretch that is contiguous at least: a page. */
static status_t pin_check(const struct syscall *call, struct vmo_object *vo)
{
    uint32_t options = (uint32_t)call->arg[1];
    uint64_t offset = call->arg[3], size = call->arg[4], whole = vmo_object_size(vo);
    bool contiguous = options & ZX_BTI_CONTIGUOUS;

    if ((options & ~PIN_OPTIONS) || !(options & PIN_PERMS))
        return ERR_INVALID_ARGS;
    if (contiguous && ((options & ZX_BTI_COMPRESS) || !(vo->vmo->flags & VMO_CONTIGUOUS)))
        return ERR_INVALID_ARGS;
    if (size == 0 || !IS_ALIGNED(offset | size, PAGE_SIZE))
        return ERR_INVALID_ARGS;
    if (offset > whole || size > whole - offset)
        return ERR_OUT_OF_RANGE;
    return call->arg[6] == (contiguous ? 1 : size / BTI_MIN_CONTIGUITY) ? OK : ERR_INVALID_ARGS;
}

static status_t pin_begin(struct zircon_bti_pin *f)
{
    status_t st;

    f->bti = f->vmo = NULL;
    f->pmt = NULL;
    st = call_object(f->call, 0, ZX_OBJ_TYPE_BTI, ZX_RIGHT_MAP, &f->bti);
    if (st == OK)
        st = call_object(f->call, 2, ZX_OBJ_TYPE_VMO, pin_rights((uint32_t)f->call->arg[1]),
                         &f->vmo);
    return st == OK ? pin_check(f->call, vmo_object_of(f->vmo)) : st;
}

/* Make pages present, then hold them; ERR_SHOULD_WAIT: page f->index has to come in. Another
 * may take a page away in between. */
static status_t pin(struct zircon_bti_pin *f)
{
    struct vmo_object *vo = vmo_object_of(f->vmo);
    uint64_t offset = f->call->arg[3], size = f->call->arg[4];
    status_t st;

    do {
        f->index = (vo->offset + offset) >> PAGE_SHIFT;
        st = vmo_commit(vo->vmo, &f->index, f->index + (size >> PAGE_SHIFT));
        if (st != OK)
            return st;
        st = bti_pin(bti_of(f->bti), vo, offset, size, &f->pmt);
    } while (st == ERR_SHOULD_WAIT);
    return st;
}

/* The next addresses; false: all have been told. */
static bool next_addresses(struct zircon_bti_pin *f)
{
    uint64_t first = f->pmt->pin.first;

    f->count = (uint32_t)MIN(f->call->arg[6] - f->told, (uint64_t)countof(f->addrs));
    for (uint32_t i = 0; i < f->count; i++)
        f->addrs[i] = vmo_pinned_address(f->pmt->vo->vmo, first + f->told + i);
    return f->count > 0;
}

static status_t insert_pmt(struct zircon_bti_pin *f)
{
    struct handle h = handle_make(&f->pmt->object, f->pmt->object.ops->rights);
    status_t st = handle_insert(call_handles(f->call), &h, &f->value);

    if (st != OK) {
        pmt_unpin(f->pmt);
        handle_drop(&h);
    }
    return st;
}

/* What the program has not learnt of is not pinned. */
static void pin_end(struct zircon_bti_pin *f)
{
    if (f->pmt && f->outcome != OK)
        pmt_unpin(f->pmt);
    if (f->pmt)
        object_put(&f->pmt->object);
    object_put(f->vmo);
    object_put(f->bti);
}

CO_FN(zircon_bti_pin)
{
    f->outcome = pin_begin(f);
    while (f->outcome == OK && !f->pmt) {
        f->outcome = pin(f);
        if (f->outcome == ERR_SHOULD_WAIT)
            CO_CALL(f->outcome, f->page_in, vmo_page_in, .vmo = vmo_object_of(f->vmo)->vmo,
                    .index = f->index, .interruptible = true);
    }
    for (f->told = 0; f->outcome == OK && next_addresses(f); f->told += f->count)
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = TO_USER, .kernel = f->addrs,
                .user = f->call->arg[5] + f->told * sizeof(f->addrs[0]),
                .size = f->count * sizeof(f->addrs[0]));
    if (f->outcome == OK)
        f->outcome = insert_pmt(f);
    if (f->outcome == OK) {
        CO_CALL(f->outcome, f->transfer, transfer, .thread = f->call->thread,
                .direction = TO_USER, .kernel = &f->value, .user = f->call->arg[7],
                .size = sizeof(f->value));
        if (f->outcome != OK) {
            pmt_unpin(f->pmt);
            handle_close(call_handles(f->call), f->value);
        }
    }
    pin_end(f);
    CO_RETURN(f->outcome);
}
CO_END

static status_t create_contiguous(struct syscall *call, struct vmo_object **out)
{
    uint32_t align = (uint32_t)call->arg[2];
    struct vmo *vmo;
    status_t st;

    if (align == 0)
        align = PAGE_SHIFT;
    if (call->arg[1] == 0 || align < PAGE_SHIFT || align >= 64)
        return ERR_INVALID_ARGS;
    st = call_policy(call, ZX_POL_NEW_VMO);
    if (st == OK)
        st = vmo_create_contiguous(call->arg[1], align, &vmo);
    if (st != OK)
        return st;
    st = vmo_object_create(vmo, out);
    vmo_put(vmo);
    return st;
}

status_t zircon_vmo_create_contiguous(struct syscall *call)
{
    struct vmo_object *vo;
    struct object *bti;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_BTI, ZX_RIGHT_MAP, &bti);

    if (st != OK)
        return st;
    st = create_contiguous(call, &vo);
    object_put(bti);
    if (st != OK)
        return st;
    st = call_give(call, &vo->object, vo->object.ops->rights, call->arg[3]);
    object_put(&vo->object);
    return st;
}

static status_t check_physical(struct syscall *call)
{
    paddr_t base = call->arg[1];
    uint64_t size = call->arg[2];
    struct object *obj;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_RESOURCE, 0, &obj);

    if (st != OK)
        return st;
    if (size == 0 || !IS_ALIGNED(base, PAGE_SIZE) || ROUND_UP(size, PAGE_SIZE) < size)
        st = ERR_INVALID_ARGS;
    else
        st = resource_check_range(resource_of(obj), ZX_RSRC_KIND_MMIO, base, size);
    object_put(obj);
    return st == OK ? call_policy(call, ZX_POL_NEW_VMO) : st;
}

/* Whoever has the resource answers for what is there. */
status_t zircon_vmo_create_physical(struct syscall *call)
{
    struct vmo_object *vo;
    struct vmo *vmo;
    status_t st = check_physical(call);

    if (st == OK)
        st = vmo_create_physical(call->arg[1], call->arg[2], &vmo);
    if (st != OK)
        return st;
    st = vmo_object_create(vmo, &vo);
    vmo_put(vmo);
    if (st != OK)
        return st;
    vo->cache_policy = ZX_CACHE_POLICY_UNCACHED;
    st = call_give(call, &vo->object, vo->object.ops->rights | ZX_RIGHT_EXECUTE, call->arg[3]);
    object_put(&vo->object);
    return st;
}
