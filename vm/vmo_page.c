/*
 * vmo_page.c - the pages of a VMO: found, brought in, or made its own in runs.
 */
#include "vm/vmo_internal.h"

#include "base/assert.h"
#include "base/string.h"

/* A block of zeroes as long as a run, so that reading untouched memory maps it in one piece. */
static struct page *zero_block;

void vmo_init(void)
{
    if (page_alloc_order_zeroed(VMO_ZERO_ORDER, &zero_block) != OK)
        panic("no memory for zeroes");
}

struct page *vmo_zero_page(const struct vmo *vmo, uint64_t index)
{
    return page_at(zero_block, (vmo->root_base + index) % VMO_ZERO_PAGES);
}

struct page *vmo_peek_locked(struct vmo *vmo, uint64_t index, bool *ours)
{
    struct radix_node *leaf = radix_leaf(vmo->root, vmo->root_base + index, ours);
    struct page *page = leaf ? leaf->pages[radix_slot(vmo->root_base + index)] : NULL;

    *ours = *ours && page && page_alone(page);
    return page;
}

bool vmo_from_parent(const struct vmo *vmo, uint64_t index, uint64_t *parent_index)
{
    if (!vmo->parent || index >= vmo->parent_limit >> PAGE_SHIFT)
        return false;
    *parent_index = index + (vmo->parent_offset >> PAGE_SHIFT);
    return *parent_index < vmo_pages(vmo->parent);
}

uint64_t vmo_run_first(const struct vmo *vmo, uint64_t index, unsigned order)
{
    return ROUND_DOWN(vmo->root_base + index, 1ull << order) - vmo->root_base;
}

enum page_kind { PAGE_ABSENT, PAGE_SHARED, PAGE_OURS };

static enum page_kind kind_of(const struct page *page, bool leaf_ours)
{
    if (!page)
        return PAGE_ABSENT;
    return leaf_ours && page_alone(page) ? PAGE_OURS : PAGE_SHARED;
}

unsigned vmo_run_order_locked(struct vmo *vmo, uint64_t index, uint64_t from, uint64_t end)
{
    uint64_t at = vmo->root_base + index, base = vmo->root_base;
    bool ours;
    struct radix_node *leaf = radix_leaf(vmo->root, at, &ours);
    enum page_kind kind = leaf ? kind_of(leaf->pages[radix_slot(at)], ours) : PAGE_ABSENT;
    unsigned order = 0;

    while (order < VMO_RUN_ORDER) {
        uint64_t first = ROUND_DOWN(at, 2ull << order), last = first + (2ull << order);

        if (first < base + from || last > base + end)
            break;
        for (uint64_t i = first; leaf && i < last; i++)
            if (kind_of(leaf->pages[radix_slot(i)], ours) != kind)
                return order;
        order++;
    }
    return order;
}

/* 2^order single frames in a row, of zeroes or with contents undefined. */
static status_t alloc_run(struct vmo_run *run, uint64_t first, unsigned order, bool zeroed)
{
    struct page *head;
    status_t st =
        zeroed ? page_alloc_order_zeroed(order, &head) : page_alloc_order(order, &head);

    if (st != OK)
        return st;
    if (order)
        page_split(head);
    run->first = first;
    run->count = 1u << order;
    run->pa = page_to_phys(head);
    for (unsigned i = 0; i < run->count; i++)
        run->pages[i] = page_at(head, i);
    return OK;
}

/* The order for a run of at most `order`: it may be longer than what is left of a file, so that
 * the end of it is no crumbs, but not twice as long. What is cut from it can be too small for
 * the next file's run, which then takes fresh memory. */
static unsigned run_order_within(const struct vmo *vmo, uint64_t index, unsigned order)
{
    uint64_t pages = vmo_pages(vmo);

    while (order && vmo_run_first(vmo, index, order) + (1ull << (order - 1)) >= pages)
        order--;
    return order;
}

/* Gives back what is beyond page `end`. */
static void run_cut(struct vmo_run *run, uint64_t end)
{
    while (run->first + run->count > end)
        page_put(run->pages[--run->count]);
}

void vmo_run_finish(struct vmo_run *run)
{
    for (unsigned i = 0; i < run->count; i++)
        if (run->pages[i])
            page_put(run->pages[i]);
}

/* What the VMO shows where it has no page of its own. */
static status_t fill_absent(struct vmo *vmo, uint64_t index, struct page *page)
{
    uint64_t parent_index;
    struct page *from;
    status_t st;

    if (vmo->parent) {
        SPIN_GUARD(&vmo->parent->lock);
        if (vmo_from_parent(vmo, index, &parent_index)) {
            st = vmo_supply_locked(vmo->parent, parent_index, VMO_RUN_ORDER, &from);
            if (st == OK)
                memcpy(page_data(page), page_data(from), PAGE_SIZE);
            return st;
        }
    }
    memset(page_data(page), 0, PAGE_SIZE);
    return OK;
}

static status_t fill_run(struct vmo *vmo, struct vmo_run *run)
{
    unsigned slot = radix_slot(vmo->root_base + run->first);

    for (unsigned i = 0; i < run->count; i++) {
        struct page *from = run->leaf->pages[slot + i];
        status_t st = OK;

        if (from)
            memcpy(page_data(run->pages[i]), page_data(from), PAGE_SIZE);
        else
            st = fill_absent(vmo, run->first + i, run->pages[i]);
        if (st != OK)
            return st;
    }
    return OK;
}

/* Absent pages that are no parent's need not be filled in one by one. */
static status_t alloc_and_fill(struct vmo *vmo, uint64_t first, unsigned order,
                               struct vmo_run *run)
{
    bool zeroes = !vmo->parent && !run->leaf->pages[radix_slot(vmo->root_base + first)];
    status_t st = alloc_run(run, first, order, zeroes);

    if (st != OK || zeroes)
        return st;
    st = fill_run(vmo, run);
    if (st != OK)
        vmo_run_finish(run);
    return st;
}

status_t vmo_run_prepare_locked(struct vmo *vmo, uint64_t first, unsigned order,
                                struct vmo_run *run)
{
    status_t st;

    vmo_cache_make_room_locked(vmo);
    st = radix_own(&vmo->root, vmo->root_base + first, &run->leaf);
    if (st != OK)
        return st;
    st = alloc_and_fill(vmo, first, order, run);
    if (st != OK)
        radix_prune(&vmo->root, vmo->root_base + first);
    return st;
}

void vmo_run_install_locked(struct vmo *vmo, struct vmo_run *run, const struct mapping *except)
{
    unsigned slot = radix_slot(vmo->root_base + run->first);

    vmo_unmap_locked(vmo, run->first, run->first + run->count, except);
    for (unsigned i = 0; i < run->count; i++)
        run->pages[i] = radix_replace(run->leaf, slot + i, run->pages[i]);
}

/* Read the pages of the run, the wanted one first; neighbours that are not at hand are left
 * out. A pager's pages have no snapshot, so the leaf and its pages are ours alone. */
static status_t supply_run(struct vmo *vmo, struct vmo_run *run, uint64_t index)
{
    unsigned wanted = (unsigned)(index - run->first), slot;
    status_t st = radix_own(&vmo->root, vmo->root_base + index, &run->leaf);
    bool at_once = false;

    if (st == OK && run->count > 1 && vmo->pager->try_page_in_run)
        at_once = vmo->pager->try_page_in_run(vmo, run->first, run->count,
                                              hal_phys_to_virt(run->pa)) == OK;
    if (st == OK && !at_once) {
        st = vmo->pager->try_page_in(vmo, index, run->pages[wanted]);
        if (st != OK)
            radix_prune(&vmo->root, vmo->root_base + index);
    }
    if (st != OK)
        return st;
    slot = radix_slot(vmo->root_base + run->first);
    for (unsigned i = 0; i < run->count; i++)
        if (at_once || i == wanted ||
            vmo->pager->try_page_in(vmo, run->first + i, run->pages[i]) == OK)
            run->pages[i] = radix_replace(run->leaf, slot + i, run->pages[i]);
    vmo->read_next = run->first + run->count;
    vmo_cache_used_locked(vmo);
    return OK;
}

/* How many neighbours to read along: some where reading begins, many where it goes on, few
 * where it jumps. */
static unsigned read_ahead_order(const struct vmo *vmo, uint64_t index)
{
    enum { JUMP_ORDER = 2, FIRST_ORDER = 4 };

    if (index == 0)
        return FIRST_ORDER;
    return index == vmo->read_next ? (unsigned)VMO_RUN_ORDER : JUMP_ORDER;
}

status_t vmo_supply_locked(struct vmo *vmo, uint64_t index, unsigned order, struct page **out)
{
    struct vmo_run run;
    bool ours;
    status_t st;

    *out = vmo_peek_locked(vmo, index, &ours);
    if (*out)
        return OK;
    if (index >= vmo_pages(vmo))
        return ERR_OUT_OF_RANGE;
    if (index >= vmo_zero_from(vmo)) {
        *out = vmo_zero_page(vmo, index);
        return OK;
    }
    if (!vmo->pager->try_page_in)
        return ERR_SHOULD_WAIT;
    vmo_cache_make_room_locked(vmo);
    order = MIN(order, vmo_run_order_locked(vmo, index, 0, UINT64_MAX - vmo->root_base));
    order = run_order_within(vmo, index, order);
    while (alloc_run(&run, vmo_run_first(vmo, index, order), order, false) != OK)
        if (order-- == 0)
            return ERR_NO_MEMORY;
    run_cut(&run, vmo_pages(vmo));
    *out = run.pages[index - run.first];
    st = supply_run(vmo, &run, index);
    vmo_run_finish(&run);
    return st;
}

status_t vmo_get_page_locked(struct vmo *vmo, uint64_t index, unsigned how, struct page **out,
                             bool *writable)
{
    struct vmo_run run;
    uint64_t parent_index;
    status_t st;

    if (vmo->flags & VMO_PHYSICAL)
        return ERR_NOT_SUPPORTED;
    if (index >= vmo_pages(vmo))
        return ERR_OUT_OF_RANGE;
    if (vmo->dirty && how == VMO_WRITE) {
        st = vmo_dirty_for_write_locked(vmo, index);
        if (st != OK)
            return st;
    }
    if (vmo->pager && how & VMO_WRITE)
        vmo->changes++;
    *out = vmo_peek_locked(vmo, index, writable);
    if (*out && (*writable || !(how & VMO_WRITE)))
        return OK;
    if (!*out && (how & VMO_PRESENT_ONLY))
        return ERR_NOT_FOUND;
    *writable = index < vmo_zero_from(vmo);
    if (vmo->pager)
        return vmo_supply_locked(vmo, index, how & VMO_WRITE ? 0 : read_ahead_order(vmo, index),
                                 out);
    if (!(how & VMO_WRITE) && !vmo_from_parent(vmo, index, &parent_index)) {
        *out = vmo_zero_page(vmo, index);
        *writable = false;
        return OK;
    }
    st = vmo_run_prepare_locked(vmo, index, 0, &run);
    if (st != OK)
        return st;
    *out = run.pages[0];
    vmo_run_install_locked(vmo, &run, NULL);
    vmo_run_finish(&run);
    return OK;
}

status_t vmo_insert_locked(struct vmo *vmo, uint64_t index, struct page *page)
{
    struct radix_node *leaf;
    bool ours;
    status_t st;

    if (index >= vmo_pages(vmo))
        return ERR_OUT_OF_RANGE;
    if (vmo_peek_locked(vmo, index, &ours))
        return ERR_ALREADY_EXISTS;
    st = radix_own(&vmo->root, vmo->root_base + index, &leaf);
    if (st != OK)
        return st;
    vmo_unmap_locked(vmo, index, index + 1, NULL); /* the zero page, or the parent's */
    radix_replace(leaf, radix_slot(vmo->root_base + index), page);
    return OK;
}
