/*
 * sigframe.c (riscv64) - the frame of a signal handler on the user stack (struct rt_sigframe of
 * the Linux ABI: asm/ucontext.h, asm/sigcontext.h).
 */
#include "base/string.h"
#include "personality/linux/process/process.h"
#include "personality/linux/signal/sigaction.h"

struct ucontext {
    uint64_t flags, link;
    uint64_t stack_sp;
    int32_t stack_flags, stack_pad;
    uint64_t stack_size;
    uint64_t sigmask;
    uint8_t unused[120];
    uint64_t align;
    uint64_t regs[32];
    uint8_t fp[528]; /* union __riscv_fp_state; the D state comes first */
};

struct frame {
    struct siginfo info;
    struct ucontext uc;
};
_Static_assert(offsetof(struct ucontext, regs) == 176, "sigcontext is 16-aligned");

enum { FP_STATE_SIZE = 32 * 8 + 4 };

status_t sigframe_push(struct linux_thread *lt, const struct signal_action *action,
                       const struct siginfo *info, sigset_t_ old_mask)
{
    struct thread *t = lt->thread;
    struct user_regs *r = &t->context.regs;
    struct frame frame = {.info = *info};
    uint64_t sp =
        ROUND_DOWN(sigframe_stack_top(lt, action, r->x[REG_SP], 0) - sizeof(frame), 16);
    status_t st;

    frame.uc.sigmask = old_mask;
    sigframe_note_stack(lt, &frame.uc.stack_sp, &frame.uc.stack_flags, &frame.uc.stack_size);
    memcpy(frame.uc.regs, r->x, sizeof(frame.uc.regs));
    hal_context_fp_sync(&t->context);
    memcpy(frame.uc.fp, t->context.fp, FP_STATE_SIZE);
    st = copy_to_user(&t->user, sp, &frame, sizeof(frame));
    if (st != OK)
        return st;
    r->x[REG_PC] = action->handler;
    r->x[REG_SP] = sp;
    r->x[REG_RA] = lt->process->layout.sigreturn;
    r->x[REG_A0] = (uint64_t)info->signo;
    r->x[REG_A0 + 1] = sp + offsetof(struct frame, info);
    r->x[REG_A0 + 2] = sp + offsetof(struct frame, uc);
    return OK;
}

status_t sigframe_pop(struct linux_thread *lt, sigset_t_ *mask)
{
    struct thread *t = lt->thread;
    struct frame frame;
    status_t st = copy_from_user(&t->user, &frame, t->context.regs.x[REG_SP], sizeof(frame));

    if (st != OK)
        return st;
    memcpy(t->context.regs.x, frame.uc.regs, sizeof(frame.uc.regs));
    hal_context_fp_sync(&t->context);
    memcpy(t->context.fp, frame.uc.fp, FP_STATE_SIZE);
    hal_context_fp_written(&t->context);
    *mask = frame.uc.sigmask;
    /* A stack that is refused stays as it is, as on Linux. */
    (void)!signal_set_altstack(lt, frame.uc.stack_sp, frame.uc.stack_flags,
                               frame.uc.stack_size);
    return OK;
}

/* struct sigaction here: handler, flags, mask; no restorer. */
struct sigaction_user {
    uint64_t handler, flags, mask;
};

status_t sigaction_read(struct syscall *call, user_addr_t from, struct signal_action *out)
{
    struct sigaction_user sa;
    status_t st = copy_from_user(&call->thread->user, &sa, from, sizeof(sa));

    *out = (struct signal_action){.handler = sa.handler, .flags = sa.flags, .mask = sa.mask};
    return st;
}

status_t sigaction_write(struct syscall *call, user_addr_t to, const struct signal_action *a)
{
    struct sigaction_user sa = {a->handler, a->flags, a->mask};

    return copy_to_user(&call->thread->user, to, &sa, sizeof(sa));
}
