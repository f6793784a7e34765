/*
 * bti.c - IOMMUs, BTIs and PMTs.
 */
#include "object/bti.h"

#include "mm/slab.h"

struct iommu {
    struct object object;
};

SLAB_CACHE(iommu_cache, struct iommu);
SLAB_CACHE(bti_cache, struct bti);
SLAB_CACHE(pmt_cache, struct pmt);

static void iommu_destroy(struct object *obj)
{
    slab_free(&iommu_cache, container_of(obj, struct iommu, object));
}

static const struct object_ops iommu_ops = {
    .name = "iommu",
    .type = ZX_OBJ_TYPE_IOMMU,
    .rights = ZX_DEFAULT_IOMMU_RIGHTS,
    .destroy = iommu_destroy,
};

status_t iommu_create(struct object **out)
{
    struct iommu *iommu = slab_alloc(&iommu_cache);

    if (!iommu)
        return ERR_NO_MEMORY;
    object_init(&iommu->object, &iommu_ops, 0);
    *out = &iommu->object;
    return OK;
}

static void bti_destroy(struct object *obj)
{
    object_put(bti_of(obj)->iommu);
    slab_free(&bti_cache, bti_of(obj));
}

static const struct object_ops bti_ops = {
    .name = "bti",
    .type = ZX_OBJ_TYPE_BTI,
    .rights = ZX_DEFAULT_BTI_RIGHTS,
    .destroy = bti_destroy,
};

status_t bti_create(struct object *iommu, uint64_t id, struct bti **out)
{
    struct bti *bti = slab_alloc(&bti_cache);

    if (!bti)
        return ERR_NO_MEMORY;
    object_init(&bti->object, &bti_ops, 0);
    bti->iommu = object_get(iommu);
    bti->id = id;
    list_init(&bti->quarantine);
    *out = bti;
    return OK;
}

void bti_release_quarantine(struct bti *bti)
{
    for (;;) {
        struct list *link;
        struct pmt *pmt;

        {
            SPIN_GUARD(&bti->object.lock);
            link = list_pop_front(&bti->quarantine);
        }
        if (!link)
            return;
        pmt = container_of(link, struct pmt, link);
        pmt_unpin(pmt);
        object_put(&pmt->object);
    }
}

void pmt_unpin(struct pmt *pmt)
{
    SPIN_GUARD(&pmt->bti->object.lock);

    if (pmt->pinned)
        vmo_unpin(pmt->vo->vmo, &pmt->pin);
    pmt->pinned = false;
}

/* The quarantine's reference keeps it from being destroyed while it is pinned. */
static void pmt_on_zero_handles(struct object *obj)
{
    struct pmt *pmt = pmt_of(obj);
    SPIN_GUARD(&pmt->bti->object.lock);

    if (!pmt->pinned)
        return;
    object_get(obj);
    list_push_back(&pmt->bti->quarantine, &pmt->link);
}

static void pmt_destroy(struct object *obj)
{
    struct pmt *pmt = pmt_of(obj);

    object_put(&pmt->vo->object);
    object_put(&pmt->bti->object);
    slab_free(&pmt_cache, pmt);
}

static const struct object_ops pmt_ops = {
    .name = "pmt",
    .type = ZX_OBJ_TYPE_PMT,
    .rights = ZX_DEFAULT_PMT_RIGHTS,
    .destroy = pmt_destroy,
    .on_zero_handles = pmt_on_zero_handles,
};

status_t bti_pin(struct bti *bti, struct vmo_object *vo, uint64_t offset, uint64_t size,
                 struct pmt **out)
{
    uint64_t first = (vo->offset + offset) >> PAGE_SHIFT;
    struct pmt *pmt = slab_alloc_zeroed(&pmt_cache);
    status_t st;

    if (!pmt)
        return ERR_NO_MEMORY;
    pmt->pin.first = first;
    pmt->pin.end = first + (size >> PAGE_SHIFT);
    list_init(&pmt->pin.link);
    st = vmo_pin(vo->vmo, &pmt->pin);
    if (st != OK) {
        slab_free(&pmt_cache, pmt);
        return st;
    }
    object_init(&pmt->object, &pmt_ops, 0);
    pmt->bti = bti_of(object_get(&bti->object));
    pmt->vo = vmo_object_of(object_get(&vo->object));
    pmt->pinned = true;
    list_init(&pmt->link);
    *out = pmt;
    return OK;
}
