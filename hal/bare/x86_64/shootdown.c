/*
 * shootdown.c - TLB invalidation on other CPUs, by IPI.
 *
 * The asker fills in its one `request`, sets its bit in `shootdown_from` of each CPU where the
 * address space is active, sends IPIs and waits until all bits of `unacked` are gone; meanwhile
 * it serves others (hal_cpu_relax), so two that ask each other get on. Who is asked takes all
 * bits by one exchange and serves each. That needs no lock and no order, so an interrupt
 * handler may do it, also one that came in the middle of the same function: each bit is taken
 * once.
 *
 * What is active:   asker                        CPU that enters (context.c)
 *                   change the table             set its bit in `active`
 *                   fence                        load CR3 (locked, and serialising)
 *                   read `active`                walk the table
 * Either the asker sees the bit, or the other's walks see the change.
 */
#include "hal/bare/x86_64/shootdown.h"

#include "hal/bare/x86_64/boot.h"
#include "hal/bare/x86_64/cpu.h"
#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/lapic.h"

/* Beyond so many pages a CPU drops all that is not global instead. */
#define INVALIDATE_MAX 32u

static void request_apply(struct cpu *cpu, const struct shootdown *request)
{
    if (cpu->pt != request->pt)
        return;
    if (request->count == 0) {
        cr3_write(kmap_root());
        cpu->pt = NULL;
        atomic_fetch_and_explicit(&request->pt->active, ~(1u << cpu->hal.id),
                                  memory_order_release);
    } else if (request->count > INVALIDATE_MAX) {
        cr3_write(request->pt->root);
    } else {
        for (size_t i = 0; i < request->count; i++)
            tlb_flush_page(request->va + i * PAGE_SIZE);
    }
}

/* The ack's release pairs with the asker's acquire; after it the request is not touched. */
void shootdown_serve(void)
{
    struct cpu *cpu = cpu_local();
    unsigned from;

    if (!atomic_load_explicit(&cpu->shootdown_from, memory_order_relaxed))
        return;
    from = atomic_exchange_explicit(&cpu->shootdown_from, 0, memory_order_acquire);
    for (; from; from &= from - 1) {
        struct shootdown *request = &cpus[__builtin_ctz(from)].request;

        request_apply(cpu, request);
        atomic_fetch_and_explicit(&request->unacked, ~(1u << cpu->hal.id),
                                  memory_order_release);
    }
}

static void request_send(struct cpu *cpu, unsigned targets)
{
    atomic_store_explicit(&cpu->request.unacked, targets, memory_order_relaxed);
    for (; targets; targets &= targets - 1) {
        struct cpu *other = &cpus[__builtin_ctz(targets)];

        atomic_fetch_or_explicit(&other->shootdown_from, 1u << cpu->hal.id,
                                 memory_order_release);
        lapic_send(other->apic_id, VECTOR_SHOOTDOWN);
    }
    for (unsigned tries = 0; atomic_load_explicit(&cpu->request.unacked, memory_order_acquire);
         tries++)
        hal_cpu_relax(tries);
}

/* The CPU may not change under it, hence the count; it may be interrupted. */
static void request_run(struct hal_pt *pt, user_addr_t va, size_t count)
{
    struct cpu *cpu;
    unsigned targets;

    hal_preempt_disable();
    cpu = cpu_local();
    atomic_thread_fence(memory_order_seq_cst);
    targets = atomic_load_explicit(&pt->active, memory_order_acquire);
    if (targets) {
        cpu->request.pt = pt;
        cpu->request.va = va;
        cpu->request.count = count;
        request_apply(cpu, &cpu->request);
        request_send(cpu, targets & ~(1u << cpu->hal.id));
    }
    hal_preempt_enable();
}

void shootdown(struct hal_pt *pt, user_addr_t va, size_t count)
{
    request_run(pt, va, count);
}

void shootdown_leave(struct hal_pt *pt)
{
    request_run(pt, 0, 0);
}
