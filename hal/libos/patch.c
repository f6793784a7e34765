/* patch.c - turning system call sites of the guest into jumps to the kernel. */
#include "hal/libos/patch.h"

#include "base/string.h"
#include "hal/host.h"
#include "hal/libos/carrier.h"
#include "hal/libos/linux.h"
#include "hal/libos/pt_tree.h"
#include "hal/libos/space.h"
#include "hal/libos/upcalls.h"

enum {
    SYSCALL_SIZE = 2,
    JUMP_SIZE = 5,
    STUB_SIZE = 32,
    MOVE_MAX = 7, /* bytes of the longest displaced instruction */
};

enum { MEMBARRIER_SYNC_CORE = 1 << 5, MEMBARRIER_REGISTER_SYNC_CORE = 1 << 6 };

static atomic_ulong sites_patched;

/* The displaced instruction: `size` bytes that end at the syscall; 0: none that we know. */
struct move {
    uint8_t bytes[MOVE_MAX];
    unsigned size;
};

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

/* The frame behind `va` through the linear map; NULL: none. */
static uint8_t *user_bytes(struct hal_pt *pt, user_addr_t va)
{
    paddr_t pa;
    unsigned prot;

    if (hal_pt_query(pt, va & ~(user_addr_t)PAGE_MASK, &pa, &prot) != OK)
        return NULL;
    return (uint8_t *)hal_phys_to_virt(pa) + (va & PAGE_MASK);
}

static struct move find_move(struct hal_pt *pt, const struct user_regs *regs)
{
    user_addr_t call = regs->rip - SYSCALL_SIZE;
    struct move move = {.size = 0};
    const uint8_t *end;

    /* All inside one page, so that one private page is enough. */
    if ((call & PAGE_MASK) < MOVE_MAX)
        return move;
    end = user_bytes(pt, call);
    if (end)
        move.size = move_size(end, regs);
    if (move.size)
        memcpy(move.bytes, end - move.size, move.size);
    return move;
}

/* ---- stubs ---- */

static bool near(user_addr_t a, user_addr_t b)
{
    int64_t distance = (int64_t)(a - b);

    return distance == (int32_t)distance;
}

/* Room for a stub that the site can reach: its address, 0 if there is none. */
static user_addr_t stub_alloc(struct hal_pt *pt, user_addr_t site)
{
    struct pt_stub_area *area, *end = pt->stubs + PT_STUB_AREAS;

    for (area = pt->stubs; area < end; area++)
        if (area->va && near(area->va, site) && area->used < PAGE_SIZE)
            break;
    if (area == end) {
        area = pt->stubs;
        while (area < end - 1 && area->va && area->used < PAGE_SIZE)
            area++;
        area->used = 0;
        if (hal_upcalls->stub_area(pt, site, &area->va) != OK || !near(area->va, site)) {
            area->va = 0;
            return 0;
        }
    }
    area->used += STUB_SIZE;
    return area->va + area->used - STUB_SIZE;
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static bool stub_write(struct hal_pt *pt, user_addr_t stub, const struct move *move,
                       user_addr_t behind)
{
    static const uint8_t lea_rcx[] = {0x48, 0x8d, 0x0d}, movabs_r11[] = {0x49, 0xbb},
                         jmp_r11[] = {0x41, 0xff, 0xe3};
    uint64_t entry = (uintptr_t)user_entry;
    int32_t distance = (int32_t)(behind - (stub + move->size + 7));
    uint8_t *at = user_bytes(pt, stub);

    if (!at)
        return false;
    at = put(at, move->bytes, move->size);
    at = put(at, lea_rcx, sizeof(lea_rcx));
    at = put(at, &distance, sizeof(distance));
    at = put(at, movabs_r11, sizeof(movabs_r11));
    at = put(at, &entry, sizeof(entry));
    put(at, jmp_r11, sizeof(jmp_r11));
    return true;
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

/*
 * pt->lock is held, so no CPU joins the space. If others are there, one of them may fetch the
 * instruction at any moment: it sees the old one, a breakpoint, or the new one whole. At the
 * breakpoint it waits for the lock and runs the site again (patch_owns_breakpoint).
 */
static void site_write(struct hal_pt *pt, uint8_t *site, int32_t distance)
{
    bool others = space_has_others(pt);

    if (others) {
        *(volatile uint8_t *)site = 0xcc;
        sync_cores();
    }
    memcpy(site + 1, &distance, sizeof(distance));
    if (others)
        sync_cores();
    *(volatile uint8_t *)site = 0xe9;
    if (others)
        sync_cores();
}

static void patch_site(struct hal_pt *pt, const struct user_regs *regs, const struct move *move)
{
    user_addr_t site = regs->rip - SYSCALL_SIZE - move->size;
    user_addr_t stub = stub_alloc(pt, site);
    uint8_t *bytes;
    paddr_t pa;

    if (!stub || !stub_write(pt, stub, move, regs->rip))
        return;
    if (hal_upcalls->text_page_private(pt, site & ~(user_addr_t)PAGE_MASK, &pa) != OK)
        return;
    bytes = (uint8_t *)hal_phys_to_virt(pa) + (site & PAGE_MASK);

    SPIN_GUARD(&pt->lock);
    if (memcmp(bytes, move->bytes, move->size) != 0)
        return; /* patched meanwhile, or something else was mapped */
    site_write(pt, bytes, (int32_t)(stub - (site + JUMP_SIZE)));
    atomic_fetch_add(&sites_patched, 1);
}

void patch_call_site(struct hal_pt *pt, const struct user_regs *regs)
{
    struct move move;

    if (!hal_upcalls->text_page_private || !hal_upcalls->stub_area)
        return;
    move = find_move(pt, regs);
    if (!move.size || atomic_exchange(&pt->patching, true))
        return;
    patch_site(pt, regs, &move);
    atomic_store(&pt->patching, false);
}

bool patch_owns_breakpoint(struct hal_pt *pt, user_addr_t va)
{
    const uint8_t *byte;

    {
        SPIN_GUARD(&pt->lock); /* until whoever patches is done */
    }
    byte = user_bytes(pt, va);
    return byte && *byte != 0xcc;
}

void hal_host_call_stats(struct hal_host_call_stats *out)
{
    *out = (struct hal_host_call_stats){.sites = atomic_load(&sites_patched)};
    for (unsigned i = 0; i < hal_cpu_count(); i++) {
        out->patched += libos_cpus[i].patched;
        out->dispatched += libos_cpus[i].dispatched;
    }
}
