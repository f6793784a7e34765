/* patch.c - turning system call sites of the guest into jumps to the kernel. */
#include "hal/libos/patch.h"

#include "base/string.h"
#include "hal/host.h"
#include "hal/libos/carrier.h"
#include "hal/libos/lead.h"
#include "hal/libos/linux.h"
#include "hal/libos/space.h"
#include "hal/libos/stub.h"
#include "hal/libos/upcalls.h"
#include "hal/spinlock.h"

enum { ALWAYS_EVERY = 16, PATCH_MAX = 15, BREAKPOINT = 0xcc, NOP = 0x90 };
enum { COMPARE_SITE = SYSCALL_SIZE + COMPARE_MAX };
enum { MEMBARRIER_SYNC_CORE = 1 << 5, MEMBARRIER_REGISTER_SYNC_CORE = 1 << 6 };

static atomic_ulong sites_patched, first_calls;

/* A site about to be patched: these bytes become those. */
struct site {
    struct hal_pt *pt;
    user_addr_t va;
    unsigned size;
    unsigned starts; /* bit i: an instruction begins at byte i, before and after */
    uint8_t was[PATCH_MAX], becomes[PATCH_MAX];
};

/* Held while breakpoints of a patch may be in text: whoever met one waits for it here. */
static struct spinlock patch_lock;

/* That an instruction begins behind the syscall is certain: the call returns there.
 *     48 3d imm32         cmp $imm, %rax
 *     3d imm32            cmp $imm, %eax */
static struct displaced find_compare(const uint8_t *behind)
{
    struct displaced compare = {.size = 0};

    if (behind[0] == 0x48 && behind[1] == 0x3d)
        compare.size = 6;
    else if (behind[0] == 0x3d)
        compare.size = 5;
    memcpy(compare.bytes, behind, compare.size);
    return compare;
}

static void plan_lead(struct site *site, const struct displaced *lead)
{
    site->va -= lead->size;
    site->starts = 1;
    memcpy(site->was, lead->bytes, lead->first);
    memset(site->becomes, NOP, PATCH_MAX);
    if (stub_for_lead(site->pt, site->va, lead, site->becomes))
        site->size = lead->first;
}

static void plan_compare(struct site *site, const struct displaced *compare)
{
    site->starts = 1 | 1 << SYSCALL_SIZE;
    memset(site->becomes, NOP, PATCH_MAX);
    if (stub_for_compare(site->pt, site->va, compare, site->becomes))
        site->size = SYSCALL_SIZE + compare->size;
}

/* What to write; size 0: nothing. */
static void plan(struct site *site, const struct user_regs *regs)
{
    struct displaced lead, compare;

    site->va = regs->rip - SYSCALL_SIZE;
    if (!user_read(site->pt, site->va, site->was, COMPARE_SITE) || site->was[0] != 0x0f ||
        site->was[1] != 0x05)
        return; /* patched meanwhile */
    lead = find_lead(site->pt, regs);
    compare = find_compare(site->was + SYSCALL_SIZE);
    if (lead.size)
        plan_lead(site, &lead);
    else if (compare.size)
        plan_compare(site, &compare);
}

/* ---- the site ---- */

/* Every thread of this host process has seen what was written. */
static void sync_cores(void)
{
    if (host_call(LINUX_MEMBARRIER, MEMBARRIER_SYNC_CORE, 0, 0) != -LINUX_EPERM)
        return;
    host_call(LINUX_MEMBARRIER, MEMBARRIER_REGISTER_SYNC_CORE, 0, 0);
    host_call(LINUX_MEMBARRIER, MEMBARRIER_SYNC_CORE, 0, 0);
}

/* Write those bytes at which an instruction begins, or the others. */
static void write_bytes(const struct site *site, void *const pages[], const uint8_t *bytes,
                        bool starts)
{
    for (unsigned i = 0; i < site->size; i++)
        if ((site->starts >> i & 1) == starts)
            *(volatile uint8_t *)page_byte(pages, site->va, site->va + i) = bytes[i];
}

/*
 * pt->lock is held, so no CPU joins the space. If others are there, one of them may fetch from
 * the site at any moment: it sees the old instruction, a breakpoint, or the new one whole. At
 * the breakpoint it waits for patch_lock and goes on with what is there
 * (patch_owns_breakpoint).
 */
static void site_write(const struct site *site, void *const pages[])
{
    static const uint8_t breakpoints[PATCH_MAX] = {[0 ... PATCH_MAX - 1] = BREAKPOINT};
    bool others = space_has_others(site->pt);

    if (others) {
        write_bytes(site, pages, breakpoints, true);
        sync_cores();
    }
    write_bytes(site, pages, site->becomes, false);
    if (others)
        sync_cores();
    write_bytes(site, pages, site->becomes, true);
    if (others)
        sync_cores();
}

/* From hal_upcalls->text_write: nobody shares the pages, and no fork does before we return. */
static void patch_pages(void *const pages[], void *arg)
{
    struct site *site = arg;

    SPIN_GUARD(&site->pt->lock);
    for (unsigned i = 0; i < site->size; i++)
        if (*page_byte(pages, site->va, site->va + i) != site->was[i])
            return; /* something else was mapped */
    site_write(site, pages);
    atomic_fetch_add(&sites_patched, 1);
}

static unsigned slot_of(user_addr_t rip)
{
    return (uint32_t)rip * 0x9e3779b1u / (UINT32_MAX / PT_SEEN_MAX + 1);
}

/* A site that cannot be patched is not looked at again, or its every call would cost that. */
static uint32_t *refused_slot(struct hal_pt *pt, user_addr_t rip)
{
    return &pt->refused[slot_of(rip)];
}

static void patch(struct hal_pt *pt, const struct user_regs *regs)
{
    struct site site = {.pt = pt};
    status_t st;

    plan(&site, regs);
    if (!site.size) {
        *refused_slot(pt, regs->rip) = (uint32_t)regs->rip;
        return;
    }
    SPIN_GUARD(&patch_lock);
    st = hal_upcalls->text_write(pt, ROUND_DOWN(site.va, PAGE_SIZE),
                                 pages_of(site.va, site.size), patch_pages, &site);
    (void)st; /* refused: the site stays */
}

/*
 * Whether the site is worth it: most programs are short and make most of their calls from
 * places that they pass once, and a patch costs as much as ten dispatched calls. So: when it is
 * seen again. Two sites with one hash would keep each other out; hence some at once.
 */
static bool is_busy(struct hal_pt *pt, user_addr_t rip)
{
    uint32_t *seen = &pt->seen[slot_of(rip)];
    bool again = *seen == (uint32_t)rip;

    if (*refused_slot(pt, rip) == (uint32_t)rip)
        return false;
    *seen = (uint32_t)rip;
    if (!again)
        atomic_fetch_add(&first_calls, 1);
    return again || ++pt->dispatched % ALWAYS_EVERY == 0;
}

void patch_call_site(struct hal_pt *pt, const struct user_regs *regs)
{
    if (!hal_upcalls->text_write || !hal_upcalls->stub_area || !hal_upcalls->page_in ||
        atomic_exchange(&pt->patching, true))
        return;
    if (is_busy(pt, regs->rip))
        patch(pt, regs);
    atomic_store(&pt->patching, false);
}

bool patch_owns_breakpoint(struct hal_pt *pt, user_addr_t va)
{
    const uint8_t *byte;

    {
        SPIN_GUARD(&patch_lock); /* until whoever patches is done */
    }
    byte = user_bytes(pt, va);
    return byte && *byte != BREAKPOINT;
}

void hal_host_call_stats(struct hal_host_call_stats *out)
{
    *out = (struct hal_host_call_stats){.sites = atomic_load(&sites_patched),
                                        .first = atomic_load(&first_calls)};
    for (unsigned i = 0; i < hal_cpu_count(); i++) {
        out->patched += libos_cpus[i].patched;
        out->dispatched += libos_cpus[i].dispatched;
    }
}
