/*
 * wait_mask.c - a signal mask for the time of a wait, and the time that is left after it.
 */
#include "personality/linux/poll/wait_mask.h"

#include "hal/time.h"
#include "personality/linux/process/process.h"
#include "personality/linux/signal/signal_internal.h"
#include "personality/linux/time/timespec.h"

status_t wait_mask_begin(struct syscall *call, user_addr_t mask, uint64_t size)
{
    sigset_t_ set;
    status_t st;

    if (!mask)
        return OK;
    if (size != sizeof(set))
        return ERR_INVALID_ARGS;
    st = copy_from_user(&call->thread->user, &set, mask, sizeof(set));
    if (st == OK)
        signal_set_temporary_mask(current_linux(call), set);
    return st;
}

void wait_mask_end(struct syscall *call, status_t st)
{
    struct linux_thread *lt = current_linux(call);
    sigset_t_ saved;

    if (st == ERR_INTERRUPTED)
        return;
    {
        SPIN_GUARD(&lt->process->lock);
        if (!lt->signals.restore_mask)
            return;
        lt->signals.restore_mask = false;
        saved = lt->signals.saved_mask;
    }
    signal_set_mask(lt, saved);
}

status_t wait_time_left(struct syscall *call, user_addr_t to, time_ns_t deadline, status_t st)
{
    struct timespec left;

    if (!to || deadline == TIME_INFINITE || st == ERR_USER_PAGE)
        return st;
    left = timespec_of(MAX(deadline - hal_time_now(), (time_ns_t)0));
    /* "The timeout argument is not written if that faults" (poll(2), NOTES on Linux). */
    (void)!copy_to_user(&call->thread->user, to, &left, sizeof(left));
    return st;
}
