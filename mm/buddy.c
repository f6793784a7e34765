/*
 * buddy.c - frames, their descriptors, and the buddy allocator.
 *
 * Each region of memory begins with the descriptors of its other frames. Memory is taken into
 * use in chunks of the largest block: a region's frontier divides chunks whose descriptors are
 * valid from those that nothing has ever touched, neither the frames nor their descriptors. So
 * start-up costs the same for any size of memory, and a host that backs guest memory lazily
 * keeps to that (hal_memory_take).
 *
 * A whole chunk that becomes free again keeps its memory as long as few do; others give it back
 * to such a host and wait on a list of their own, which is used when nothing else is left.
 *
 * Free frames themselves are never written: all links are in the descriptors. So what a machine
 * hands out as zeroes (HAL_MEMORY_ZERO) is known to be so until it is allocated.
 */
#include "mm/page_internal.h"

#include "base/assert.h"
#include "hal/boot.h"
#include "hal/spinlock.h"

#define CHUNK_FRAMES (1ul << PAGE_MAX_ORDER)
#define CHUNK_SIZE   (CHUNK_FRAMES << PAGE_SHIFT)
#define ORDERS       (PAGE_MAX_ORDER + 1)
#define CHUNKS_KEPT  4u /* free ones with memory: enough for what comes and goes */

/* What is known of memory that the machine has just given. */
#define TAKEN (HAL_MEMORY_ZERO ? (unsigned)PAGE_FLAG_ZERO : 0)

struct region {
    uint64_t first;  /* frame number: physical address / PAGE_SIZE */
    uint64_t count;  /* frames */
    uint64_t carved; /* of these, how many are below the frontier; guarded by buddy_lock */
    struct page *pages;
};

static struct region regions[HAL_MAX_REGIONS]; /* largest first; fixed after buddy_init */
static unsigned region_count;
static uint64_t total_frames;

static struct spinlock buddy_lock;     /* a leaf */
static struct list free_lists[ORDERS]; /* of page.link; guarded by buddy_lock */
static unsigned free_chunks;           /* on the last of them; guarded by buddy_lock */
static struct list empty_chunks;       /* free, without memory; guarded by buddy_lock */
static uint64_t free_frames;           /* untouched ones too; guarded by buddy_lock */

static struct region *region_of_page(const struct page *page)
{
    for (unsigned i = 0; i < region_count; i++) {
        struct region *r = &regions[i];

        if (page >= r->pages && page < r->pages + r->count)
            return r;
    }
    panic("%p is no page descriptor", (const void *)page);
}

static uint64_t frame_of_page(const struct region *r, const struct page *page)
{
    return r->first + (uint64_t)(page - r->pages);
}

paddr_t page_to_phys(const struct page *page)
{
    return frame_of_page(region_of_page(page), page) << PAGE_SHIFT;
}

struct page *page_of_phys(paddr_t pa)
{
    for (unsigned i = 0; i < region_count; i++) {
        struct region *r = &regions[i];
        uint64_t index = (pa >> PAGE_SHIFT) - r->first;

        if (index < r->count)
            return &r->pages[index];
    }
    return NULL;
}

/* --- free lists; the caller holds buddy_lock --- */

static void list_block_locked(struct page *page, unsigned order, unsigned zero)
{
    page->order = (uint16_t)order;
    page->flags = (uint8_t)(PAGE_FLAG_FREE | zero);
    list_insert_before(free_lists[order].next, &page->link); /* first: the caches may know it */
    free_chunks += order == PAGE_MAX_ORDER;
}

static void unlist_block_locked(struct page *page)
{
    list_remove(&page->link);
    page->flags &= PAGE_FLAG_ZERO;
    free_chunks -= page->order == PAGE_MAX_ORDER;
}

/* The free block that `page` of 2^order frames can merge with, or NULL. A chunk is below the
 * frontier as a whole, so a buddy's descriptor is valid if its frame is in the region at all.
 */
static struct page *free_buddy_locked(const struct region *r, const struct page *page,
                                      unsigned order)
{
    uint64_t index = (frame_of_page(r, page) ^ 1ull << order) - r->first;
    struct page *buddy;

    if (index >= r->count)
        return NULL;
    buddy = &r->pages[index];
    return buddy->flags & PAGE_FLAG_FREE && buddy->order == order ? buddy : NULL;
}

static void free_block_locked(const struct region *r, struct page *page, unsigned order)
{
    unsigned zero = page->flags;
    struct page *buddy;

    while (order < PAGE_MAX_ORDER && (buddy = free_buddy_locked(r, page, order))) {
        unlist_block_locked(buddy);
        zero &= buddy->flags;
        page->flags = buddy->flags = 0; /* one of them is no head any more */
        page = MIN(page, buddy);
        order++;
    }
    list_block_locked(page, order, zero);
}

/* Ask the machine for the frames and for their descriptors. False: it has no more. */
static bool take_memory(const struct region *r, uint64_t frame, uint64_t end)
{
    uintptr_t first = ROUND_DOWN((uintptr_t)&r->pages[frame - r->first], PAGE_SIZE);
    uintptr_t last = ROUND_UP((uintptr_t)&r->pages[end - r->first], PAGE_SIZE);

    return hal_memory_take(hal_virt_to_phys((void *)first), last - first) &&
           hal_memory_take(frame << PAGE_SHIFT, (end - frame) << PAGE_SHIFT);
}

/* Move the region's frontier to the next chunk boundary and list what is below it. Chunks at
 * the ends of a region may be partial. False: the region is used up, or the machine's memory.
 */
static bool carve_locked(struct region *r)
{
    uint64_t frame = r->first + r->carved;
    uint64_t end = MIN(ROUND_UP(frame + 1, CHUNK_FRAMES), r->first + r->count);
    struct page *pages = &r->pages[r->carved];

    if (r->carved == r->count || !take_memory(r, frame, end))
        return false;
    for (uint64_t i = 0; i < end - frame; i++) {
        pages[i] = (struct page){0};
        list_init(&pages[i].link);
    }
    r->carved = end - r->first;
    while (frame < end) {
        unsigned order = (unsigned)__builtin_ctzll(frame | CHUNK_FRAMES);

        while (1ull << order > end - frame)
            order--;
        list_block_locked(&r->pages[frame - r->first], order, TAKEN);
        frame += 1ull << order;
    }
    return true;
}

static bool carve_any_locked(void)
{
    for (unsigned i = 0; i < region_count; i++)
        if (carve_locked(&regions[i]))
            return true;
    return false;
}

/* A chunk without memory becomes a free one as any other. False: none, or no memory. */
static bool refill_chunk_locked(void)
{
    struct list *link = list_pop_front(&empty_chunks);
    struct page *page;

    if (!link)
        return false;
    page = container_of(link, struct page, link);
    if (!hal_memory_take(page_to_phys(page), CHUNK_SIZE)) {
        list_insert_before(&empty_chunks, link);
        return false;
    }
    list_block_locked(page, PAGE_MAX_ORDER, TAKEN);
    return true;
}

/* The smallest block of at least 2^order frames, off its list; NULL: none. */
static struct page *take_block_locked(unsigned order)
{
    do {
        for (unsigned at = order; at < ORDERS; at++) {
            struct page *page;

            if (list_empty(&free_lists[at]))
                continue;
            page = container_of(free_lists[at].next, struct page, link);
            unlist_block_locked(page);
            return page;
        }
    } while (refill_chunk_locked() || carve_any_locked());
    return NULL;
}

static struct page *alloc_block_locked(unsigned order)
{
    struct page *page = take_block_locked(order);

    if (!page)
        return NULL;
    while (page->order > order) {
        page->order--;
        list_block_locked(page + (1ul << page->order), page->order, page->flags);
    }
    free_frames -= 1ull << order;
    return page;
}

static void give_back_locked(struct page *page)
{
    free_frames += 1ull << page->order;
    free_block_locked(region_of_page(page), page, page->order);
}

/* --- for page.c --- */

struct page *buddy_take(unsigned order)
{
    SPIN_GUARD(&buddy_lock);

    return alloc_block_locked(order);
}

unsigned buddy_take_singles(struct page **out, unsigned max)
{
    unsigned count = 0;

    SPIN_GUARD(&buddy_lock);
    while (count < max && (out[count] = alloc_block_locked(0)))
        count++;
    return count;
}

/* Off the list of chunks, if there are too many; the one that was freed longest ago. */
static struct page *surplus_chunk(void)
{
    struct list *chunks = &free_lists[PAGE_MAX_ORDER];
    struct page *page;
    SPIN_GUARD(&buddy_lock);

    if (free_chunks <= CHUNKS_KEPT)
        return NULL;
    page = container_of(chunks->prev, struct page, link);
    unlist_block_locked(page);
    return page;
}

/* Each free makes at most one chunk whole, more or less: to give one back each time is enough.
 * That may take long, so not under the lock; meanwhile nobody knows the chunk. */
static void give_surplus(void)
{
    struct page *page = surplus_chunk();

    if (!page)
        return;
    hal_memory_give(page_to_phys(page), CHUNK_SIZE);
    SPIN_GUARD(&buddy_lock);
    list_insert_before(&empty_chunks, &page->link);
}

void buddy_give(struct page *const *pages, unsigned count)
{
    {
        SPIN_GUARD(&buddy_lock);
        for (unsigned i = 0; i < count; i++)
            give_back_locked(pages[i]);
    }
    give_surplus();
}

uint64_t page_low_mark(void)
{
    enum { LOW_SHARE = 16 };

    return total_frames / LOW_SHARE;
}

bool page_is_low(void)
{
    return __atomic_load_n(&free_frames, __ATOMIC_RELAXED) < page_low_mark();
}

void buddy_stats(struct page_stats *out)
{
    SPIN_GUARD(&buddy_lock);

    *out = (struct page_stats){.total = total_frames, .free = free_frames};
}

/* Regions are few and the largest is asked for most: it comes first. */
static void region_add(const struct hal_memory_region *memory)
{
    uint64_t frames = memory->size >> PAGE_SHIFT;
    uint64_t count = frames * PAGE_SIZE / (PAGE_SIZE + sizeof(struct page));
    struct region r = {.count = count, .pages = hal_phys_to_virt(memory->base)};
    unsigned at = region_count;

    r.first = (memory->base >> PAGE_SHIFT) + frames - count;
    if (!count)
        return;
    for (; at > 0 && regions[at - 1].count < count; at--)
        regions[at] = regions[at - 1];
    regions[at] = r;
    region_count++;
    total_frames += count;
}

void buddy_init(void)
{
    const struct hal_boot_info *boot = hal_boot_info();

    buddy_lock = (struct spinlock){0};
    for (unsigned order = 0; order < ORDERS; order++)
        list_init(&free_lists[order]);
    list_init(&empty_chunks);
    free_chunks = 0;
    region_count = 0;
    total_frames = 0;
    for (unsigned i = 0; i < boot->region_count; i++)
        region_add(&boot->regions[i]);
    free_frames = total_frames;
}
