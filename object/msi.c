/*
 * msi.c - which irqs of messages are taken, and by whom.
 */
#include "object/msi.h"

#include "base/format.h"
#include "hal/time.h"
#include "mm/slab.h"
#include "object/msi_internal.h"

SLAB_CACHE(allocation_cache, struct msi_allocation);

static const struct msi_platform *platform; /* constant after boot */

/* Held while an irq is raised: when msi_detach has let go of it, none is. */
static struct spinlock lock;
static uint64_t taken; /* a bit for each irq that is in a block; guarded by lock */
static struct interrupt *owners[MSI_IRQS_MAX]; /* guarded by lock */

void msi_platform_set(const struct msi_platform *of_machine)
{
    platform = of_machine;
}

bool msi_present(void)
{
    return platform != NULL;
}

void msi_message(uint64_t addr, uint32_t data)
{
    time_ns_t now = hal_time_now();
    uint32_t index;

    if (!platform || addr != platform->target_addr)
        return;
    index = data - platform->target_data;
    if (index >= platform->count)
        return;
    SPIN_GUARD(&lock);
    if (owners[index])
        (void)interrupt_raise(owners[index], now);
}

void msi_attach(unsigned irq, struct interrupt *i)
{
    SPIN_GUARD(&lock);

    owners[irq - platform->base] = i;
}

void msi_detach(unsigned irq)
{
    msi_attach(irq, NULL);
}

uint64_t msi_target_addr(void)
{
    return platform->target_addr;
}

uint32_t msi_target_data(unsigned irq)
{
    return platform->target_data + (irq - platform->base);
}

static uint64_t bits_of(unsigned index, uint32_t count)
{
    return ((1ull << count) - 1) << index;
}

static status_t take(uint32_t count, unsigned *base)
{
    SPIN_GUARD(&lock);

    for (unsigned i = 0; i + count <= platform->count; i += count) {
        if (taken & bits_of(i, count))
            continue;
        taken |= bits_of(i, count);
        *base = platform->base + i;
        return OK;
    }
    return ERR_NO_RESOURCES;
}

static void give_back(unsigned base, uint32_t count)
{
    SPIN_GUARD(&lock);

    taken &= ~bits_of(base - platform->base, count);
}

static void allocation_destroy(struct object *obj)
{
    struct msi_allocation *a = msi_allocation_of(obj);

    if (a->resource)
        object_put(&a->resource->object);
    give_back(a->base, a->count);
    slab_free(&allocation_cache, a);
}

static const struct object_ops allocation_ops = {
    .name = "msi",
    .type = ZX_OBJ_TYPE_MSI,
    .rights = ZX_RIGHTS_BASIC,
    .destroy = allocation_destroy,
};

static status_t make(unsigned base, uint32_t count, struct msi_allocation **out)
{
    struct msi_allocation *a = slab_alloc_zeroed(&allocation_cache);
    char name[ZX_MAX_NAME_LEN] = "";
    status_t st;

    if (!a) {
        give_back(base, count);
        return ERR_NO_MEMORY;
    }
    object_init(&a->object, &allocation_ops, 0);
    a->base = base;
    a->count = count;
    format(name, sizeof(name), "MSI vectors %u-%u", base, base + count - 1);
    st = resource_create(ZX_RSRC_KIND_IRQ, ZX_RSRC_FLAG_EXCLUSIVE, base, count, name,
                         &a->resource);
    if (st != OK)
        object_put(&a->object);
    else
        *out = a;
    return st;
}

status_t msi_allocate(uint32_t count, struct msi_allocation **out)
{
    unsigned base;
    status_t st;

    if (!platform)
        return ERR_NOT_SUPPORTED;
    if (count == 0 || count > MSI_BLOCK_MAX || (count & (count - 1)))
        return ERR_INVALID_ARGS;
    st = take(count, &base);
    return st == OK ? make(base, count, out) : st;
}

void msi_allocation_info(struct msi_allocation *a, zx_info_msi_t *out)
{
    SPIN_GUARD(&a->lock);

    *out = (zx_info_msi_t){
        .target_addr = msi_target_addr(),
        .target_data = msi_target_data(a->base),
        .base_irq_id = a->base,
        .num_irq = a->count,
        .interrupt_count = a->interrupts,
    };
}
