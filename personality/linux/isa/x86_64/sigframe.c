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
    FP_HEADER_OFFSET = 512,   /* XSTATE_BV */
    FP_LEGACY_COMPONENTS = 3, /* x87 and SSE */
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
enum { FP_MAGIC2_SIZE = sizeof(uint32_t) };

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

enum { FRAME_PIECES = HAL_FP_PIECES + 3 };

static void piece_add(struct user_piece *pieces, unsigned *count, user_addr_t user,
                      void *kernel, size_t size)
{
    pieces[(*count)++] = (struct user_piece){user, kernel, size};
}

/* The FP state in memory and, at the beginning of the format, what the software says of it. */
static void add_fp(struct user_piece *pieces, unsigned *count, struct hal_context *ctx,
                   user_addr_t at, struct fp_software *software)
{
    struct hal_fp_view view;

    hal_context_fp_view(ctx, &view);
    for (unsigned i = 0; i < view.count; i++) {
        piece_add(pieces, count, at + view.piece[i].at, view.piece[i].memory,
                  view.piece[i].size);
        if (i == 0 && extended())
            piece_add(pieces, count, at + FP_SOFTWARE_OFFSET, software, sizeof(*software));
    }
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

/* The frame and above it, at `fp`, the FP state: all in one go, only what is in use. */
static status_t write_frame(struct thread *t, uint64_t sp, struct frame *frame, uint64_t fp)
{
    size_t size = hal_fp_size();
    uint32_t magic2 = FP_MAGIC2;
    struct fp_software software = {.magic1 = FP_MAGIC1,
                                   .extended_size = (uint32_t)(size + FP_MAGIC2_SIZE),
                                   .state_size = (uint32_t)size};
    struct user_piece pieces[FRAME_PIECES];
    unsigned count = 0;

    piece_add(pieces, &count, sp, frame, sizeof(*frame));
    if (extended())
        software.features = xcr0();
    hal_context_fp_sync(&t->context);
    add_fp(pieces, &count, &t->context, fp, &software);
    if (extended())
        piece_add(pieces, &count, fp + size, &magic2, FP_MAGIC2_SIZE);
    return copy_pieces_to_user(&t->user, pieces, count);
}

/* The handler begins as if a call had returned there, which is the shortest way to user mode:
 * what rcx and r11 hold means nothing to it. */
static void enter_handler(struct user_regs *r, uint64_t handler, uint64_t sp, int signo)
{
    r->rsp = sp;
    r->rip = r->rcx = handler;
    r->rflags &= ~(uint64_t)(RFLAGS_DF | RFLAGS_TF);
    r->r11 = r->rflags;
    r->rdi = (uint64_t)signo;
    r->rsi = sp + offsetof(struct frame, info);
    r->rdx = sp + offsetof(struct frame, uc);
    r->rax = 0;
}

status_t sigframe_push(struct linux_thread *lt, const struct signal_action *action,
                       const struct siginfo *info, sigset_t_ old_mask)
{
    struct thread *t = lt->thread;
    struct user_regs *r = &t->context.regs;
    struct frame frame = {.restorer = action->restorer, .info = *info};
    uint64_t top = sigframe_stack_top(lt, action, r->rsp, RED_ZONE);
    uint64_t fp = ROUND_DOWN(top - hal_fp_size() - FP_MAGIC2_SIZE, 64);
    uint64_t sp = ROUND_DOWN(fp - sizeof(frame), 16) - 8;
    status_t st;

    if (!(action->flags & SA_RESTORER))
        return ERR_FAULT;
    frame.uc.flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS | (extended() ? UC_FP_XSTATE : 0);
    sigframe_note_stack(lt, &frame.uc.stack_sp, &frame.uc.stack_flags, &frame.uc.stack_size);
    save_regs(&frame.uc.mcontext, r);
    note_trap(&frame.uc.mcontext, &t->trap);
    frame.uc.mcontext.oldmask = old_mask;
    frame.uc.mcontext.fpstate = fp;
    frame.uc.sigmask = old_mask;
    st = write_frame(t, sp, &frame, fp);
    if (st == OK)
        enter_handler(r, action->handler, sp, info->signo);
    return st;
}

/* `size` bytes of the frame's FP state, if they have none but the components of `view`. */
static status_t read_pieces(struct thread *t, uint64_t at, size_t size,
                            const struct hal_fp_view *view)
{
    struct user_piece pieces[HAL_FP_PIECES];
    unsigned count = 0;

    for (unsigned i = 0; i < view->count && view->piece[i].at < size; i++)
        piece_add(pieces, &count, at + view->piece[i].at, view->piece[i].memory,
                  MIN(view->piece[i].size, size - view->piece[i].at));
    return copy_pieces_from_user(&t->user, pieces, count);
}

/* Which components the area that was read has; what is not true of this machine is taken out.
 */
static uint64_t components_of(const struct hal_fp_view *view, bool with_extended)
{
    uint64_t *components = hal_fp_at(view, FP_HEADER_OFFSET);

    if (!components)
        return 0;
    *components = with_extended ? *components & xcr0() : FP_LEGACY_COMPONENTS;
    return *components;
}

/* Mostly memory has the components already that the frame has: what was pushed is popped. */
static status_t pop_fp(struct thread *t, uint64_t at)
{
    struct hal_context *ctx = &t->context;
    struct fp_software sw;
    struct hal_fp_view view;
    uint64_t components = 0;
    bool with_extended;
    status_t st = copy_from_user(&t->user, &sw, at + FP_SOFTWARE_OFFSET, sizeof(sw));

    if (st != OK)
        return st;
    with_extended = extended() && sw.magic1 == FP_MAGIC1 && sw.state_size == hal_fp_size();
    do {
        st = hal_context_fp_widen(ctx, components, &view);
        if (st == OK)
            st = read_pieces(t, at, with_extended ? hal_fp_size() : FP_LEGACY_SIZE, &view);
        components = components_of(&view, with_extended);
    } while (st == OK && components & ~view.components);
    hal_context_fp_written(ctx);
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
