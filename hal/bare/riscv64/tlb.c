/*
 * tlb.c - entering address spaces, and shoot-downs.
 *
 * A CPU in user mode is interrupted by firmware's remote fence. One that is in the kernel, or
 * asleep, uses no user translation and need not be disturbed: it is told to forget them before
 * it enters user mode. The two meet like this, each step seen before the next is made:
 *
 *     shooter:  entry = new;   stale = 1;    in_user?  -> remote fence
 *     enterer:  in_user = 1;   stale?  -> sfence;     sret
 *
 * At least one sees the other. That the shooter finds the CPU at all is the same game:
 *
 *     shooter:  entry = new;                next_root, root?
 *     enterer:  next_root = pt;             satp = pt;  sfence
 *
 * If it does not, the entry was there before the CPU's own sfence. A CPU is named by both words
 * while it moves, so neither the address space it leaves nor the one it enters can go away
 * under it.
 */
#include "hal/bare/riscv64/tlb.h"

#include "hal/bare/riscv64/cpu_internal.h"
#include "hal/bare/riscv64/kernel_map.h"
#include "hal/bare/riscv64/sbi.h"

/* More single pages than this cost more than forgetting everything. */
#define PAGES_ONE_BY_ONE 32u

static void flush_all_here(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}

static void flush_code_here(void)
{
    __asm__ volatile("fence rw, rw\n\tfence.i" ::: "memory");
}

static void enter(struct cpu *cpu, paddr_t root)
{
    if (atomic_load_explicit(&cpu->root, memory_order_relaxed) == root)
        return;
    atomic_store(&cpu->next_root, root);
    atomic_thread_fence(memory_order_seq_cst);
    csr_write(satp, SATP_SV39 | root >> PAGE_SHIFT);
    flush_all_here();
    atomic_store(&cpu->root, root);
}

void tlb_user_begin(paddr_t root)
{
    struct cpu *cpu = cpu_this();
    unsigned stale;

    enter(cpu, root);
    atomic_store(&cpu->in_user, 1);
    stale = atomic_load(&cpu->stale);
    if (!stale)
        return;
    stale = atomic_exchange(&cpu->stale, 0);
    if (stale & STALE_PAGES)
        flush_all_here();
    if (stale & STALE_CODE)
        flush_code_here();
}

void tlb_user_end(void)
{
    atomic_store_explicit(&cpu_this()->in_user, 0, memory_order_release);
}

void tlb_leave(void)
{
    enter(cpu_this(), kernel_root_phys());
}

static bool is_in(struct cpu *cpu, paddr_t root)
{
    return atomic_load(&cpu->next_root) == root || atomic_load(&cpu->root) == root;
}

static void flush_here(paddr_t root, user_addr_t va, size_t count)
{
    if (!is_in(cpu_this(), root))
        return;
    if (count > PAGES_ONE_BY_ONE) {
        flush_all_here();
        return;
    }
    for (size_t i = 0; i < count; i++)
        __asm__ volatile("sfence.vma %0" ::"r"(va + i * PAGE_SIZE) : "memory");
}

/* The hart of `cpu` as a mask, if it is in user mode; else it is told, and the mask is empty.
 */
static uint64_t mark(struct cpu *cpu, unsigned stale)
{
    atomic_fetch_or(&cpu->stale, stale);
    return atomic_load(&cpu->in_user) ? 1ull << cpu->hart : 0;
}

static uint64_t mark_others_in(paddr_t root)
{
    uint64_t harts = 0;

    for (unsigned id = 0; id < hal_cpu_count(); id++)
        if (&cpus[id] != cpu_this() && is_in(&cpus[id], root))
            harts |= mark(&cpus[id], STALE_PAGES);
    return harts;
}

void tlb_shoot(paddr_t root, user_addr_t va, size_t count)
{
    uint64_t harts;

    atomic_thread_fence(memory_order_seq_cst);
    hal_preempt_disable();
    flush_here(root, va, count);
    harts = mark_others_in(root);
    hal_preempt_enable();
    if (count > PAGES_ONE_BY_ONE)
        sbi_remote_sfence_vma(harts, 0, 0);
    else
        sbi_remote_sfence_vma(harts, va, count * PAGE_SIZE);
}

void tlb_refresh(paddr_t root, user_addr_t va, size_t count)
{
    hal_preempt_disable();
    flush_here(root, va, count);
    hal_preempt_enable();
}

void tlb_settle(paddr_t root)
{
    uint64_t harts = 0;

    atomic_thread_fence(memory_order_seq_cst);
    tlb_refresh(root, 0, TLB_ALL);
    for (unsigned id = 0; id < hal_cpu_count(); id++)
        if (is_in(&cpus[id], root))
            harts |= 1ull << cpus[id].hart;
    sbi_remote_sfence_vma(harts & cpu_running_others(), 0, 0);
}

/* A CPU that sits in the address space out of habit is asked to leave by interrupt, which it
 * answers in any kernel code. */
void tlb_evict(paddr_t root)
{
    hal_preempt_disable();
    if (is_in(cpu_this(), root)) {
        interrupts_off();
        tlb_leave();
        interrupts_on();
    }
    hal_preempt_enable();
    for (unsigned id = 0; id < hal_cpu_count(); id++) {
        if (!is_in(&cpus[id], root))
            continue;
        atomic_store(&cpus[id].leave_root, 1);
        sbi_send_ipi(1ull << cpus[id].hart);
        for (unsigned tries = 0; is_in(&cpus[id], root); tries++)
            hal_cpu_relax(tries);
    }
}

void hal_icache_sync(void)
{
    uint64_t harts = 0;

    hal_preempt_disable();
    flush_code_here();
    for (unsigned id = 0; id < hal_cpu_count(); id++)
        if (&cpus[id] != cpu_this())
            harts |= mark(&cpus[id], STALE_CODE);
    hal_preempt_enable();
    sbi_remote_fence_i(harts);
}

void hal_user_code(void *code, size_t size)
{
    (void)code;
    (void)size;
}
