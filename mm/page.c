/*
 * page.c - the page allocator's interface, and a magazine of single frames for each CPU, so
 * that most allocations take no lock.
 */
#include "mm/page_internal.h"

#include "base/assert.h"
#include "base/status.h"
#include "base/string.h"
#include "hal/cpu.h"
#include "hal/ref.h"
#include "mm/counter.h"
#include "mm/inject.h"

#define MAGAZINE_SIZE 64u
#define BATCH         (MAGAZINE_SIZE / 2)

/* Single frames at hand for one CPU. Only that CPU touches it, with preemption disabled; others
 * read the count, for statistics. A magazine has cache lines of its own. */
struct magazine {
    atomic_uint count;
    struct page *pages[MAGAZINE_SIZE];
} __attribute__((aligned(64)));

static struct magazine magazines[HAL_MAX_CPUS];

static struct magazine *magazine_local(void)
{
    return &magazines[hal_cpu_id()];
}

static unsigned magazine_count(const struct magazine *m)
{
    return atomic_load_explicit(&m->count, memory_order_relaxed);
}

static void magazine_set_count(struct magazine *m, unsigned count)
{
    atomic_store_explicit(&m->count, count, memory_order_relaxed);
}

/* Back to the buddies, all but the first `keep`. */
static void magazine_spill(struct magazine *m, unsigned keep)
{
    unsigned count = magazine_count(m);

    for (unsigned i = keep; i < count; i++)
        m->pages[i]->flags &= PAGE_FLAG_ZERO;
    if (count > keep)
        buddy_give(m->pages + keep, count - keep);
    magazine_set_count(m, MIN(count, keep));
}

static struct page *magazine_pop(struct magazine *m)
{
    unsigned count = magazine_count(m);

    if (!count)
        count = buddy_take_singles(m->pages, BATCH);
    if (!count)
        return NULL;
    magazine_set_count(m, count - 1);
    return m->pages[count - 1];
}

static void magazine_push(struct magazine *m, struct page *page)
{
    unsigned count;

    if (magazine_count(m) == MAGAZINE_SIZE)
        magazine_spill(m, BATCH);
    count = magazine_count(m);
    page->flags = PAGE_FLAG_CACHED;
    m->pages[count] = page;
    magazine_set_count(m, count + 1);
}

void page_init(void)
{
    counters_init();
    buddy_init();
    for (unsigned i = 0; i < HAL_MAX_CPUS; i++)
        magazine_set_count(&magazines[i], 0);
}

void page_drain(void)
{
    hal_preempt_disable();
    magazine_spill(magazine_local(), 0);
    hal_preempt_enable();
}

/* The head of an allocated block as its owner gets it. */
static void page_begin(struct page *page, unsigned order)
{
    atomic_store_explicit(&page->refs, 1, memory_order_relaxed);
    page->order = (uint16_t)order;
    page->flags = 0;
    page->dirty = PAGE_CLEAN;
    page->owner = NULL;
}

static struct page *take_single(void)
{
    struct page *page;

    hal_preempt_disable();
    page = magazine_pop(magazine_local());
    hal_preempt_enable();
    return page;
}

static struct page *take_block(unsigned order)
{
    struct page *page = buddy_take(order);

    if (page)
        return page;
    page_drain(); /* what it holds may be the missing half of a block */
    return buddy_take(order);
}

/* `*zero`: it is known to hold zeroes. */
static status_t take(unsigned order, struct page **out, bool *zero)
{
    struct page *page;

    if (order > PAGE_MAX_ORDER || inject_failure())
        return ERR_NO_MEMORY;
    page = order ? take_block(order) : take_single();
    if (!page)
        return ERR_NO_MEMORY;
    *zero = page->flags & PAGE_FLAG_ZERO;
    page_begin(page, order);
    *out = page;
    return OK;
}

status_t page_alloc_order(unsigned order, struct page **out)
{
    bool zero;

    return take(order, out, &zero);
}

status_t page_alloc_order_zeroed(unsigned order, struct page **out)
{
    bool zero;
    status_t st = take(order, out, &zero);

    if (st == OK && !zero)
        memset(page_data(*out), 0, PAGE_SIZE << order);
    return st;
}

void page_split(struct page *head)
{
    size_t count = 1ul << head->order;

    for (size_t i = 0; i < count; i++)
        page_begin(head + i, 0);
}

void page_free(struct page *page)
{
    assert(page->flags == 0); /* or it is free already */
    if (page->order) {
        buddy_give(&page, 1);
        return;
    }
    hal_preempt_disable();
    magazine_push(magazine_local(), page);
    hal_preempt_enable();
}

void page_get(struct page *page)
{
    unsigned old = ref_get(&page->refs);

    assert(old > 0); /* a holder can only be made by a holder */
}

void page_put(struct page *page)
{
    unsigned old = ref_put(&page->refs);

    assert(old > 0);
    if (old == 1)
        page_free(page);
}

status_t page_alloc_frame(paddr_t *out)
{
    struct page *page;
    status_t st = page_alloc_zeroed(&page);

    if (st == OK)
        *out = page_to_phys(page);
    return st;
}

void page_free_frame(paddr_t frame)
{
    page_free(page_of_phys(frame));
}

void page_stats_read(struct page_stats *out)
{
    buddy_stats(out);
    for (unsigned i = 0; i < HAL_MAX_CPUS; i++)
        out->free += magazine_count(&magazines[i]);
}
