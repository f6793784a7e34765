/*
 * cpu.h - the per-CPU block of x86_64 and the bring-up of one CPU.
 */
#pragma once

#include "hal/bare/x86_64/layout.h"
#include "hal/context.h"
#include "hal/cpu.h"
#include "hal/spinlock.h"

/* Task-state segment (SDM volume 3, 8.7): the stacks that traps switch to. */
struct tss {
    uint32_t reserved0;
    uint64_t rsp[3]; /* rsp[0]: where user_enter left the kernel stack */
    uint64_t reserved1;
    uint64_t ist[7]; /* ist[0] is IST 1 */
    uint64_t reserved2;
    uint16_t reserved3, io_map;
    uint8_t ports[HAL_PORT_PAGES * PAGE_SIZE]; /* a bit for each, set: not user mode's */
    uint8_t end;                               /* set bits, as the CPU wants them behind */
} __attribute__((packed));

/* A request to other CPUs to forget translations; shootdown.c has the protocol. */
struct shootdown {
    struct hal_pt *pt;
    user_addr_t va;
    size_t count;        /* pages; 0: leave the address space altogether */
    atomic_uint unacked; /* CPUs, one bit each */
};

/*
 * Only its own CPU touches it, with interrupts off or from the interrupt handler, apart from
 * hal.pending, the FP fields, online, shootdown_from and request, which others reach too.
 */
struct cpu {
    struct hal_cpu hal;
    struct cpu *self;
    struct user_regs *regs;           /* of the context that user_enter entered */
    uint64_t user_rsp;                /* scratch of the SYSCALL entry */
    uint64_t trap_vector, trap_error; /* why user mode was left */
    struct hal_pt *pt;                /* in CR3; NULL: the kernel's own root */
    struct tss tss;
    uint64_t gdt[9];

    /* fp.c; fp_lock is a leaf. */
    struct spinlock fp_lock;
    _Atomic(struct hal_context *) fp_owner;
    bool fp_dirty;

    uint64_t port_map; /* number of the map that `tss` shows; 0: none */

    time_ns_t deadline;  /* of the timer; TIME_INFINITE: off */
    unsigned irq_vector; /* of the device interrupt in service; 0: none */
    uint32_t apic_id;
    atomic_bool online; /* set by itself once others may send it IPIs */

    atomic_uint shootdown_from; /* CPUs, one bit each, whose `request` waits for us */
    struct shootdown request;   /* our own, to others */
};

_Static_assert(offsetof(struct cpu, self) == CPU_SELF, "layout.h");
_Static_assert(offsetof(struct cpu, regs) == CPU_REGS, "layout.h");
_Static_assert(offsetof(struct cpu, user_rsp) == CPU_USER_RSP, "layout.h");
_Static_assert(offsetof(struct cpu, trap_vector) == CPU_TRAP_VECTOR, "layout.h");
_Static_assert(offsetof(struct cpu, trap_error) == CPU_TRAP_ERROR, "layout.h");
_Static_assert(offsetof(struct cpu, tss.rsp) == CPU_KERNEL_RSP, "layout.h");
_Static_assert(offsetof(struct user_regs, rsp) == REGS_RSP, "layout.h");
_Static_assert(offsetof(struct user_regs, r15) == REGS_R15, "layout.h");
_Static_assert(offsetof(struct user_regs, rip) == REGS_RIP, "layout.h");
_Static_assert(offsetof(struct user_regs, rflags) == REGS_RFLAGS, "layout.h");

extern struct cpu cpus[HAL_MAX_CPUS];

static inline struct cpu *cpu_local(void)
{
    return (struct cpu *)hal_cpu_local();
}

/* What this machine's CPUs can do; the same on all of them. Set once, by the boot CPU. */
struct cpu_features {
    bool fsgsbase, smep, smap, umip, xsave, tsc_deadline, rdrand, rdseed, gib_pages;
};
extern struct cpu_features cpu_features;
void cpu_features_detect(void);

/* Give the CPU that calls it its block, descriptors, system call entry and control bits. */
void cpu_init(unsigned id);

/* How many CPUs there are; before it is set, 1. */
void cpu_set_count(unsigned count);

/* Upper end of the CPU's stack, and of the stack for NMI, double fault and machine check. */
uintptr_t cpu_stack_top(unsigned id);
uintptr_t cpu_fatal_stack_top(unsigned id);
