/*
 * sigaction.c - where a handler's frame goes: the stack, or the alternate one (sigaltstack(2)).
 */
#include "personality/linux/signal/sigaction.h"

bool signal_on_altstack(const struct linux_thread *lt, uint64_t sp)
{
    const struct signal_private *s = &lt->signals;

    return !(s->altstack_flags & SS_AUTODISARM) && sp > s->altstack &&
           sp - s->altstack <= s->altstack_size;
}

uint64_t sigframe_stack_top(const struct linux_thread *lt, const struct signal_action *action,
                            uint64_t sp, unsigned red_zone)
{
    if (action->flags & SA_ONSTACK && lt->signals.altstack_size && !signal_on_altstack(lt, sp))
        return lt->signals.altstack + lt->signals.altstack_size;
    return sp - red_zone;
}

void sigframe_note_stack(const struct linux_thread *lt, uint64_t *sp, int32_t *flags,
                         uint64_t *size)
{
    *sp = lt->signals.altstack;
    *size = lt->signals.altstack_size;
    *flags = lt->signals.altstack_size ? (int32_t)lt->signals.altstack_flags : SS_DISABLE;
}

static void set_altstack(struct linux_thread *lt, uint64_t sp, uint32_t flags, uint64_t size)
{
    bool none = (flags & ~SS_AUTODISARM) == SS_DISABLE;

    lt->signals.altstack = none ? 0 : sp;
    lt->signals.altstack_size = none ? 0 : size;
    lt->signals.altstack_flags = none ? SS_DISABLE : flags & SS_AUTODISARM;
}

status_t signal_set_altstack(struct linux_thread *lt, uint64_t sp, int32_t flags, uint64_t size)
{
    uint32_t mode = (uint32_t)flags & ~SS_AUTODISARM;

    if (signal_on_altstack(lt, user_regs_sp(&lt->thread->context.regs)))
        return ERR_NOT_PERMITTED;
    if (mode != 0 && mode != SS_ONSTACK && mode != SS_DISABLE)
        return ERR_INVALID_ARGS;
    if (mode != SS_DISABLE && size < MINSIGSTKSZ)
        return ERR_NO_MEMORY;
    set_altstack(lt, sp, (uint32_t)flags, size);
    return OK;
}

void signal_disarm_altstack(struct linux_thread *lt)
{
    if (lt->signals.altstack_flags & SS_AUTODISARM)
        set_altstack(lt, 0, SS_DISABLE, 0);
}
