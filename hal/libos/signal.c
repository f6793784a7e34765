/* signal.c - host signal handlers, and what they say about user mode. */
#include "hal/libos/signal.h"

#include "base/assert.h"
#include "hal/libos/boot.h"
#include "hal/libos/carrier.h"
#include "hal/libos/fp.h"
#include "hal/libos/linux.h"

enum {
    SA_SIGINFO = 4,
    SA_RESTORER = 0x04000000,
    SA_ONSTACK = 0x08000000,
    SA_RESTART = 0x10000000,
    SA_NODEFER = 0x40000000,
    SA_NOCLDSTOP = 1
};
enum { AUDIT_ARCH_X86_64 = 0xc000003e };

/* x86 exception numbers (Intel SDM 3A, table 6-1). */
enum {
    TRAP_DIVIDE = 0,
    TRAP_DEBUG = 1,
    TRAP_PROTECTION = 13,
    TRAP_PAGE = 14,
    TRAP_ALIGNMENT = 17
};
enum { PAGE_WRITE = 2, PAGE_FETCH = 16 };
enum { RFLAGS_KERNEL = 2 };

struct linux_sigaction {
    void (*handler)(void);
    uint64_t flags;
    void (*restorer)(void);
    uint64_t mask;
};

struct linux_siginfo {
    int signo, error, code, pad;
    uint64_t address; /* SIGSYS: of the instruction behind the call */
    int number;
    uint32_t arch;
};

struct linux_ucontext {
    uint64_t flags;
    void *link;
    uint64_t stack[3];
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip;
    uint64_t rflags, segments, error, trapno, oldmask, cr2;
    void *fp;
};

atomic_bool signal_stopping;
atomic_uint signal_sync;
static atomic_bool panicking; /* by a fault of the kernel's own */

void signal_handle(int signo, struct linux_siginfo *info, struct linux_ucontext *uc);

void signal_stop_here(void)
{
    while (atomic_load(&signal_stopping))
        host_call(LINUX_PPOLL, NULL, 0, NULL, NULL);
}

static bool in_window(uint64_t address)
{
    return address - LIBOS_WINDOW_BASE < LIBOS_WINDOW_SIZE;
}

/* The host's vDSO tells user mode the time as well, on a stack of its own, and may be
 * interrupted or fault there as in any code of the guest. */
static bool in_kernel(const struct linux_ucontext *uc)
{
    if (uc->rip - LIBOS_VDSO_BASE < LIBOS_VDSO_SIZE)
        return in_window(uc->rsp);
    return in_window(uc->rip);
}

static void save_regs(struct user_regs *r, const struct linux_ucontext *uc)
{
    r->rax = uc->rax, r->rbx = uc->rbx, r->rcx = uc->rcx, r->rdx = uc->rdx;
    r->rsi = uc->rsi, r->rdi = uc->rdi, r->rbp = uc->rbp, r->rsp = uc->rsp;
    r->r8 = uc->r8, r->r9 = uc->r9, r->r10 = uc->r10, r->r11 = uc->r11;
    r->r12 = uc->r12, r->r13 = uc->r13, r->r14 = uc->r14, r->r15 = uc->r15;
    r->rip = uc->rip, r->rflags = uc->rflags;
}

/* The guest's trap flag, carried in by a patched call: it stays among the guest's registers, as
 * after a `syscall`. */
static void step_into_kernel(struct user_regs *r, struct linux_ucontext *uc)
{
    if (uc->rip == (uintptr_t)user_entry) {
        save_regs(r, uc);
        r->rip = r->rcx;
        r->r11 = r->rflags;
        uc->rip = (uintptr_t)user_entry_stepped;
    }
    uc->rflags = RFLAGS_KERNEL;
}

/* A kick notes itself only: its sender has set the pending word. */
static void signal_in_kernel(int signo, struct carrier *c, struct linux_ucontext *uc)
{
    if (signo == LINUX_SIGTRAP && uc->trapno == TRAP_DEBUG) {
        step_into_kernel(c->regs, uc);
        return;
    }
    if (signo != LINUX_SIGNAL_KICK && atomic_exchange(&panicking, true))
        boot_fail("a fault while the kernel panics", -signo);
    if (signo != LINUX_SIGNAL_KICK)
        panic("host signal %d (exception %lu, error %lx) in the kernel at %lx, address %lx",
              signo, (unsigned long)uc->trapno, (unsigned long)uc->error,
              (unsigned long)uc->rip, (unsigned long)uc->cr2);
    if (uc->rip - (uintptr_t)user_restart < (size_t)(user_restart_end - user_restart)) {
        uc->rip = (uintptr_t)user_restart;
        uc->rflags = RFLAGS_KERNEL;
    }
}

/* From signal_entry. Returns only by way of sigreturn. */
void signal_handle(int signo, struct linux_siginfo *info, struct linux_ucontext *uc)
{
    struct carrier *c = carrier_self();

    fp_trim_frame(uc->fp);
    if (signo == LINUX_SIGNAL_KICK)
        signal_stop_here();
    if (signo == LINUX_SIGNAL_KICK && c->cpu != &c->own_cpu)
        atomic_store(&((struct cpu *)(void *)c->cpu)->synced, atomic_load(&signal_sync));
    if (in_kernel(uc)) {
        signal_in_kernel(signo, c, uc);
        return;
    }
    if (signo == LINUX_SIGNAL_KICK && !hal_irq_pending())
        return;

    save_regs(c->regs, uc);
    if (signo == LINUX_SIGNAL_KICK) {
        uc->rip = (uintptr_t)user_leave_kicked;
        uc->rflags = RFLAGS_KERNEL;
        return;
    }
    c->signal = (struct carrier_signal){
        .signo = signo, .trapno = uc->trapno, .error = uc->error, .addr = uc->cr2};
    if (signo == LINUX_SIGSYS)
        c->signal.arch = info->arch;
    fp_take_frame(uc->fp);
    user_leave_by_signal();
}

static void decode_segv(const struct carrier_signal *s, struct hal_trap *trap)
{
    if (s->trapno != TRAP_PAGE) {
        trap->exception = HAL_EXC_PROTECTION;
        return;
    }
    trap->kind = HAL_TRAP_FAULT;
    trap->addr = s->addr;
    trap->access = s->error & PAGE_FETCH   ? HAL_PROT_EXEC
                   : s->error & PAGE_WRITE ? HAL_PROT_WRITE
                                           : HAL_PROT_READ;
}

static void decode_call(const struct carrier_signal *s, struct user_regs *r,
                        struct hal_trap *trap)
{
    if (s->arch != AUDIT_ARCH_X86_64) { /* int 0x80: as on a host without 32-bit calls */
        r->rip -= 2;
        trap->exception = HAL_EXC_PROTECTION;
        return;
    }
    trap->kind = HAL_TRAP_SYSCALL;
    r->rcx = r->rip;
    r->r11 = r->rflags;
}

void signal_decode(const struct carrier_signal *s, struct user_regs *r, struct hal_trap *trap)
{
    *trap = (struct hal_trap){.kind = HAL_TRAP_EXCEPTION, .code = s->trapno << 32 | s->error};
    switch (s->signo) {
    case LINUX_SIGSYS:
        decode_call(s, r, trap);
        break;
    case LINUX_SIGSEGV:
        decode_segv(s, trap);
        break;
    case LINUX_SIGILL:
        trap->exception = HAL_EXC_ILLEGAL;
        break;
    case LINUX_SIGTRAP:
        trap->exception = s->trapno == TRAP_DEBUG ? HAL_EXC_STEP : HAL_EXC_BREAKPOINT;
        break;
    case LINUX_SIGFPE:
        trap->exception = s->trapno == TRAP_DIVIDE ? HAL_EXC_DIVIDE : HAL_EXC_FP;
        break;
    default:
        trap->exception = s->trapno == TRAP_ALIGNMENT ? HAL_EXC_ALIGNMENT : HAL_EXC_BUS;
        trap->addr = s->addr;
    }
}

static void install(int signo, void (*handler)(void), uint64_t flags)
{
    struct linux_sigaction action = {handler, flags | SA_RESTORER, signal_return, 0};

    host_call(LINUX_RT_SIGACTION, signo, &action, NULL, sizeof(action.mask));
}

void signal_install(void (*template)(int))
{
    static const uint8_t traps[] = {LINUX_SIGSYS, LINUX_SIGSEGV, LINUX_SIGBUS,
                                    LINUX_SIGILL, LINUX_SIGFPE,  LINUX_SIGTRAP};
    void (*const ignore)(void) = (void (*)(void))1;

    /* Whatever a terminal or a user sends is the launcher's to hand on. */
    for (int signo = 1; signo < 32; signo++)
        install(signo, ignore, 0);
    for (unsigned i = 0; i < countof(traps); i++)
        install(traps[i], signal_entry, SA_SIGINFO | SA_ONSTACK | SA_NODEFER);
    install(LINUX_SIGNAL_KICK, signal_entry, SA_SIGINFO | SA_ONSTACK);
    install(LINUX_SIGCHLD, (void (*)(void)) template, SA_NOCLDSTOP | SA_ONSTACK | SA_RESTART);
    install(LINUX_SIGALRM, (void (*)(void)) template, SA_ONSTACK | SA_RESTART);
}
