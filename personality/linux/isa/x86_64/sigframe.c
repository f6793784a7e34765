/*
 * sigframe.c (x86_64) - the frame of a signal handler on the user stack (struct rt_sigframe and
 * struct sigcontext of the Linux ABI, asm/sigcontext.h; XSAVE area: Intel SDM vol. 1, ch. 13).
 */
#include "base/string.h"
#include "personality/linux/process/process.h"
#include "personality/linux/signal/sigaction.h"

struct sigcontext {
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
    uint16_t cs, gs, fs, ss;
    uint64_t err, trapno, oldmask, cr2, fpstate, reserved[8];
};

struct ucontext {
    uint64_t flags, link;
    uint64_t stack_sp;
    int32_t stack_flags, stack_pad;
    uint64_t stack_size;
    struct sigcontext mcontext;
    uint64_t sigmask;
};

struct frame {
    uint64_t restorer;
    struct ucontext uc;
    struct siginfo info;
};

/* What Linux puts into the software-reserved bytes of the FXSAVE area. */
struct fp_software {
    uint32_t magic1, extended_size;
    uint64_t features;
    uint32_t state_size, pad[7];
};

enum {
    RED_ZONE = 128,
    FP_LEGACY_SIZE = 512,
    FP_SOFTWARE_OFFSET = 464,
    FP_HEADER_OFFSET = 512, /* XSTATE_BV */
    FP_MXCSR_OFFSET = 24,
    UC_FP_XSTATE = 1,
    UC_SIGCONTEXT_SS = 2,
    UC_STRICT_RESTORE_SS = 4,
    USER_CS = 0x33,
    USER_SS = 0x2b,
    RFLAGS_DF = 0x400,
    RFLAGS_TF = 0x100,
};
#define FP_MAGIC1 0x46505853u
#define FP_MAGIC2 0x46505845u

static uint64_t xcr0(void)
{
    uint32_t low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static bool extended(void)
{
    return hal_fp_size() > FP_LEGACY_SIZE;
}

/* The FP state below `top`: where it is, 64-aligned. The software's bytes are written where the
 * processor keeps the state, since it does not touch them, so that all goes in one copy. */
static status_t push_fp(struct thread *t, uint64_t top, uint64_t *at)
{
    size_t size = hal_fp_size();
    uint32_t magic2 = FP_MAGIC2;
    status_t st;

    hal_context_fp_sync(&t->context);
    *at = ROUND_DOWN(top - size - sizeof(magic2), 64);
    if (extended()) {
        struct fp_software sw = {.magic1 = FP_MAGIC1,
                                 .extended_size = (uint32_t)(size + sizeof(magic2)),
                                 .features = xcr0(),
                                 .state_size = (uint32_t)size};

        memcpy((char *)t->context.fp + FP_SOFTWARE_OFFSET, &sw, sizeof(sw));
    }
    st = copy_to_user(&t->user, *at, t->context.fp, size);
    if (st == OK && extended())
        st = copy_to_user(&t->user, *at + size, &magic2, sizeof(magic2));
    return st;
}

static void save_regs(struct sigcontext *c, const struct user_regs *r)
{
    *c = (struct sigcontext){.r8 = r->r8,
                             .r9 = r->r9,
                             .r10 = r->r10,
                             .r11 = r->r11,
                             .r12 = r->r12,
                             .r13 = r->r13,
                             .r14 = r->r14,
                             .r15 = r->r15,
                             .rdi = r->rdi,
                             .rsi = r->rsi,
                             .rbp = r->rbp,
                             .rbx = r->rbx,
                             .rdx = r->rdx,
                             .rax = r->rax,
                             .rcx = r->rcx,
                             .rsp = r->rsp,
                             .rip = r->rip,
                             .eflags = r->rflags,
                             .cs = USER_CS,
                             .ss = USER_SS};
}

static void load_regs(struct user_regs *r, const struct sigcontext *c)
{
    r->r8 = c->r8, r->r9 = c->r9, r->r10 = c->r10, r->r11 = c->r11, r->r12 = c->r12;
    r->r13 = c->r13, r->r14 = c->r14, r->r15 = c->r15, r->rdi = c->rdi, r->rsi = c->rsi;
    r->rbp = c->rbp, r->rbx = c->rbx, r->rdx = c->rdx, r->rax = c->rax, r->rcx = c->rcx;
    r->rsp = c->rsp, r->rip = c->rip;
    r->rflags = (c->eflags & RFLAGS_USER_MASK) | RFLAGS_USER_DEFAULT;
}

/* What the processor said of the last fault or exception: vector, error code, address. */
static void note_trap(struct sigcontext *c, const struct hal_trap *trap)
{
    if (trap->kind != HAL_TRAP_FAULT && trap->kind != HAL_TRAP_EXCEPTION)
        return;
    c->trapno = trap->code >> 32;
    c->err = trap->code & UINT32_MAX;
    c->cr2 = trap->addr;
}

status_t sigframe_push(struct linux_thread *lt, const struct signal_action *action,
                       const struct siginfo *info, sigset_t_ old_mask)
{
    struct thread *t = lt->thread;
    struct user_regs *r = &t->context.regs;
    struct frame frame = {.restorer = action->restorer, .info = *info};
    uint64_t top = sigframe_stack_top(lt, action, r->rsp, RED_ZONE), fp, sp;
    status_t st;

    if (!(action->flags & SA_RESTORER))
        return ERR_FAULT;
    st = push_fp(t, top, &fp);
    if (st != OK)
        return st;
    sp = ROUND_DOWN(fp - sizeof(frame), 16) - 8;
    frame.uc.flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS | (extended() ? UC_FP_XSTATE : 0);
    sigframe_note_stack(lt, &frame.uc.stack_sp, &frame.uc.stack_flags, &frame.uc.stack_size);
    save_regs(&frame.uc.mcontext, r);
    note_trap(&frame.uc.mcontext, &t->trap);
    frame.uc.mcontext.oldmask = old_mask;
    frame.uc.mcontext.fpstate = fp;
    frame.uc.sigmask = old_mask;
    st = copy_to_user(&t->user, sp, &frame, sizeof(frame));
    if (st != OK)
        return st;
    r->rip = action->handler;
    r->rsp = sp;
    r->rdi = (uint64_t)info->signo;
    r->rsi = sp + offsetof(struct frame, info);
    r->rdx = sp + offsetof(struct frame, uc);
    r->rax = 0;
    r->rflags &= ~(uint64_t)(RFLAGS_DF | RFLAGS_TF);
    return OK;
}

/* State that came from user memory: nothing in it may make XRSTOR fault. */
static void sanitise_fp(void *fp, bool with_extended)
{
    uint32_t mxcsr;
    uint64_t header[8] = {0};

    memcpy(&mxcsr, (char *)fp + FP_MXCSR_OFFSET, sizeof(mxcsr));
    mxcsr &= 0xffff;
    memcpy((char *)fp + FP_MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
    if (!extended())
        return;
    if (with_extended)
        memcpy(header, (char *)fp + FP_HEADER_OFFSET, sizeof(header[0]));
    else
        header[0] = 3; /* x87 and SSE */
    header[0] &= xcr0();
    memcpy((char *)fp + FP_HEADER_OFFSET, header, sizeof(header));
}

static status_t pop_fp(struct thread *t, uint64_t at)
{
    struct fp_software sw;
    bool with_extended;
    status_t st = copy_from_user(&t->user, &sw, at + FP_SOFTWARE_OFFSET, sizeof(sw));

    if (st != OK)
        return st;
    with_extended = extended() && sw.magic1 == FP_MAGIC1 && sw.state_size == hal_fp_size();
    hal_context_fp_sync(&t->context);
    st = copy_from_user(&t->user, t->context.fp, at,
                        with_extended ? hal_fp_size() : FP_LEGACY_SIZE);
    sanitise_fp(t->context.fp, with_extended);
    hal_context_fp_written(&t->context);
    return st;
}

status_t sigframe_pop(struct linux_thread *lt, sigset_t_ *mask)
{
    struct thread *t = lt->thread;
    struct frame frame;
    /* The handler's return took the restorer's address off the stack. */
    uint64_t sp = t->context.regs.rsp - sizeof(frame.restorer);
    status_t st = copy_from_user(&t->user, &frame, sp, sizeof(frame));

    if (st != OK)
        return st;
    if (frame.uc.mcontext.rip >= HAL_USER_END)
        return ERR_FAULT;
    if (frame.uc.mcontext.fpstate)
        st = pop_fp(t, frame.uc.mcontext.fpstate);
    if (st != OK)
        return st;
    load_regs(&t->context.regs, &frame.uc.mcontext);
    *mask = frame.uc.sigmask;
    /* A stack that is refused stays as it is, as on Linux. */
    (void)!signal_set_altstack(lt, frame.uc.stack_sp, frame.uc.stack_flags,
                               frame.uc.stack_size);
    return OK;
}

/* struct sigaction: handler, flags, restorer, mask. */
status_t sigaction_read(struct syscall *call, user_addr_t from, struct signal_action *out)
{
    return copy_from_user(&call->thread->user, out, from, sizeof(*out));
}

status_t sigaction_write(struct syscall *call, user_addr_t to, const struct signal_action *a)
{
    return copy_to_user(&call->thread->user, to, a, sizeof(*a));
}
