/*
 * pager.c - pagers, and the page sources between them and their VMOs.
 */
#include "base/assert.h"
#include "mm/slab.h"
#include "object/pager_internal.h"

SLAB_CACHE(pager_cache, struct pager);
SLAB_CACHE(source_cache, struct page_source);

static struct pager *pager_of(struct object *obj)
{
    return container_of(obj, struct pager, object);
}

static void complete_packet_left(struct port_packet *p)
{
    kfree(p);
}

static void source_cut(struct vmo *vmo)
{
    vmo_dirty_cut_locked(vmo);
    page_requests_advance_locked(vmo, vmo->size >> PAGE_SHIFT, UINT64_MAX);
}

/* `tell`: the last packet is sent. */
static void source_detach(struct page_source *source, bool tell)
{
    struct port_packet *last = NULL;
    SPIN_GUARD(&source->lock);

    source->detached = true;
    page_requests_end_locked(source, 0, UINT64_MAX, ERR_BAD_STATE);
    if (tell) {
        last = source->complete;
        source->complete = NULL;
    }
    if (last)
        port_send(port_of(source->port), last);
}

static void source_free(struct page_source *source)
{
    kfree(source->complete);
    object_put(source->port);
    object_put(&source->pager->object);
    slab_free(&source_cache, source);
}

/* The VMO is gone, and who waited for its pages before. */
static void source_release(struct vmo *vmo)
{
    struct page_source *source = vmo->pager_data;

    {
        SPIN_GUARD(&source->pager->lock);
        list_remove(&source->link);
    }
    assert(rb_empty(&source->requests[WISH_READ]) && rb_empty(&source->requests[WISH_DIRTY]));
    source_detach(source, !source->detached);
    source_free(source);
}

static const struct vmo_pager_ops source_ops = {
    .page_in = page_request_wait,
    .cut = source_cut,
    .release = source_release,
};

static struct page_source *source_create(struct pager *pager, struct object *port, uint64_t key)
{
    struct page_source *source = slab_alloc_zeroed(&source_cache);

    if (!source)
        return NULL;
    source->pager = pager_of(object_get(&pager->object));
    source->port = object_get(port);
    source->key = key;
    list_init(&source->link);
    source->complete = kmalloc(sizeof(*source->complete));
    if (!source->complete) {
        source_free(source);
        return NULL;
    }
    *source->complete =
        page_packet(source, complete_packet_left,
                    &(zx_packet_page_request_t){.command = ZX_PAGER_VMO_COMPLETE});
    list_init(&source->complete->link);
    return source;
}

status_t pager_create_vmo(struct object *obj, struct object *port, uint64_t key, uint64_t size,
                          uint32_t flags, bool trap_dirty, struct vmo **out)
{
    struct page_source *source = source_create(pager_of(obj), port, key);
    status_t st;

    if (!source)
        return ERR_NO_MEMORY;
    st = vmo_create(size, flags, out);
    if (st != OK) {
        source_free(source);
        return st;
    }
    (*out)->pager = &source_ops;
    (*out)->pager_data = source;
    vmo_track_dirty(*out, &source->dirty, trap_dirty);
    SPIN_GUARD(&source->pager->lock);
    source->detached = source->pager->closed;
    list_push_back(&source->pager->sources, &source->link);
    return OK;
}

bool pager_owns(struct object *obj, const struct vmo *vmo)
{
    return vmo->pager == &source_ops &&
           ((struct page_source *)vmo->pager_data)->pager == pager_of(obj);
}

void pager_detach(struct vmo *vmo)
{
    source_detach(vmo->pager_data, true);
}

static bool in_vmo(struct vmo *vmo, uint64_t offset, uint64_t size)
{
    SPIN_GUARD(&vmo->lock);

    return offset <= vmo->size && size <= vmo->size - offset;
}

static status_t move_page(struct vmo *vmo, uint64_t index, struct vmo *from,
                          uint64_t from_index)
{
    struct page *page;
    status_t st = vmo_take_page(from, from_index, &page);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&vmo->lock);
        st = vmo_is_supplied_locked(vmo, index) ? ERR_ALREADY_EXISTS
                                                : vmo_insert_locked(vmo, index, page);
    }
    if (st != OK)
        page_put(page);
    return st == ERR_ALREADY_EXISTS ? OK : st;
}

status_t pager_supply(struct vmo *vmo, uint64_t offset, uint64_t size, struct vmo *from,
                      uint64_t from_offset)
{
    uint64_t first = offset >> PAGE_SHIFT, end = (offset + size) >> PAGE_SHIFT, at = first;
    uint64_t shift = from_offset >> PAGE_SHIFT;
    status_t st = OK;

    if (!in_vmo(vmo, offset, size) || !in_vmo(from, from_offset, size))
        return ERR_OUT_OF_RANGE;
    while (at < end && (st = move_page(vmo, at, from, shift + (at - first))) == OK)
        at++;
    SPIN_GUARD(&vmo->lock);
    page_requests_advance_locked(vmo, first, at);
    return st;
}

status_t pager_fail(struct vmo *vmo, uint64_t offset, uint64_t size, status_t st)
{
    struct page_source *source = vmo->pager_data;

    if (!in_vmo(vmo, offset, size))
        return ERR_OUT_OF_RANGE;
    SPIN_GUARD(&source->lock);
    page_requests_end_locked(source, offset >> PAGE_SHIFT, (offset + size) >> PAGE_SHIFT, st);
    return OK;
}

status_t pager_dirty(struct vmo *vmo, uint64_t offset, uint64_t size)
{
    uint64_t first = offset >> PAGE_SHIFT, end = (offset + size) >> PAGE_SHIFT;
    status_t st;

    if (!vmo->dirty->trap)
        return ERR_NOT_SUPPORTED;
    if (!in_vmo(vmo, offset, size))
        return ERR_OUT_OF_RANGE;
    st = vmo_make_dirty(vmo, first, end);
    SPIN_GUARD(&vmo->lock);
    page_requests_advance_locked(vmo, first, end);
    return st;
}

status_t pager_writeback_begin(struct vmo *vmo, uint64_t offset, uint64_t size)
{
    if (!in_vmo(vmo, offset, size))
        return ERR_OUT_OF_RANGE;
    return vmo_begin_clean(vmo, offset >> PAGE_SHIFT, (offset + size) >> PAGE_SHIFT);
}

status_t pager_writeback_end(struct vmo *vmo, uint64_t offset, uint64_t size)
{
    if (!in_vmo(vmo, offset, size))
        return ERR_OUT_OF_RANGE;
    return vmo_end_clean(vmo, offset >> PAGE_SHIFT, (offset + size) >> PAGE_SHIFT);
}

static void pager_on_zero_handles(struct object *obj)
{
    struct pager *pager = pager_of(obj);
    SPIN_GUARD(&pager->lock);

    pager->closed = true;
    list_for_each (it, &pager->sources)
        source_detach(container_of(it, struct page_source, link), false);
}

static void pager_destroy(struct object *obj)
{
    assert(list_empty(&pager_of(obj)->sources));
    slab_free(&pager_cache, pager_of(obj));
}

static const struct object_ops pager_ops = {
    .name = "pager",
    .type = ZX_OBJ_TYPE_PAGER,
    .rights = ZX_DEFAULT_PAGER_RIGHTS,
    .destroy = pager_destroy,
    .on_zero_handles = pager_on_zero_handles,
};

status_t pager_create(struct object **out)
{
    struct pager *pager = slab_alloc_zeroed(&pager_cache);

    if (!pager)
        return ERR_NO_MEMORY;
    object_init(&pager->object, &pager_ops, 0);
    list_init(&pager->sources);
    *out = &pager->object;
    return OK;
}
