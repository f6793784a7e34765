/*
 * mmu.c - page tables: four levels of 512 entries, in simulated memory, as hardware has them.
 *
 * An entry is a frame's address and, in its low bits, PRESENT and HAL_PROT_*. There is no cache
 * of translations, so there is nothing to shoot down.
 */
#include "hal/mmu.h"

#include "base/assert.h"
#include "base/status.h"
#include "hal/sim/sim_internal.h"

#define LEVELS     4u
#define INDEX_BITS 9u
#define ENTRIES    (1u << INDEX_BITS)
#define PRESENT    (1ull << 11)
#define PROT_BITS  (HAL_PROT_READ | HAL_PROT_WRITE | HAL_PROT_EXEC)

static uint64_t *table_of(paddr_t frame)
{
    return hal_phys_to_virt(frame);
}

static paddr_t frame_of(uint64_t entry)
{
    return entry & ~(uint64_t)PAGE_MASK;
}

/* What the rights of a page become: readable, unless there are none at all. */
static uint64_t entry_of(paddr_t frame, unsigned prot)
{
    return frame | PRESENT | (prot ? HAL_PROT_READ : 0) | (prot & PROT_BITS);
}

static void check_range(user_addr_t va, size_t count)
{
    assert(IS_ALIGNED(va, PAGE_SIZE) && va >= HAL_USER_BASE && va < HAL_USER_END &&
           count <= (HAL_USER_END - va) >> PAGE_SHIFT);
}

static uint64_t *entry_in(paddr_t table, user_addr_t va, unsigned level)
{
    return &table_of(table)[va >> (PAGE_SHIFT + level * INDEX_BITS) & (ENTRIES - 1)];
}

/* The entry of the page at `va`, and where the next page is; when a table on the way is
 * missing, NULL, and the first page that is not of that table. */
static uint64_t *find(const struct hal_pt *pt, user_addr_t va, user_addr_t *next)
{
    paddr_t table = pt->root;

    for (unsigned level = LEVELS - 1; level > 0; level--) {
        uint64_t entry = *entry_in(table, va, level);
        uint64_t span = 1ull << (PAGE_SHIFT + level * INDEX_BITS);

        *next = ROUND_DOWN(va, span) + span;
        if (!(entry & PRESENT))
            return NULL;
        table = frame_of(entry);
    }
    *next = va + PAGE_SIZE;
    return entry_in(table, va, 0);
}

/* As `find`; makes what is missing. */
static status_t find_or_make(struct hal_pt *pt, user_addr_t va, uint64_t **out)
{
    paddr_t table = pt->root;

    for (unsigned level = LEVELS - 1; level > 0; level--) {
        uint64_t *entry = entry_in(table, va, level);

        if (!(*entry & PRESENT)) {
            paddr_t frame;
            status_t st = sim_upcalls->page_alloc(&frame);

            if (st != OK)
                return st;
            *entry = frame | PRESENT;
        }
        table = frame_of(*entry);
    }
    *out = entry_in(table, va, 0);
    return OK;
}

status_t hal_pt_init(struct hal_pt *pt)
{
    return sim_upcalls->page_alloc(&pt->root);
}

static void free_table(paddr_t table, unsigned level)
{
    for (unsigned i = 0; level > 0 && i < ENTRIES; i++)
        if (table_of(table)[i] & PRESENT)
            free_table(frame_of(table_of(table)[i]), level - 1);
    sim_upcalls->page_free(table);
}

void hal_pt_fini(struct hal_pt *pt)
{
    free_table(pt->root, LEVELS - 1);
    pt->root = 0;
}

status_t hal_pt_map(struct hal_pt *pt, user_addr_t va, paddr_t pa, size_t count, unsigned prot)
{
    check_range(va, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t *entry;
        status_t st = find_or_make(pt, va + i * PAGE_SIZE, &entry);

        if (st != OK)
            return st;
        *entry = entry_of(pa + i * PAGE_SIZE, prot);
    }
    return OK;
}

void hal_pt_unmap(struct hal_pt *pt, user_addr_t va, size_t count)
{
    user_addr_t end = va + count * PAGE_SIZE;

    check_range(va, count);
    while (va < end) {
        uint64_t *entry = find(pt, va, &va);

        if (entry)
            *entry = 0;
    }
}

void hal_pt_protect(struct hal_pt *pt, user_addr_t va, size_t count, unsigned prot)
{
    user_addr_t end = va + count * PAGE_SIZE;

    check_range(va, count);
    while (va < end) {
        uint64_t *entry = find(pt, va, &va);

        if (entry && (*entry & PRESENT))
            *entry = entry_of(frame_of(*entry), prot);
    }
}

status_t hal_pt_query(struct hal_pt *pt, user_addr_t va, paddr_t *pa, unsigned *prot)
{
    const uint64_t *entry;
    user_addr_t next;

    if (va < HAL_USER_BASE || va >= HAL_USER_END)
        return ERR_NOT_FOUND;
    entry = find(pt, va, &next);
    if (!entry || !(*entry & PRESENT))
        return ERR_NOT_FOUND;
    *pa = frame_of(*entry);
    *prot = (unsigned)(*entry & PROT_BITS);
    return OK;
}
