/*
 * carrier.h - host threads that carry CPUs, the CPUs, and handing a CPU from thread to thread.
 *
 * A CPU is a stack in shared memory and a struct cpu. At any moment exactly one carrier runs on
 * that stack. To enter another address space the CPU is handed to a carrier of its host
 * process: the leaving carrier pushes its callee-saved registers, publishes the stack pointer
 * in cpu->sp, moves to a small stack of its own, wakes the other and parks; the other loads
 * cpu->sp, pops, and returns from the very call. So C code sees an ordinary function that
 * returns elsewhere.
 *
 * Carriers belong to address spaces (each CPU's home carrier to the home process, which has no
 * user half). %gs points to the carrier, always, in user mode too.
 */
#pragma once

#include "hal/context.h"
#include "hal/cpu.h"
#include "hal/libos/layout.h"

struct space;
struct cpu;

/* What a host signal said about user mode, for hal_context_run. */
struct carrier_signal {
    int signo;
    uint32_t arch;          /* SIGSYS: of the call */
    uint64_t trapno, error; /* as the CPU's exception gave them */
    user_addr_t addr;       /* page faults: the address */
};

/* Offsets below `own_cpu` are known to entry.S. */
struct carrier {
    struct carrier *self;   /*  0 */
    struct hal_cpu *cpu;    /*  8: the CPU carried; else &own_cpu, so that locks work */
    struct user_regs *regs; /* 16: of the context that is in user mode */
    uintptr_t kernel_sp;    /* 24: on the CPU's stack, for the way back from user mode */
    uint64_t user_rip;      /* 32: for the jump into user mode */
    uint64_t user_sp;       /* 40: while the entry path saves registers */
    uint64_t iret[5];       /* 48: rip, cs, rflags, rsp, ss; for the way into user mode */
    struct hal_cpu own_cpu;
    atomic_uint turn;        /* TURN_*: parked here; pairs in carrier.c */
    int pid, tid;            /* of the host */
    uint32_t core;           /* host core pinned to, or LIBOS_ANY_CORE; by who gives it a CPU */
    struct space *space;     /* NULL: home carriers and helpers */
    struct carrier *next;    /* free or parked list; guarded by that list's lock */
    struct carrier *sibling; /* all of a space; guarded by the space's lock */
    uint64_t fs_base;        /* in the register now */
    struct hal_context *_Atomic fp_owner;
    bool fp_live; /* registers newer than fp_owner's memory */
    /* XSAVE components that the registers do not have in use; while fp_live it is not known. */
    uint64_t fp_initial;
    struct carrier_signal signal;
    void (*run)(struct carrier *); /* what a fresh thread does */
};

_Static_assert(offsetof(struct carrier, cpu) == 8, "entry.S");
_Static_assert(offsetof(struct carrier, regs) == 16, "entry.S");
_Static_assert(offsetof(struct carrier, kernel_sp) == 24, "entry.S");
_Static_assert(offsetof(struct carrier, user_rip) == 32, "entry.S");
_Static_assert(offsetof(struct carrier, user_sp) == 40, "entry.S");
_Static_assert(offsetof(struct carrier, iret) == 48, "entry.S");
_Static_assert(offsetof(struct hal_cpu, pending) == 8, "entry.S");

struct cpu {
    struct hal_cpu hal;              /* first: what hal_cpu_local returns */
    struct carrier *_Atomic carrier; /* who carries it now: where kicks are sent */
    struct carrier *home;
    struct space *space;        /* the carrier's; NULL at home. Only this CPU */
    struct hal_pt *pt;          /* of the context that hal_context_run was given last */
    void *fp_spare;             /* a page for a context that comes to need one: fp_ready */
    uintptr_t sp;               /* valid while it is handed over */
    _Atomic time_ns_t deadline; /* of hal_timer_set; written by this CPU */
    atomic_uint synced;         /* signal_sync as it was at the last kick */
    atomic_bool halted;         /* asleep on hal.pending: wake by futex */
    uint32_t core;
    void (*entry)(void);          /* of hal_cpu_start_others */
    uint64_t patched, dispatched; /* system calls by way of arrival */
    uint64_t switches;
};

extern struct cpu libos_cpus[HAL_MAX_CPUS];

static inline struct carrier *carrier_self(void)
{
    struct carrier *self;

    __asm__ volatile("movq %%gs:0, %0" : "=r"(self));
    return self;
}

static inline struct cpu *cpu_self(void)
{
    return (struct cpu *)(void *)hal_cpu_local();
}

static inline uintptr_t cpu_stack_top(const struct cpu *cpu)
{
    return LIBOS_STACK_BASE + (cpu->hal.id + 1ul) * LIBOS_STACK_SIZE;
}

/* A free slot, zeroed; NULL: all taken. */
struct carrier *carrier_alloc(void);
/* Its thread is gone. */
void carrier_free(struct carrier *c);

enum {
    CLONE_CARRIER = 0x50f00, /* VM FS FILES SIGHAND THREAD SYSVSEM */
    CLONE_PROCESS = 0x411,   /* FILES, SIGCHLD */
};

/*
 * Start a host thread (in this process) or a process (a copy of this one) that calls c->run on
 * the carrier's own stack with all signals blocked. Its id or a negative errno.
 */
long carrier_start(struct carrier *c, unsigned long clone_flags);

/* First thing of a fresh thread: %gs, signal stack, ids. Unblocks signals. */
void carrier_adopt(struct carrier *c);

/* Wait to be given a CPU, then go on where that CPU was handed over. On the own stack. */
_Noreturn void carrier_park(struct carrier *c);

/* Hand this CPU from the running carrier to `to`, which is parked or about to. Returns in `to`.
 */
void carrier_switch(struct cpu *cpu, struct carrier *to);

/* Start CPU `cpu` on its own stack in the running carrier: calls entry. */
_Noreturn void carrier_enter_cpu(struct cpu *cpu, void (*entry)(void));

/* Let the parked home carrier of `cpu` start it so. */
void carrier_start_cpu(struct cpu *cpu, void (*entry)(void));

/* entry.S */
enum {
    LEFT_BY_CALL,
    LEFT_PENDING,
    LEFT_BY_SIGNAL,
    LEFT_AGAIN, /* a call is over, and the way back is not the straight one */
};
enum { STAY_IN_USER = -1 }; /* of user_call */
int user_enter(struct user_regs *regs);
/* From user_entry: a patched call. STAY_IN_USER: back to user mode on this carrier; else what
 * user_enter returns, perhaps on another. */
int user_call(struct user_regs *regs);
_Noreturn void user_leave_by_signal(void);
extern char user_restart[], user_restart_end[], user_leave_kicked[], user_entry[],
    user_entry_stepped[];
long thread_clone(unsigned long flags, uintptr_t stack, void (*run)(struct carrier *),
                  struct carrier *arg);
void stack_hand_over(uintptr_t *sp, struct carrier *from, struct carrier *to);
_Noreturn void stack_take_over(uintptr_t sp);
_Noreturn void stack_call(uintptr_t stack_top, void (*entry)(void));
void signal_entry(void);
void signal_return(void);
