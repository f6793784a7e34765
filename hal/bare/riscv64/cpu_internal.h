/*
 * cpu_internal.h - the per-CPU block of this target.
 */
#pragma once

#include "hal/bare/riscv64/csr.h"
#include "hal/bare/riscv64/offsets.h"
#include "hal/context.h"
#include "hal/cpu.h"

enum {
    STALE_PAGES = 1u << 0, /* translations, tables included */
    STALE_CODE = 1u << 1,  /* instructions */
};

struct cpu {
    struct hal_cpu head;
    uint64_t kernel_sp; /* where context_enter's frame is, while in user mode */
    uint64_t fault_sp;  /* top of the stack on which a fault of the kernel is reported */
    uint64_t hart;      /* firmware's number, below 64 */
    uint64_t deadline;  /* tick of the interrupt that the timer is set for (clock.c) */

    /*
     * Roots of the page tables that this CPU may walk: `root`, and while it moves to another
     * one `next_root` too. Written by this CPU, read by shoot-downs (tlb.c).
     */
    _Atomic(paddr_t) root, next_root;
    atomic_uint leave_root; /* 1: someone waits for this CPU to let go of its address space */
    atomic_uint in_user;    /* 1: in user mode, or so close that it will not look at `stale` */
    atomic_uint stale;      /* STALE_*: what to forget before user mode */

    /* Whose values the FP registers hold; NULL: nobody's. Cleared by anyone in
     * hal_context_fini, otherwise written by this CPU (fp.c). */
    _Atomic(struct hal_context *) fp_owner;
} __attribute__((aligned(64)));

extern struct cpu cpus[HAL_MAX_CPUS];

static inline struct cpu *cpu_this(void)
{
    return (struct cpu *)hal_cpu_local();
}

/* kernel.ld: the CPUs' memory, CPU_AREA_SIZE each, in the order of their ids. */
extern char cpu_areas[];

static inline vaddr_t cpu_area(unsigned id)
{
    return (vaddr_t)cpu_areas + ((vaddr_t)id << CPU_AREA_SHIFT);
}

/* On the boot CPU: the next CPU, in the order of ids, is firmware's `hart`. Beyond
 * HAL_MAX_CPUS, or HART_LIMIT, it is left alone. */
void cpu_add(uint64_t hart);

/* On each CPU, first thing in C: its trap vector, counters and interrupts, which are on from
 * here. */
void cpu_begin(void);

/* The harts of the other CPUs that run, one bit each. */
uint64_t cpu_running_others(void);

/* The IPI: requests of other CPUs that are not for the executor. Interrupts are off. */
void cpu_serve_ipi(void);
