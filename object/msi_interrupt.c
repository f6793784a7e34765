/*
 * msi_interrupt.c - interrupts of messages: the device's registers are written in memory of a
 * VMO (PCI Local Bus 3.0, 6.8.1 and 6.8.2).
 */
#include "hal/mmu.h"
#include "mm/slab.h"
#include "object/msi_internal.h"
#include "uapi/zircon/syscalls/memory.h"

/* The capability, as far as it is of interest: all of the largest form. */
struct msi_capability {
    uint8_t id, next;
    uint16_t control;
    uint32_t address, address_high_or_data;
    uint32_t mask_32; /* data, where addresses have 64 bits */
    uint32_t mask_64;
    uint32_t pending_64;
};
enum { CAPABILITY_ID_MSI = 5, CONTROL_64_BITS = 1 << 7, CONTROL_MASKS = 1 << 8 };

struct msi_vector {
    uint32_t address, address_high, data, control;
};
enum { VECTOR_MASKED = 1 };

struct msi_interrupt {
    struct interrupt interrupt;
    struct msi_allocation *allocation; /* reference */
    unsigned id;                       /* in it */
    struct vmo *vmo;                   /* has the registers: a reference; NULL: not ours */
    volatile uint32_t *mask;           /* of the capability: a bit for each id; or NULL */
    volatile struct msi_vector *vector;
};

SLAB_CACHE(msi_interrupt_cache, struct msi_interrupt);

static struct msi_interrupt *msi_interrupt_of(struct interrupt *i)
{
    return container_of(i, struct msi_interrupt, interrupt);
}

static status_t reserve(struct msi_allocation *a, uint32_t id)
{
    SPIN_GUARD(&a->lock);

    if (a->used & 1u << id)
        return ERR_ALREADY_BOUND;
    a->used |= 1u << id;
    a->interrupts++;
    return OK;
}

static void release(struct msi_allocation *a, uint32_t id)
{
    SPIN_GUARD(&a->lock);

    a->used &= ~(1u << id);
    a->interrupts--;
}

/* --- sources --- */

/* The mask is shared with the block's other interrupts: written under the block's lock. */
static void capability_mask(struct interrupt *i)
{
    struct msi_interrupt *m = msi_interrupt_of(i);
    SPIN_GUARD(&m->allocation->lock);

    if (m->mask)
        *m->mask |= 1u << m->id;
}

static void capability_unmask(struct interrupt *i)
{
    struct msi_interrupt *m = msi_interrupt_of(i);
    SPIN_GUARD(&m->allocation->lock);

    if (m->mask)
        *m->mask &= ~(1u << m->id);
}

static void vector_mask(struct interrupt *i)
{
    msi_interrupt_of(i)->vector->control |= VECTOR_MASKED;
}

static void vector_unmask(struct interrupt *i)
{
    msi_interrupt_of(i)->vector->control &= ~(uint32_t)VECTOR_MASKED;
}

static void message_detach(struct interrupt *i)
{
    msi_detach(i->number);
}

static void capability_detach(struct interrupt *i)
{
    capability_mask(i);
    msi_detach(i->number);
}

static void vector_detach(struct interrupt *i)
{
    volatile struct msi_vector *v = msi_interrupt_of(i)->vector;

    vector_mask(i);
    v->address = v->address_high = v->data = 0;
    msi_detach(i->number);
}

static void message_free(struct interrupt *i)
{
    struct msi_interrupt *m = msi_interrupt_of(i);

    release(m->allocation, m->id);
    object_put(&m->allocation->object);
    if (m->vmo)
        vmo_put(m->vmo);
    slab_free(&msi_interrupt_cache, m);
}

static const struct interrupt_source bare_source = {
    .detach = message_detach,
    .free = message_free,
};

static const struct interrupt_source capability_source = {
    .mask = capability_mask,
    .unmask = capability_unmask,
    .detach = capability_detach,
    .free = message_free,
};

static const struct interrupt_source vector_source = {
    .mask = vector_mask,
    .unmask = vector_unmask,
    .detach = vector_detach,
    .free = message_free,
};

/* --- creation --- */

/* Memory of the VMO that does not move, which includes what belongs to devices. */
static bool is_device_memory(struct vmo_object *vo, uint64_t offset)
{
    uint32_t policy;
    {
        SPIN_GUARD(&vo->object.lock);
        policy = vo->cache_policy;
    }
    return (vo->vmo->flags & (VMO_PHYSICAL | VMO_CONTIGUOUS)) && !vo->slice &&
           policy == ZX_CACHE_POLICY_UNCACHED_DEVICE && offset < vo->vmo->size &&
           offset % sizeof(uint32_t) == 0;
}

/* Where the kernel sees `offset` of it: both kinds lie in a row. NULL: the kernel does not. */
static void *kernel_view(struct vmo *vmo, uint64_t offset, uint64_t size)
{
    paddr_t pa = vmo->phys_base + offset;
    struct page *page;
    bool writable;
    SPIN_GUARD(&vmo->lock);

    if (size > vmo->size - offset)
        return NULL;
    if (vmo->flags & VMO_PHYSICAL)
        return page_of_phys(pa) && page_of_phys(pa + size - 1) ? hal_phys_to_virt(pa) : NULL;
    if (vmo_get_page_locked(vmo, offset >> PAGE_SHIFT, VMO_WRITE, &page, &writable) != OK)
        return NULL;
    return (char *)page_data(page) + (offset & (PAGE_SIZE - 1));
}

static volatile uint32_t *mask_of(struct msi_capability *c)
{
    if (!(c->control & CONTROL_MASKS))
        return NULL;
    return c->control & CONTROL_64_BITS ? &c->mask_64 : &c->mask_32;
}

static status_t find_vector(struct msi_interrupt *m, uint64_t offset)
{
    struct msi_vector *table =
        kernel_view(m->vmo, offset, (m->id + 1) * sizeof(struct msi_vector));

    if (!table)
        return ERR_INVALID_ARGS;
    m->vector = table + m->id;
    return OK;
}

static status_t find_mask(struct msi_interrupt *m, uint64_t offset)
{
    struct msi_capability *c = kernel_view(m->vmo, offset, sizeof(*c));

    if (!c || c->id != CAPABILITY_ID_MSI)
        return ERR_INVALID_ARGS;
    m->mask = mask_of(c);
    return OK;
}

/* Vectors say in full what their message is; who has the capability has written it there. */
static void set_up(struct msi_interrupt *m)
{
    if (m->vector) {
        vector_mask(&m->interrupt);
        m->vector->address = (uint32_t)msi_target_addr();
        m->vector->address_high = (uint32_t)(msi_target_addr() >> 32);
        m->vector->data = msi_target_data(m->interrupt.number);
    }
    msi_attach(m->interrupt.number, &m->interrupt);
    interrupt_attached(&m->interrupt);
    if (m->interrupt.source->unmask)
        m->interrupt.source->unmask(&m->interrupt);
}

/* With the id reserved, which the object's end releases. */
static status_t make(struct msi_allocation *a, uint32_t id,
                     const struct interrupt_source *source, struct msi_interrupt **out)
{
    struct msi_interrupt *m;
    status_t st;

    if (id >= a->count)
        return ERR_INVALID_ARGS;
    st = reserve(a, id);
    if (st != OK)
        return st;
    m = slab_alloc_zeroed(&msi_interrupt_cache);
    if (!m) {
        release(a, id);
        return ERR_NO_MEMORY;
    }
    interrupt_init(&m->interrupt, source, a->base + id);
    m->allocation = msi_allocation_of(object_get(&a->object));
    m->id = id;
    *out = m;
    return OK;
}

status_t msi_interrupt_create(struct msi_allocation *a, uint32_t options, uint32_t id,
                              struct vmo_object *vo, uint64_t offset, struct object **out)
{
    bool msi_x = options & ZX_MSI_MODE_MSI_X;
    struct msi_interrupt *m;
    status_t st;

    if (options & ~ZX_MSI_MODE_MSI_X || !is_device_memory(vo, offset))
        return ERR_INVALID_ARGS;
    st = make(a, id, msi_x ? &vector_source : &capability_source, &m);
    if (st != OK)
        return st;
    m->vmo = vmo_get(vo->vmo);
    st = msi_x ? find_vector(m, offset) : find_mask(m, offset);
    if (st == OK) {
        set_up(m);
        *out = &m->interrupt.object;
    } else {
        object_put(&m->interrupt.object);
    }
    return st;
}

status_t msi_interrupt_create_bare(struct msi_allocation *a, uint32_t id, struct object **out)
{
    struct msi_interrupt *m;
    status_t st = make(a, id, &bare_source, &m);

    if (st != OK)
        return st;
    set_up(m);
    *out = &m->interrupt.object;
    return OK;
}
