/* pt.c - the page table contract, and bringing host mappings in line with the tables. */
#include "hal/libos/pt.h"

#include "base/assert.h"
#include "hal/libos/boot.h"
#include "hal/libos/linux.h"
#include "hal/libos/pt_tree.h"
#include "hal/libos/space.h"
#include "hal/libos/upcalls.h"
#include "hal/spinlock.h"

enum {
    FAULT_AROUND = 64, /* pages; a fault installs its run inside the aligned window */
    EAGER_PAGES = 64,  /* a longer stale range is dropped and faults in again */
};

/* Rights are handed to the host as they are. */
_Static_assert((int)HAL_PROT_READ == LINUX_PROT_READ, "");
_Static_assert((int)HAL_PROT_WRITE == LINUX_PROT_WRITE, "");
_Static_assert((int)HAL_PROT_EXEC == LINUX_PROT_EXEC, "");

/* Remember a range; neighbours merge. False: full. */
static bool range_add(struct pt_range *ranges, unsigned *count, unsigned max,
                      struct pt_range new)
{
    if (*count) {
        struct pt_range *last = &ranges[*count - 1];

        if (new.start <= last->end &&new.end >= last->start &&new.rights_only ==
            last->rights_only) {
            last->start = MIN(last->start, new.start);
            last->end = MAX(last->end, new.end);
            return true;
        }
    }
    if (*count == max)
        return false;
    ranges[(*count)++] = new;
    return true;
}

/* The host maps nothing where the table had no entry, but for what is stale already. */
static void mark_stale(struct hal_pt *pt, struct pt_range range)
{
    if (!pt->space)
        return;
    if (!range_add(pt->stale, &pt->stale_count, PT_STALE_MAX, range))
        pt->drop_all = true;
    atomic_store_explicit(&pt->dirty, true, memory_order_relaxed);
    space_apply_stale(pt);
}

/* A range that is stale is brought in line as a whole, or faults in. */
static bool is_stale(const struct hal_pt *pt, const struct pt_range *range)
{
    for (unsigned i = 0; i < pt->stale_count; i++)
        if (!pt->stale[i].rights_only && pt->stale[i].start <= range->start &&
            pt->stale[i].end >= range->end)
            return true;
    return false;
}

/* So before there is a space to map it in. */
static void mark_fresh(struct hal_pt *pt, struct pt_range range)
{
    if (is_stale(pt, &range))
        return;
    range_add(pt->fresh, &pt->fresh_count, PT_FRESH_MAX, range);
    atomic_store_explicit(&pt->dirty, true, memory_order_relaxed);
}

status_t hal_pt_init(struct hal_pt *pt)
{
    *pt = (struct hal_pt){.root = 0};
    return space_reserve() ? OK : ERR_NO_RESOURCES;
}

void hal_pt_fini(struct hal_pt *pt)
{
    space_detach(pt);
    space_unreserve();
    pt_free_tables(pt);
}

/* The host gives READ along with the others. */
static unsigned grant(unsigned prot)
{
    return prot ? prot | HAL_PROT_READ : 0;
}

status_t hal_pt_map(struct hal_pt *pt, user_addr_t va, paddr_t pa, size_t count, unsigned prot)
{
    user_addr_t end = va + count * PAGE_SIZE;
    struct pt_range range = {va, end, true};
    bool replaced = false, changed = false;
    uint64_t *entry = NULL;
    status_t st = OK;

    if (va < LIBOS_WINDOW_END && end > LIBOS_WINDOW_BASE)
        return ERR_NO_MEMORY; /* the kernel's own addresses */
    SPIN_GUARD(&pt->lock);
    for (user_addr_t at = va; at < end; at += PAGE_SIZE, pa += PAGE_SIZE) {
        uint64_t given;
        bool same;

        entry = pt_entry_behind(entry, at);
        if (!entry)
            entry = pt_entry_create(pt, at);
        if (!entry) {
            st = ERR_NO_MEMORY;
            break;
        }
        same = *entry & PTE_PRESENT && PTE_FRAME(*entry) == pa;
        if (same && PTE_PROT(*entry) == grant(prot))
            continue;
        changed = true;
        replaced = replaced || (*entry & PTE_PRESENT);
        range.rights_only = range.rights_only && same;
        given = same ? *entry & PTE_HOST_MASK : 0;
        *entry = pa | grant(prot) | PTE_PRESENT | given;
    }
    if (replaced)
        mark_stale(pt, range);
    else if (changed)
        mark_fresh(pt, range);
    return st;
}

static void clear_entry(uint64_t *entry, unsigned arg)
{
    (void)arg;
    *entry = 0;
}

static void protect_entry(uint64_t *entry, unsigned prot)
{
    *entry = PTE_FRAME(*entry) | PTE_PRESENT | grant(prot) | (*entry & PTE_HOST_MASK);
}

static void change(struct hal_pt *pt, user_addr_t va, size_t count,
                   void (*fn)(uint64_t *entry, unsigned prot), unsigned prot)
{
    struct pt_range touched;

    SPIN_GUARD(&pt->lock);
    if (!pt_for_each(pt, va, va + count * PAGE_SIZE, fn, prot, &touched))
        return;
    touched.rights_only = fn == protect_entry;
    mark_stale(pt, touched);
}

void hal_pt_unmap(struct hal_pt *pt, user_addr_t va, size_t count)
{
    change(pt, va, count, clear_entry, 0);
}

void hal_pt_protect(struct hal_pt *pt, user_addr_t va, size_t count, unsigned prot)
{
    change(pt, va, count, protect_entry, prot);
}

status_t hal_pt_query(struct hal_pt *pt, user_addr_t va, paddr_t *pa, unsigned *prot)
{
    uint64_t *entry;

    SPIN_GUARD(&pt->lock);
    entry = pt_entry(pt, va);
    if (!entry || !(*entry & PTE_PRESENT))
        return ERR_NOT_FOUND;
    *pa = PTE_FRAME(*entry);
    *prot = PTE_PROT(*entry);
    return OK;
}

void hal_icache_sync(void)
{
}

static void drop_user_half(void)
{
    host_call(LINUX_MUNMAP, 0, LIBOS_WINDOW_BASE);
    host_call(LINUX_MUNMAP, LIBOS_WINDOW_END, LIBOS_USER_END - LIBOS_WINDOW_END);
}

/* Unmap a range, around the kernel's window. To split a mapping may exceed the host's count of
 * them; to drop whole halves splits nothing. */
static void drop_range(user_addr_t start, user_addr_t end)
{
    if (start >= end)
        return;
    if (start < LIBOS_WINDOW_BASE && end > LIBOS_WINDOW_BASE) {
        drop_range(start, LIBOS_WINDOW_BASE);
        drop_range(LIBOS_WINDOW_END, end);
    } else if (host_call(LINUX_MUNMAP, start, end - start) != 0) {
        drop_user_half();
    }
}

static void give(uint64_t *entry, unsigned prot)
{
    *entry = (*entry & ~PTE_HOST_MASK) | PTE_OF_HOST(prot);
}

static void note_given(struct hal_pt *pt, const struct pt_run *run)
{
    struct pt_range touched;

    pt_for_each(pt, run->va, run->va + run->count * PAGE_SIZE, give, run->prot, &touched);
}

/* What is to be written is populated: to fault in a page of it costs the host more than the
 * page here. The host brings in what is only read itself, several pages at a time, and much of
 * that is never touched. */
static bool install_run(struct hal_pt *pt, const struct pt_run *run)
{
    int populate = run->prot & HAL_PROT_WRITE ? LINUX_MAP_POPULATE : 0;
    long at = host_call(LINUX_MMAP, run->va, run->count * PAGE_SIZE, run->prot,
                        LINUX_MAP_SHARED | LINUX_MAP_FIXED | populate, libos_boot->memory_fd,
                        run->pa);

    if (at != (long)run->va)
        return false;
    note_given(pt, run);
    return true;
}

/* Make the host agree with the table in the range: runs are installed, gaps unmapped. */
static void apply_range(struct hal_pt *pt, const struct pt_range *range, bool gaps)
{
    user_addr_t at = range->start;
    struct pt_run run;

    while (pt_next_run(pt, at, range->end, &run)) {
        if (gaps)
            drop_range(at, run.va);
        if (!install_run(pt, &run)) {
            drop_user_half();
            return;
        }
        at = run.va + run.count * PAGE_SIZE;
    }
    if (gaps)
        drop_range(at, range->end);
}

/* Whatever the host has in the range goes. */
static void replace_range(struct hal_pt *pt, const struct pt_range *range)
{
    if (range->end - range->start > EAGER_PAGES * PAGE_SIZE)
        drop_range(range->start, range->end);
    else
        apply_range(pt, range, true);
}

/* A call of the host for each run of equal rights costs a quarter of a new mapping, and leaves
 * long ranges in place (fork). It fails where the host has not all of the run mapped. */
static void apply_rights(struct hal_pt *pt, const struct pt_range *range)
{
    user_addr_t at = range->start;
    struct pt_run run;

    while (pt_next_rights(pt, at, range->end, &run)) {
        at = run.va + run.count * PAGE_SIZE;
        if (host_call(LINUX_MPROTECT, run.va, run.count * PAGE_SIZE, run.prot) != 0)
            replace_range(pt, &(struct pt_range){run.va, at, false});
        else
            note_given(pt, &run);
    }
}

void pt_apply_locked(struct hal_pt *pt)
{
    if (pt->drop_all)
        drop_user_half();
    for (unsigned i = 0; i < pt->stale_count && !pt->drop_all; i++) {
        if (pt->stale[i].rights_only)
            apply_rights(pt, &pt->stale[i]);
        else
            replace_range(pt, &pt->stale[i]);
    }
    pt->drop_all = false;
    pt->stale_count = 0;

    for (unsigned i = 0; i < pt->fresh_count; i++)
        apply_range(pt, &pt->fresh[i], false);
    pt->fresh_count = 0;
    atomic_store_explicit(&pt->dirty, false, memory_order_relaxed);
}

void pt_apply(struct hal_pt *pt)
{
    SPIN_GUARD(&pt->lock);
    pt_apply_locked(pt);
}

/* The run around `va` inside its window. */
static void run_around(struct hal_pt *pt, user_addr_t va, struct pt_run *run)
{
    user_addr_t start = ROUND_DOWN(va, FAULT_AROUND * PAGE_SIZE);
    user_addr_t end = MIN(start + FAULT_AROUND * PAGE_SIZE, (user_addr_t)HAL_USER_END);

    while (pt_next_run(pt, start, end, run) && run->va + run->count * PAGE_SIZE <= va)
        start = run->va + run->count * PAGE_SIZE;
}

bool pt_resolve(struct hal_pt *pt, user_addr_t va, unsigned access)
{
    uint64_t *entry;
    struct pt_run run;

    if (va >= HAL_USER_END)
        return false;
    SPIN_GUARD(&pt->lock);
    entry = pt_entry(pt, va);
    if (!entry || !(*entry & PTE_PRESENT) || !(PTE_PROT(*entry) & access))
        return false;

    run_around(pt, va, &run);
    if (!install_run(pt, &run)) {
        drop_user_half();
        if (!install_run(pt, &run))
            panic("the host refuses a mapping of %zu pages", run.count);
    }
    return true;
}
