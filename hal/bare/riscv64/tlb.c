/*
 * tlb.c - entering address spaces, and shoot-downs by firmware's remote fences.
 *
 * A shoot-down meets a CPU that enters like this:
 *     shooter:  entry = new;      fence;  next_root, root?  -> remote sfence
 *     enterer:  next_root = pt;   fence;  sfence.vma, walks
 * If the shooter does not see the CPU, its entry was there before the CPU's own sfence, and the
 * walks behind that find it. A CPU is named by both words while it moves, so neither the
 * address space it leaves nor the one it enters can go away under it.
 */
#include "hal/bare/riscv64/tlb.h"

#include "hal/bare/riscv64/cpu_internal.h"
#include "hal/bare/riscv64/kernel_map.h"
#include "hal/bare/riscv64/sbi.h"

/* More single pages than this cost more than forgetting everything. */
#define PAGES_ONE_BY_ONE 32u

void tlb_enter(paddr_t root)
{
    struct cpu *cpu = cpu_this();

    if (atomic_load_explicit(&cpu->root, memory_order_relaxed) == root)
        return;
    atomic_store(&cpu->next_root, root);
    atomic_thread_fence(memory_order_seq_cst);
    csr_write(satp, SATP_SV39 | root >> PAGE_SHIFT);
    __asm__ volatile("sfence.vma" ::: "memory");
    atomic_store(&cpu->root, root);
}

void tlb_leave(void)
{
    tlb_enter(kernel_root_phys());
}

static bool is_in(struct cpu *cpu, paddr_t root)
{
    return atomic_load(&cpu->next_root) == root || atomic_load(&cpu->root) == root;
}

static void flush_here(user_addr_t va, size_t count)
{
    if (count > PAGES_ONE_BY_ONE) {
        __asm__ volatile("sfence.vma" ::: "memory");
        return;
    }
    for (size_t i = 0; i < count; i++)
        __asm__ volatile("sfence.vma %0" ::"r"(va + i * PAGE_SIZE) : "memory");
}

/* The harts of the other CPUs that are in `root`. */
static uint64_t others_in(paddr_t root)
{
    uint64_t harts = 0;

    for (unsigned id = 0; id < hal_cpu_count(); id++)
        if (&cpus[id] != cpu_this() && is_in(&cpus[id], root))
            harts |= 1ull << cpus[id].hart;
    return harts;
}

void tlb_shoot(paddr_t root, user_addr_t va, size_t count)
{
    uint64_t harts;

    atomic_thread_fence(memory_order_seq_cst);
    hal_preempt_disable();
    if (is_in(cpu_this(), root))
        flush_here(va, count);
    harts = others_in(root);
    hal_preempt_enable();
    if (count > PAGES_ONE_BY_ONE)
        sbi_remote_sfence_vma(harts, 0, 0);
    else
        sbi_remote_sfence_vma(harts, va, count * PAGE_SIZE);
}

void tlb_refresh(paddr_t root, user_addr_t va, size_t count)
{
    hal_preempt_disable();
    if (is_in(cpu_this(), root))
        flush_here(va, count);
    hal_preempt_enable();
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

/* Those of other CPUs that are in user mode may run the new instructions at once. */
void hal_icache_sync(void)
{
    __asm__ volatile("fence rw, rw\n\tfence.i" ::: "memory");
    sbi_remote_fence_i(cpu_running_others());
}
