/*
 * text.c - views of files for executing, which the machine patches (library OS).
 *
 * A view is a VMO that copies its pages from the file's when they are first wanted. Private
 * mappings that may execute clone the view and not the file, so every process that maps the
 * file runs the same text, patches and all; who reads the file or maps it otherwise sees the
 * file. Stubs lie in a VMO of the view, mapped at one distance from the text everywhere.
 *
 * A file holds its view and the view its file, until the file goes (vmo_drop_text) or its
 * contents change: then the next mapping makes another view, and those that have the old one
 * keep it.
 */
#include "vm/vmar_internal.h"

#include "base/status.h"
#include "base/string.h"
#include "mm/slab.h"

/* Stubs end this far below where the file begins, and begin an area's size below that: room for
 * segments that lie a page or so further up than the first. */
enum { STUBS_GAP = 0x10000, STUBS_BELOW = STUBS_GAP + HAL_STUB_AREA };

struct text {
    struct vmo *file;    /* reference */
    struct vmo *stubs;   /* reference */
    uint64_t changes;    /* of the file, when this was made */
    uint32_t stub_bytes; /* the machine's: how far it has come in the area */
};

static status_t copy_page_locked(struct vmo *file, uint64_t index, struct page *page)
{
    bool ours;
    struct page *from = vmo_peek_locked(file, index, &ours);

    if (!from)
        return file->pager->try_page_in(file, index, page);
    memcpy(page_data(page), page_data(from), PAGE_SIZE);
    return OK;
}

/* Under the view's lock; the file is its parent in the order of locks. */
static status_t text_page_in(struct vmo *view, uint64_t index, struct page *page)
{
    struct vmo *file = ((struct text *)view->pager_data)->file;
    SPIN_GUARD(&file->lock);

    return copy_page_locked(file, index, page);
}

static bool has_any_locked(struct vmo *file, uint64_t first, unsigned count)
{
    bool ours;

    for (unsigned i = 0; i < count; i++)
        if (vmo_peek_locked(file, first + i, &ours))
            return true;
    return false;
}

static status_t text_page_in_run(struct vmo *view, uint64_t first, unsigned count, void *data)
{
    struct vmo *file = ((struct text *)view->pager_data)->file;
    paddr_t pa = hal_virt_to_phys(data);
    status_t st = OK;
    SPIN_GUARD(&file->lock);

    if (file->pager->try_page_in_run && !has_any_locked(file, first, count))
        return file->pager->try_page_in_run(file, first, count, data);
    for (unsigned i = 0; st == OK && i < count; i++)
        st = copy_page_locked(file, first + i, page_of_phys(pa + i * PAGE_SIZE));
    return st;
}

static void text_release(struct vmo *view)
{
    struct text *text = view->pager_data;

    vmo_put(text->file);
    vmo_put(text->stubs);
    kfree(text);
}

static const struct vmo_pager_ops text_pager = {
    .try_page_in = text_page_in, .try_page_in_run = text_page_in_run, .release = text_release};

bool vmo_is_text(const struct vmo *vmo)
{
    return vmo && vmo->pager == &text_pager;
}

static struct text *text_of(const struct vmo *view)
{
    return view->pager_data;
}

/* A fresh view. NULL: no memory. */
static struct vmo *text_create(struct vmo *file, uint64_t changes)
{
    struct text *text = kmalloc(sizeof(*text));
    struct vmo *view;

    if (!text)
        return NULL;
    *text = (struct text){.changes = changes};
    if (vmo_create(HAL_STUB_AREA, VMO_STUBS, &text->stubs) != OK)
        goto out_text;
    if (vmo_create_paged(file->size, &text_pager, text, &view) != OK)
        goto out_stubs;
    view->name = file->name;
    text->file = vmo_get(file);
    return view;
out_stubs:
    vmo_put(text->stubs);
out_text:
    kfree(text);
    return NULL;
}

/* Somebody may write to the file behind our back. */
static bool may_change_locked(const struct vmo *file)
{
    interval_for_each (it, &file->mappings, 0, UINT64_MAX)
        if (mapping_shown(it)->prot & HAL_PROT_WRITE)
            return true;
    return false;
}

/* The view that shows the file as it is, a reference; NULL: none. `*changes` for a new one. */
static struct vmo *current_view(struct vmo *file, uint64_t *changes, bool *refused)
{
    SPIN_GUARD(&file->lock);

    *changes = file->changes;
    *refused = may_change_locked(file);
    if (*refused || !file->text || text_of(file->text)->changes != file->changes)
        return NULL;
    return vmo_get(file->text);
}

/* Make it the file's; the one that it replaces. */
static struct vmo *set_view(struct vmo *file, struct vmo *view)
{
    struct vmo *old;
    SPIN_GUARD(&file->lock);

    old = file->text;
    file->text = view;
    return old;
}

struct vmo *vmo_text(struct vmo *file)
{
    struct vmo *view;
    uint64_t changes;
    bool refused;

    if (!file->pager || file->pager->page_in || vmo_is_text(file))
        return NULL;
    view = current_view(file, &changes, &refused);
    if (view || refused)
        return view;
    view = text_create(file, changes);
    if (view)
        vmo_put(set_view(file, vmo_get(view)));
    return view;
}

void vmo_drop_text(struct vmo *file)
{
    if (file)
        vmo_put(set_view(file, NULL));
}

/* ---- in an address space ---- */

/* Where the view of a mapping that begins at `base` with the file's byte `offset` has stubs. */
static user_addr_t stubs_at(user_addr_t base, uint64_t offset)
{
    return base - offset - STUBS_BELOW;
}

static bool has_stubs_locked(struct aspace *as, const struct vmo *stubs, user_addr_t at)
{
    struct mapping *m = mapping_find(as, at);

    return m && m->vmo == stubs && m->region.base == at && m->region.size == HAL_STUB_AREA;
}

static status_t insert_stubs(struct aspace *as, struct mapping *m, user_addr_t at, bool *used)
{
    struct placement p = placement_of(PLACE_EXACT, at, HAL_STUB_AREA, PAGE_SIZE, 0);
    user_addr_t base;
    status_t st;
    SPIN_GUARD(&as->lock);

    *used = false;
    if (has_stubs_locked(as, m->vmo, at))
        return OK;
    st = place_find(as->root, &p, &base);
    *used = st == OK;
    if (st != OK)
        return st;
    mapping_insert(as->root, m, base, HAL_STUB_AREA);
    mapping_show_stubs(m);
    return OK;
}

static status_t map_stubs(struct aspace *as, struct vmo *stubs, user_addr_t at)
{
    unsigned prot = HAL_PROT_READ | HAL_PROT_EXEC;
    struct mapping *m = mapping_new(stubs, 0, prot, prot, MAPPING_SHARED);
    status_t st;
    bool used;

    if (!m)
        return ERR_NO_MEMORY;
    st = insert_stubs(as, m, at, &used);
    if (!used)
        mapping_free(m);
    return st;
}

struct vmo *aspace_text(struct aspace *as, struct vmo *file, uint64_t offset, user_addr_t base)
{
    struct vmo *view;

    if (base < offset + STUBS_BELOW + HAL_USER_BASE)
        return vmo_get(file);
    view = vmo_text(file);
    if (!view)
        return vmo_get(file);
    if (map_stubs(as, text_of(view)->stubs, stubs_at(base, offset)) == OK)
        return view;
    vmo_put(view);
    return vmo_get(file);
}

void mapping_drop_stubs(const struct mapping *m, struct list *dead)
{
    struct vmo *view = m->vmo->parent;
    struct aspace *as = m->region.aspace;
    user_addr_t at = stubs_at(m->region.base, m->offset + m->vmo->parent_offset);
    {
        SPIN_GUARD(&view->lock);
        interval_for_each (it, &view->clone_mappings, 0, UINT64_MAX) {
            const struct mapping *other = mapping_shown_of_parent(it);

            if (other != m && other->region.aspace == as)
                return;
        }
    }
    if (has_stubs_locked(as, text_of(view)->stubs, at))
        mapping_detach(mapping_find(as, at), dead);
}

status_t aspace_text_stubs(struct hal_pt *pt, user_addr_t va, user_addr_t *area,
                           uint32_t **bytes)
{
    struct aspace *as = container_of(pt, struct aspace, pt);
    struct mapping *m;
    SPIN_GUARD(&as->lock);

    m = mapping_find(as, va);
    if (!m || !vmo_is_text(m->vmo->parent))
        return ERR_NOT_FOUND;
    *area = stubs_at(m->region.base, m->offset + m->vmo->parent_offset);
    if (!has_stubs_locked(as, text_of(m->vmo->parent)->stubs, *area))
        return ERR_BAD_STATE;
    *bytes = &text_of(m->vmo->parent)->stub_bytes;
    return OK;
}

static bool has_pages(struct vmo *vmo)
{
    SPIN_GUARD(&vmo->lock);

    return vmo->root;
}

void mapping_show_stubs(struct mapping *m)
{
    if (mapping_is_stubs(m) && has_pages(m->vmo))
        (void)!mapping_read_ahead(m, m->region.base); /* else it faults */
}

bool mapping_is_stubs(const struct mapping *m)
{
    return m->flags & MAPPING_SHARED && m->prot & HAL_PROT_EXEC && m->vmo->flags & VMO_STUBS;
}

bool aspace_is_stub(struct hal_pt *pt, user_addr_t va)
{
    struct aspace *as = container_of(pt, struct aspace, pt);
    struct mapping *m;
    SPIN_GUARD(&as->lock);

    m = mapping_find(as, va);
    return m && mapping_is_stubs(m);
}

status_t text_shared_page(struct mapping *m, uint64_t index, struct page **out)
{
    struct vmo *view = m->vmo->parent;
    uint64_t view_index;
    bool ours;
    SPIN_GUARD(&m->vmo->lock);

    if (!vmo_is_text(view) || vmo_peek_locked(m->vmo, index, &ours))
        return ERR_NOT_FOUND;
    SPIN_GUARD(&view->lock);
    if (!vmo_from_parent(m->vmo, index, &view_index))
        return ERR_NOT_FOUND;
    return vmo_supply_locked(view, view_index, VMO_RUN_ORDER, out);
}
