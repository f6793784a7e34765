/* patch.c - turning system call sites of the guest into jumps to the kernel. */
#include "hal/libos/patch.h"

#include "base/string.h"
#include "hal/host.h"
#include "hal/libos/carrier.h"
#include "hal/libos/linux.h"
#include "hal/libos/space.h"
#include "hal/libos/stub.h"
#include "hal/libos/upcalls.h"

enum { ALWAYS_EVERY = 16, PATCH_MAX = 8, BREAKPOINT = 0xcc, NOP = 0x90 };
enum { MEMBARRIER_SYNC_CORE = 1 << 5, MEMBARRIER_REGISTER_SYNC_CORE = 1 << 6 };

static atomic_ulong sites_patched;

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

/* Register by its number in instructions. */
static uint64_t reg_value(const struct user_regs *r, unsigned number)
{
    const uint64_t values[16] = {r->rax, r->rcx, r->rdx, r->rbx, r->rsp, r->rbp,
                                 r->rsi, r->rdi, r->r8,  r->r9,  r->r10, r->r11,
                                 r->r12, r->r13, r->r14, r->r15};

    return values[number];
}

/*
 * Recognise the move that ends at `end` (which is followed by the syscall):
 *     b8+r imm32          mov $imm, %r32       5 bytes, no REX prefix before it
 *     41 b8+r imm32       the same, r8d..r15d  6 bytes
 *     48/49 c7 c0+r imm32 mov $imm, %r64       7 bytes, sign-extended
 * Bytes before the syscall alone prove little; that the register holds that very constant does.
 * rcx and r11 hold it no more (the call has overwritten them), so they do not qualify.
 */
static unsigned move_size(const uint8_t *end, const struct user_regs *regs)
{
    uint32_t constant;
    unsigned op = end[-5], reg = op & 7;

    memcpy(&constant, end - 4, sizeof(constant));
    if (op >= 0xc0 && op <= 0xc7 && end[-6] == 0xc7 && (end[-7] & 0xfe) == 0x48) {
        reg |= (end[-7] & 1u) << 3;
        return reg_value(regs, reg) == (uint64_t)(int64_t)(int32_t)constant ? 7 : 0;
    }
    if (op < 0xb8 || op > 0xbf)
        return 0;
    if (end[-6] == 0x41)
        return reg_value(regs, reg | 8) == constant ? 6 : 0;
    if ((end[-6] & 0xf0) == 0x40)
        return 0;
    return reg_value(regs, reg) == constant ? 5 : 0;
}

/* Bytes of user memory. False: not all there. */
static bool read_text(struct hal_pt *pt, user_addr_t va, uint8_t *to, unsigned size)
{
    const uint8_t *byte = NULL;

    for (unsigned i = 0; i < size; i++) {
        if (i == 0 || IS_ALIGNED(va + i, PAGE_SIZE))
            byte = user_bytes(pt, va + i);
        if (!byte)
            return false;
        to[i] = *byte++;
    }
    return true;
}

static struct displaced find_move(struct hal_pt *pt, const struct user_regs *regs)
{
    uint8_t before[DISPLACED_MAX];
    struct displaced move = {.size = 0};

    if (read_text(pt, regs->rip - SYSCALL_SIZE - DISPLACED_MAX, before, DISPLACED_MAX))
        move.size = move_size(before + DISPLACED_MAX, regs);
    memcpy(move.bytes, before + DISPLACED_MAX - move.size, move.size);
    return move;
}

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

static void plan_move(struct site *site, const struct displaced *move)
{
    site->va -= move->size;
    site->starts = 1;
    memcpy(site->was, move->bytes, JUMP_SIZE);
    if (stub_for_move(site->pt, site->va, move, site->becomes))
        site->size = JUMP_SIZE;
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
    struct displaced move, compare;

    site->va = regs->rip - SYSCALL_SIZE;
    if (!read_text(site->pt, site->va, site->was, PATCH_MAX) || site->was[0] != 0x0f ||
        site->was[1] != 0x05)
        return; /* patched meanwhile */
    move = find_move(site->pt, regs);
    compare = find_compare(site->was + SYSCALL_SIZE);
    if (move.size)
        plan_move(site, &move);
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
    static const uint8_t breakpoints[PATCH_MAX] = {BREAKPOINT, BREAKPOINT, BREAKPOINT,
                                                   BREAKPOINT, BREAKPOINT, BREAKPOINT,
                                                   BREAKPOINT, BREAKPOINT};
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

static void patch(struct hal_pt *pt, const struct user_regs *regs)
{
    struct site site = {.pt = pt};
    status_t st;

    plan(&site, regs);
    if (!site.size)
        return;
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
    uint32_t *seen = &pt->seen[(uint32_t)rip * 0x9e3779b1u / (UINT32_MAX / PT_SEEN_MAX + 1)];
    bool again = *seen == (uint32_t)rip;

    *seen = (uint32_t)rip;
    return again || ++pt->dispatched % ALWAYS_EVERY == 0;
}

void patch_call_site(struct hal_pt *pt, const struct user_regs *regs)
{
    if (!hal_upcalls->text_write || !hal_upcalls->stub_area ||
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
    *out = (struct hal_host_call_stats){.sites = atomic_load(&sites_patched)};
    for (unsigned i = 0; i < hal_cpu_count(); i++) {
        out->patched += libos_cpus[i].patched;
        out->dispatched += libos_cpus[i].dispatched;
    }
}
