/*
 * mmu.c - page tables of user address spaces. All user pages are 4 KiB.
 *
 * A table of level 0 is detached when its last page is unmapped. Its frame stays put until the
 * hardware of every CPU has forgotten it, which is worth doing for several at a time. Tables of
 * level 1, at most 256, stay until the end.
 */
#include "hal/mmu.h"

#include "base/assert.h"
#include "base/status.h"
#include "hal/bare/common/irq.h"
#include "hal/bare/riscv64/kernel_map.h"
#include "hal/bare/riscv64/pte.h"
#include "hal/bare/riscv64/tlb.h"

#define USER_ROOT_ENTRIES (PT_ENTRIES / 2)

#define DETACHED_LIMIT 16u

static uint64_t flags_of(unsigned prot)
{
    uint64_t flags = PTE_USER | PTE_ACCESSED | PTE_DIRTY;

    if (prot & (HAL_PROT_READ | HAL_PROT_WRITE))
        flags |= PTE_READ; /* there is no write-only */
    if (prot & HAL_PROT_WRITE)
        flags |= PTE_WRITE;
    if (prot & HAL_PROT_EXEC)
        flags |= PTE_EXEC;
    return flags;
}

static pte_t *root_table(const struct hal_pt *pt)
{
    return hal_phys_to_virt(pt->root);
}

/* The entry of level 1 that spans `va`. NULL: there is no such table. */
static pte_t *find_level1(const struct hal_pt *pt, user_addr_t va)
{
    uint64_t pte = pte_get(&root_table(pt)[pt_index(va, 2)]);

    return pte ? &pte_table(pte)[pt_index(va, 1)] : NULL;
}

/* The entry of the page at `va`. NULL: there is no such table. */
static pte_t *find_page(const struct hal_pt *pt, user_addr_t va)
{
    pte_t *level1 = find_level1(pt, va);
    uint64_t pte = level1 ? pte_get(level1) : 0;

    return pte ? &pte_table(pte)[pt_index(va, 0)] : NULL;
}

/* As find_page, but a table that is not there is made, and noted in `made`. */
static status_t make_page(struct hal_pt *pt, user_addr_t va, pte_t **out, bool *made)
{
    pte_t *table = root_table(pt);

    for (unsigned level = PT_ROOT_LEVEL; level; level--) {
        pte_t *slot = &table[pt_index(va, level)];
        paddr_t pa;
        status_t st;

        if (!pte_get(slot)) {
            st = irq_upcalls()->page_alloc(&pa);
            if (st != OK)
                return st;
            pte_set(slot, pte_make(pa, 0));
            *made = true;
        }
        table = pte_table(pte_get(slot));
    }
    *out = &table[pt_index(va, 0)];
    return OK;
}

/* Pages from `va` to the end of the table of `level` that it is in, at most `count`. */
static size_t same_table(user_addr_t va, unsigned level, size_t count)
{
    uint64_t span = pt_span(level + 1);

    return MIN(count, (size_t)((span - va % span) >> PAGE_SHIFT));
}

status_t hal_pt_init(struct hal_pt *pt)
{
    status_t st;

    *pt = (struct hal_pt){0};
    st = irq_upcalls()->page_alloc(&pt->root);
    if (st == OK)
        kernel_map_share(pt->root);
    return st;
}

static void free_table(paddr_t table, unsigned level, unsigned entries)
{
    pte_t *slots = hal_phys_to_virt(table);

    for (unsigned i = 0; level && i < entries; i++)
        if (pte_get(&slots[i]))
            free_table(pte_phys(pte_get(&slots[i])), level - 1, PT_ENTRIES);
    irq_upcalls()->page_free(table);
}

static void free_detached(struct hal_pt *pt)
{
    while (pt->detached) {
        paddr_t table = pt->detached;

        pt->detached = pte_get(hal_phys_to_virt(table));
        irq_upcalls()->page_free(table);
    }
    pt->detached_count = 0;
}

void hal_pt_fini(struct hal_pt *pt)
{
    tlb_evict(pt->root);
    free_detached(pt);
    free_table(pt->root, PT_ROOT_LEVEL, USER_ROOT_ENTRIES);
}

/* Replace one entry; true if the old one may be known to some CPU and is no longer right. */
static bool page_replace(pte_t *slot, uint64_t pte)
{
    uint64_t old = pte_get(slot);

    pte_set(slot, pte);
    return old && old != pte;
}

status_t hal_pt_map(struct hal_pt *pt, user_addr_t va, paddr_t pa, size_t count, unsigned prot)
{
    uint64_t flags = flags_of(prot);
    bool stale = false, made = false;
    status_t st = OK;
    size_t done = 0;
    pte_t *slot;

    assert(prot); /* an entry without rights would be a table */
    while (done < count) {
        size_t run = same_table(va + done * PAGE_SIZE, 0, count - done);

        st = make_page(pt, va + done * PAGE_SIZE, &slot, &made);
        if (st != OK)
            break;
        for (size_t i = 0; i < run; i++, done++)
            stale |= page_replace(&slot[i], pte_make(pa + done * PAGE_SIZE, flags));
    }
    if (stale)
        tlb_shoot(pt->root, va, made ? TLB_ALL : done);
    else
        tlb_refresh(pt->root, va, made ? TLB_ALL : done);
    return st;
}

static bool table_empty(const pte_t *table)
{
    for (unsigned i = 0; i < PT_ENTRIES; i++)
        if (pte_get(&table[i]))
            return false;
    return true;
}

/* Clear `count` entries of the level-0 table that `level1` points to; with the last, the table
 * goes too. True if some CPU may know one of them. */
static bool unmap_run(struct hal_pt *pt, pte_t *level1, user_addr_t va, size_t count)
{
    paddr_t table = pte_phys(pte_get(level1));
    pte_t *slots = hal_phys_to_virt(table);
    bool stale = false;

    for (size_t i = 0; i < count; i++)
        stale |= page_replace(&slots[pt_index(va, 0) + i], 0);
    if (!table_empty(slots))
        return stale;
    pte_set(level1, 0);
    pte_set(&slots[0], pt->detached);
    pt->detached = table;
    pt->detached_count++;
    return true;
}

void hal_pt_unmap(struct hal_pt *pt, user_addr_t va, size_t count)
{
    unsigned detached = pt->detached_count;
    bool stale = false;
    size_t run;

    for (size_t done = 0; done < count; done += run) {
        user_addr_t at = va + done * PAGE_SIZE;
        pte_t *level1 = find_level1(pt, at);

        run = same_table(at, level1 ? 0 : 1, count - done);
        if (level1 && pte_get(level1))
            stale |= unmap_run(pt, level1, at, run);
    }
    if (stale)
        tlb_shoot(pt->root, va, pt->detached_count > detached ? TLB_ALL : count);
    if (pt->detached_count >= DETACHED_LIMIT) {
        tlb_settle(pt->root);
        free_detached(pt);
    }
}

void hal_pt_protect(struct hal_pt *pt, user_addr_t va, size_t count, unsigned prot)
{
    uint64_t flags = flags_of(prot);
    bool stale = false;
    size_t run;

    if (!prot) {
        hal_pt_unmap(pt, va, count);
        return;
    }
    for (size_t done = 0; done < count; done += run) {
        pte_t *slot = find_page(pt, va + done * PAGE_SIZE);

        run = same_table(va + done * PAGE_SIZE, 0, count - done);
        for (size_t i = 0; slot && i < run; i++)
            if (pte_get(&slot[i]))
                stale |= page_replace(&slot[i], pte_make(pte_phys(pte_get(&slot[i])), flags));
    }
    if (stale)
        tlb_shoot(pt->root, va, count);
}

status_t hal_pt_query(struct hal_pt *pt, user_addr_t va, paddr_t *pa, unsigned *prot)
{
    pte_t *slot = va < HAL_USER_END ? find_page(pt, va) : NULL;
    uint64_t pte = slot ? pte_get(slot) : 0;

    if (!pte)
        return ERR_NOT_FOUND;
    *pa = pte_phys(pte);
    *prot = 0;
    if (pte & PTE_READ)
        *prot |= HAL_PROT_READ;
    if (pte & PTE_WRITE)
        *prot |= HAL_PROT_WRITE;
    if (pte & PTE_EXEC)
        *prot |= HAL_PROT_EXEC;
    return OK;
}
