/*
 * sigaction.c - where a handler's frame goes: the stack, or the alternate one (sigaltstack(2)).
 */
#include "personality/linux/signal/sigaction.h"

static bool on_stack(const struct linux_thread *lt, uint64_t sp)
{
    return sp > lt->signals.altstack && sp - lt->signals.altstack <= lt->signals.altstack_size;
}

uint64_t sigframe_stack_top(const struct linux_thread *lt, const struct signal_action *action,
                            uint64_t sp, unsigned red_zone)
{
    if (action->flags & SA_ONSTACK && lt->signals.altstack_size && !on_stack(lt, sp))
        return lt->signals.altstack + lt->signals.altstack_size;
    return sp - red_zone;
}

void sigframe_note_stack(const struct linux_thread *lt, uint64_t *sp, int32_t *flags,
                         uint64_t *size)
{
    *sp = lt->signals.altstack;
    *size = lt->signals.altstack_size;
    *flags = lt->signals.altstack_size ? 0 : 2; /* SS_DISABLE */
}
