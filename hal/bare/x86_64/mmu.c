/*
 * mmu.c - page tables of user address spaces: four levels, 4 KiB leaves.
 *
 * Tables grow with hal_pt_map and are freed by hal_pt_fini only, so that no walk, the
 * hardware's included, meets a table that goes. The caller serialises, see hal/mmu.h.
 */
#include "hal/bare/common/irq.h"
#include "hal/bare/x86_64/boot.h"
#include "hal/bare/x86_64/ports.h"
#include "hal/bare/x86_64/pte.h"
#include "hal/bare/x86_64/shootdown.h"

#include "base/status.h"
#include "base/string.h"

#define USER_ENTRIES (PT_ENTRIES / 2) /* of the top table */
#define PTE_TABLE    (PTE_PRESENT | PTE_WRITE | PTE_USER)

status_t hal_pt_init(struct hal_pt *pt)
{
    paddr_t root;
    status_t st = irq_upcalls()->page_alloc(&root);
    pte_t *table, *kernel;

    if (st != OK)
        return st;
    table = hal_phys_to_virt(root);
    kernel = hal_phys_to_virt(kmap_root());
    memcpy(table + USER_ENTRIES, kernel + USER_ENTRIES, USER_ENTRIES * sizeof(pte_t));
    pt->root = root;
    atomic_init(&pt->active, 0);
    atomic_init(&pt->port_map, 0);
    memset(pt->ports, 0, sizeof(pt->ports));
    return OK;
}

/* Frees a table of `level` and those below it; at most PT_LEVELS deep. */
static void table_free(paddr_t pa, unsigned level, unsigned entries)
{
    pte_t *table = hal_phys_to_virt(pa);

    if (level > 1)
        for (unsigned i = 0; i < entries; i++)
            if (table[i])
                table_free(table[i] & PTE_ADDRESS, level - 1, PT_ENTRIES);
    irq_upcalls()->page_free(pa);
}

/* A CPU that ran it last may have it loaded still. */
void hal_pt_fini(struct hal_pt *pt)
{
    shootdown_leave(pt);
    table_free(pt->root, PT_LEVELS, USER_ENTRIES);
    ports_free(pt);
    pt->root = 0;
}

static pte_t leaf_flags(unsigned prot)
{
    return PTE_PRESENT | PTE_USER | (prot & HAL_PROT_WRITE ? PTE_WRITE : 0) |
           (prot & HAL_PROT_EXEC ? 0 : PTE_NO_EXEC);
}

/* Whether a CPU may have cached what `now` no longer grants. A walk never caches an absent
 * entry, and one that faults on rights drops what it used (SDM volume 3, 4.10.4). */
static bool leaf_narrowed(pte_t old, pte_t now)
{
    if (!(old & PTE_PRESENT))
        return false;
    return !(now & PTE_PRESENT) || (old & PTE_ADDRESS) != (now & PTE_ADDRESS) ||
           (old & ~now & PTE_WRITE) || (now & ~old & PTE_NO_EXEC);
}

/* The lowest table for `va`. NULL: there is none, nor for all of the `*span` bytes around. */
static pte_t *leaf_table(struct hal_pt *pt, user_addr_t va, uint64_t *span)
{
    pte_t *table = hal_phys_to_virt(pt->root);

    for (unsigned level = PT_LEVELS; level > 1; level--) {
        pte_t entry = table[pt_index(va, level)];

        *span = pt_span(level);
        if (!entry)
            return NULL;
        table = pt_table(entry);
    }
    return table;
}

static status_t leaf_table_make(struct hal_pt *pt, user_addr_t va, pte_t **out)
{
    pte_t *table = hal_phys_to_virt(pt->root);

    for (unsigned level = PT_LEVELS; level > 1; level--) {
        pte_t *entry = &table[pt_index(va, level)];
        paddr_t page;
        status_t st;

        if (!*entry) {
            st = irq_upcalls()->page_alloc(&page);
            if (st != OK)
                return st;
            *entry = page | PTE_TABLE;
        }
        table = pt_table(*entry);
    }
    *out = table;
    return OK;
}

status_t hal_pt_map(struct hal_pt *pt, user_addr_t va, paddr_t pa, size_t count, unsigned prot)
{
    bool narrowed = false;
    status_t st = OK;
    size_t done = 0;
    pte_t *table;

    while (done < count && st == OK) {
        user_addr_t at = va + done * PAGE_SIZE;

        st = leaf_table_make(pt, at, &table);
        if (st != OK)
            break;
        for (unsigned i = pt_index(at, 1); i < PT_ENTRIES && done < count; i++, done++) {
            pte_t now = (pa + done * PAGE_SIZE) | leaf_flags(prot);

            narrowed |= leaf_narrowed(table[i], now);
            table[i] = now;
        }
    }
    if (narrowed)
        shootdown(pt, va, done);
    return st;
}

/* Sets each present leaf of the range to its address with `flags`, or to nothing when they are
 * 0. Absent tables are skipped whole. */
static void leaves_change(struct hal_pt *pt, user_addr_t va, size_t count, pte_t flags)
{
    user_addr_t end = va + count * PAGE_SIZE;
    bool narrowed = false;
    uint64_t span;

    for (user_addr_t at = va; at < end;) {
        pte_t *table = leaf_table(pt, at, &span);
        user_addr_t stop = MIN(end, ROUND_DOWN(at, span) + span);

        for (; table && at < stop; at += PAGE_SIZE) {
            pte_t *leaf = &table[pt_index(at, 1)];
            pte_t now = *leaf && flags ? (*leaf & PTE_ADDRESS) | flags : 0;

            narrowed |= leaf_narrowed(*leaf, now);
            *leaf = now;
        }
        at = stop;
    }
    if (narrowed)
        shootdown(pt, va, count);
}

void hal_pt_unmap(struct hal_pt *pt, user_addr_t va, size_t count)
{
    leaves_change(pt, va, count, 0);
}

void hal_pt_protect(struct hal_pt *pt, user_addr_t va, size_t count, unsigned prot)
{
    leaves_change(pt, va, count, leaf_flags(prot));
}

status_t hal_pt_query(struct hal_pt *pt, user_addr_t va, paddr_t *pa, unsigned *prot)
{
    uint64_t span;
    pte_t *table = leaf_table(pt, va, &span);
    pte_t leaf = table ? table[pt_index(va, 1)] : 0;

    if (!leaf)
        return ERR_NOT_FOUND;
    *pa = leaf & PTE_ADDRESS;
    *prot = HAL_PROT_READ | (leaf & PTE_WRITE ? HAL_PROT_WRITE : 0) |
            (leaf & PTE_NO_EXEC ? 0 : HAL_PROT_EXEC);
    return OK;
}

/* x86 keeps instruction fetches coherent with stores (SDM volume 3, 11.6). */
void hal_icache_sync(void)
{
}

void hal_user_code(void *code, size_t size)
{
    (void)code;
    (void)size;
}
