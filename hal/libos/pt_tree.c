/* pt_tree.c - the radix tree of a user address space. */
#include "hal/libos/pt_tree.h"

#include "hal/libos/upcalls.h"

enum { LEVELS = 4, LEVEL_BITS = 9, LEVEL_ENTRIES = 1 << LEVEL_BITS };

static unsigned level_shift(unsigned level)
{
    return PAGE_SHIFT + LEVEL_BITS * level;
}

static uint64_t *table_slot(paddr_t table, unsigned level, user_addr_t va)
{
    uint64_t *entries = hal_phys_to_virt(table);

    return &entries[va >> level_shift(level) & (LEVEL_ENTRIES - 1)];
}

/* The entry of `va`; or NULL, and *gap_end is behind the part of the table that is missing. */
static uint64_t *walk(struct hal_pt *pt, user_addr_t va, user_addr_t *gap_end)
{
    paddr_t table = pt->root;
    unsigned level = LEVELS;

#pragma GCC unroll 4
    while (table && level > 0) {
        uint64_t *slot = table_slot(table, --level, va);

        if (level == 0)
            return slot;
        table = PTE_FRAME(*slot);
    }
    *gap_end = (va | ((1ull << level_shift(level)) - 1)) + 1;
    return NULL;
}

/* Its stack, its data, its buffers: most of what a thread's calls touch is in tables that were
 * looked for before. */
uint64_t *pt_entry(struct hal_pt *pt, user_addr_t va)
{
    struct pt_leaf *leaf = &pt->leaves[va / PT_TABLE_SPAN % PT_LEAVES];
    size_t index = va % PT_TABLE_SPAN / PAGE_SIZE;
    user_addr_t gap_end;
    uint64_t *entry;

    if (leaf->entries && leaf->start == va - va % PT_TABLE_SPAN)
        return &leaf->entries[index];
    entry = walk(pt, va, &gap_end);
    if (entry)
        *leaf = (struct pt_leaf){va - va % PT_TABLE_SPAN, entry - index};
    return entry;
}

uint64_t *pt_entry_create(struct hal_pt *pt, user_addr_t va)
{
    uint64_t *slot = &pt->root;

    for (unsigned level = LEVELS; level > 0; level--) {
        paddr_t table;

        if (!*slot) {
            if (hal_upcalls->page_alloc(&table) != OK)
                return NULL;
            *slot = table;
        }
        slot = table_slot(*slot, level - 1, va);
    }
    return slot;
}

static bool next_run(struct hal_pt *pt, user_addr_t va, user_addr_t end, bool contiguous,
                     struct pt_run *run)
{
    uint64_t *entry = NULL;

    run->count = 0;
    while (va < end) {
        user_addr_t gap_end = va + PAGE_SIZE;
        bool present;

        entry = pt_entry_behind(entry, va);
        if (!entry)
            entry = walk(pt, va, &gap_end);
        present = entry && (*entry & PTE_PRESENT) &&
                  (contiguous || PTE_HOST(*entry) != PTE_PROT(*entry));
        if (run->count == 0 && present)
            *run = (struct pt_run){va, PTE_FRAME(*entry), 1, PTE_PROT(*entry)};
        else if (present && PTE_PROT(*entry) == run->prot &&
                 (!contiguous || PTE_FRAME(*entry) == run->pa + run->count * PAGE_SIZE))
            run->count++;
        else if (run->count)
            break;
        va = gap_end;
    }
    return run->count != 0;
}

bool pt_next_run(struct hal_pt *pt, user_addr_t va, user_addr_t end, struct pt_run *run)
{
    return next_run(pt, va, end, true, run);
}

bool pt_next_rights(struct hal_pt *pt, user_addr_t va, user_addr_t end, struct pt_run *run)
{
    return next_run(pt, va, end, false, run);
}

bool pt_for_each(struct hal_pt *pt, user_addr_t va, user_addr_t end,
                 void (*fn)(uint64_t *entry, unsigned arg), unsigned arg,
                 struct pt_range *touched)
{
    uint64_t *entry = NULL;

    *touched = (struct pt_range){end, va, false};
    while (va < end) {
        user_addr_t gap_end = va + PAGE_SIZE;

        entry = pt_entry_behind(entry, va);
        if (!entry)
            entry = walk(pt, va, &gap_end);
        if (entry && (*entry & PTE_PRESENT)) {
            fn(entry, arg);
            touched->start = MIN(touched->start, va);
            touched->end = gap_end;
        }
        va = gap_end;
    }
    return touched->start < touched->end;
}

static void free_table(paddr_t table, unsigned level)
{
    uint64_t *entries = hal_phys_to_virt(table);

    for (unsigned i = 0; level > 1 && i < LEVEL_ENTRIES; i++)
        if (entries[i])
            free_table(entries[i], level - 1);
    hal_upcalls->page_free(table);
}

void pt_free_tables(struct hal_pt *pt)
{
    if (pt->root)
        free_table(pt->root, LEVELS);
    pt->root = 0;
}
