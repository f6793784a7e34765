/* patch.c - turning system call sites of the guest into jumps to the kernel. */
#include "hal/libos/patch.h"

#include "base/string.h"
#include "hal/host.h"
#include "hal/libos/carrier.h"
#include "hal/libos/lead.h"
#include "hal/libos/linux.h"
#include "hal/libos/signal.h"
#include "hal/libos/stub.h"
#include "hal/libos/upcalls.h"
#include "hal/spinlock.h"

enum { ALWAYS_EVERY = 16, PATCH_MAX = 15, BREAKPOINT = 0xcc, NOP = 0x90 };
enum { COMPARE_SITE = SYSCALL_SIZE + COMPARE_MAX };

static atomic_ulong sites_patched, first_calls;

/* One CPU at a time is at it: address spaces share text and stubs. */
static atomic_bool patching;

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

/* Who carries that CPU has taken the signal, or is out of user mode. A carrier that it was
 * handed to meanwhile has come by way of another process or a futex. */
static void await_sync(struct cpu *cpu, const struct carrier *carrier, unsigned wanted)
{
    for (unsigned tries = 0; (int)(atomic_load(&cpu->synced) - wanted) < 0; tries++) {
        if (atomic_load(&cpu->halted) || atomic_load(&cpu->carrier) != carrier)
            return;
        hal_cpu_relax(tries);
    }
}

/*
 * Every other CPU has seen what was written: in whatever process it is, since text is shared. A
 * signal is taken in user mode and in the kernel alike, and its return serialises.
 */
static void sync_cores(void)
{
    unsigned wanted = atomic_fetch_add(&signal_sync, 1) + 1;
    struct carrier *carriers[HAL_MAX_CPUS];

    for (unsigned i = 0; i < hal_cpu_count(); i++) {
        struct carrier *c = atomic_load(&libos_cpus[i].carrier);

        carriers[i] = c != carrier_self() && !atomic_load(&libos_cpus[i].halted) ? c : NULL;
        if (carriers[i])
            host_call(LINUX_TGKILL, c->pid, c->tid, LINUX_SIGNAL_KICK);
    }
    for (unsigned i = 0; i < hal_cpu_count(); i++)
        if (carriers[i])
            await_sync(&libos_cpus[i], carriers[i], wanted);
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
 * If there are other CPUs, one of them may fetch from the site at any moment, in this address
 * space or in another that shows the text: it sees the old instruction, a breakpoint, or the
 * new one whole. At the breakpoint it waits for patch_lock and goes on with what is there
 * (patch_owns_breakpoint).
 */
static void site_write(const struct site *site, void *const pages[])
{
    static const uint8_t breakpoints[PATCH_MAX] = {[0 ... PATCH_MAX - 1] = BREAKPOINT};
    bool others = hal_cpu_count() > 1;

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

/* False: it cannot be. */
static bool patch(struct hal_pt *pt, const struct user_regs *regs)
{
    struct site site = {.pt = pt};
    status_t st;

    plan(&site, regs);
    if (!site.size)
        return false;
    SPIN_GUARD(&patch_lock);
    st = hal_upcalls->text_write(pt, ROUND_DOWN(site.va, PAGE_SIZE),
                                 pages_of(site.va, site.size), patch_pages, &site);
    return st == OK;
}

/* ---- whether ---- */

enum { SEEN_MAX = 1024 };

/* Guarded by `patching`. Sites by their hash: from where calls came, and what cannot be patched
 * and is not looked at again, or its every call would cost that. */
static uint64_t seen[SEEN_MAX], refused[SEEN_MAX];
static unsigned dispatched; /* calls */

/* Names a site: the same in all processes that share the text. */
static uint64_t site_key(struct hal_pt *pt, user_addr_t rip)
{
    user_addr_t area;
    uint32_t *bytes;

    if (hal_upcalls->text_stubs(pt, rip, &area, &bytes) == OK)
        return (uintptr_t)bytes * 31 ^ (rip - area);
    return (uintptr_t)pt * 31 ^ rip;
}

/*
 * Whether the site is worth it: most programs are short and make most of their calls from
 * places that they pass once, and a patch costs as much as ten dispatched calls. So: when it is
 * seen again. Two sites with one hash would keep each other out; hence some at once.
 */
static bool is_busy(uint64_t key, unsigned slot)
{
    bool again = seen[slot] == key;

    if (refused[slot] == key)
        return false;
    seen[slot] = key;
    if (!again)
        atomic_fetch_add(&first_calls, 1);
    return again || ++dispatched % ALWAYS_EVERY == 0;
}

void patch_call_site(struct hal_pt *pt, const struct user_regs *regs)
{
    uint64_t key;
    unsigned slot;

    if (!hal_upcalls->text_write || !hal_upcalls->stub_area || !hal_upcalls->page_in ||
        !hal_upcalls->text_stubs || atomic_exchange(&patching, true))
        return;
    key = site_key(pt, regs->rip);
    slot = (unsigned)(key * 0x9e3779b97f4a7c15u >> 32) % SEEN_MAX;
    if (is_busy(key, slot) && !patch(pt, regs))
        refused[slot] = key;
    atomic_store(&patching, false);
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
