/*
 * context.h - user mode as a function call: hal_context_run enters it and returns its trap.
 */
#pragma once

#include "base/status.h"
#include "hal/mmu.h"
#include "isa/regs.h"

/* Target-private part of a context: `struct hal_context_private`. */
#include "target/context.h"

struct hal_context {
    struct user_regs regs; /* the truth whenever the thread is not in user mode */
    /* FP state in memory: what hal_context_init was given, or a page of the HAL's in its place
     * until hal_context_fini. */
    void *fp;
    struct hal_context_private priv;
};

#define HAL_FP_ALIGN 64u

/* Bytes of FP and vector state on this machine, all of it. Format: x86: the standard
 * (non-compacted) XSAVE layout; riscv64: f0..f31 then fcsr, Linux's struct
 * __riscv_d_ext_state. */
size_t hal_fp_size(void);
/* Bytes to keep for each context: what contexts mostly have in use. One that has more gets a
 * page. */
size_t hal_fp_kept_size(void);

/* The initial FP state; regs are zero. `fp`: hal_fp_kept_size() bytes at HAL_FP_ALIGN, the
 * owner's memory. */
void hal_context_init(struct hal_context *ctx, void *fp);

/* Registers and FP state of `from`, whose thread is the caller's or does not run. `to` was
 * initialised, and has not run. ERR_NO_MEMORY. */
status_t hal_context_copy(struct hal_context *to, struct hal_context *from) MUST_USE;

/* FP state in memory: pieces of the format in its order, the first at its beginning. What lies
 * between is not in use. riscv64: one piece, at ctx->fp. */
enum { HAL_FP_PIECES = 3 };
struct hal_fp_view {
    uint64_t components; /* whose bytes are in the pieces */
    unsigned count;
    struct hal_fp_piece {
        size_t at, size;
        unsigned char *memory;
    } piece[HAL_FP_PIECES];
};

/* Bring live FP state to memory, so that it can be looked at. */
void hal_context_fp_sync(struct hal_context *ctx);
/* Memory as it is, until the context runs again. */
void hal_context_fp_view(struct hal_context *ctx, struct hal_fp_view *view);
/* With room for these components too (x86: bits of XSTATE_BV; elsewhere none has a name), whose
 * bytes may be anything. ERR_NO_MEMORY, and the view is as it was. */
status_t hal_context_fp_widen(struct hal_context *ctx, uint64_t components,
                              struct hal_fp_view *view) MUST_USE;
/* A view was written: memory is the truth, whatever registers hold. */
void hal_context_fp_written(struct hal_context *ctx);

/* The view of a state that is kept as one piece. */
static inline struct hal_fp_view hal_fp_view_whole(void *memory)
{
    return (struct hal_fp_view){
        .components = UINT64_MAX, .count = 1, .piece[0] = {0, hal_fp_size(), memory}};
}

/* Where byte `at` of the format is; NULL: in none of the pieces. */
static inline void *hal_fp_at(const struct hal_fp_view *view, size_t at)
{
    for (unsigned i = 0; i < view->count; i++)
        if (at - view->piece[i].at < view->piece[i].size)
            return view->piece[i].memory + (at - view->piece[i].at);
    return NULL;
}

/* The CPU leaves the context it ran last and may run another task: save what is live. Called by
 * the executor whenever a task with a context suspends; cheap when nothing is live. */
void hal_context_park(void);

/* The thread is gone: forget that its FP state may be live somewhere. */
void hal_context_fini(struct hal_context *ctx);

enum hal_trap_kind {
    HAL_TRAP_SYSCALL,   /* hal_upcalls.syscall was called and said false */
    HAL_TRAP_FAULT,     /* page fault: addr, access */
    HAL_TRAP_EXCEPTION, /* exception, code */
    HAL_TRAP_INTERRUPT, /* something is pending: hal_irq_serve, then perhaps yield */
};

enum hal_exception {
    HAL_EXC_ILLEGAL,    /* undefined instruction: SIGILL */
    HAL_EXC_BREAKPOINT, /* SIGTRAP, TRAP_BRKPT; pc as the hardware leaves it */
    HAL_EXC_STEP,       /* SIGTRAP, TRAP_TRACE */
    HAL_EXC_DIVIDE,     /* integer divide: SIGFPE, FPE_INTDIV */
    HAL_EXC_FP,         /* SIGFPE */
    HAL_EXC_ALIGNMENT,  /* SIGBUS, BUS_ADRALN; addr */
    HAL_EXC_BUS,        /* SIGBUS, BUS_ADRERR; addr */
    HAL_EXC_PROTECTION, /* general protection and the like: SIGSEGV, SI_KERNEL */
};

struct hal_trap {
    enum hal_trap_kind kind : 8;
    enum hal_exception exception : 8;
    unsigned access : 8; /* FAULT: one of HAL_PROT_READ, WRITE, EXEC */
    user_addr_t addr;    /* FAULT, ALIGNMENT, BUS */
    uint64_t
        code; /* the machine's own number (x86: vector << 32 | error code; riscv: scause) */
};

/*
 * Run `ctx` in user mode in address space `pt` until a trap. System calls go to
 * hal_upcalls.syscall first, with the pc behind the instruction, and most end there: the ways
 * in and out are balanced for the processor's prediction of returns, and nothing is undone and
 * done again for a call that does not wait. Enters the address space on this
 * CPU if it is not the current one. Called with no lock held; returns INTERRUPT at once,
 * without entering user mode, if something is pending here. ctx->regs is complete on return.
 */
void hal_context_run(struct hal_context *ctx, struct hal_pt *pt, struct hal_trap *trap);
