/*
 * futex.c - waking and moving, as futex(2) has it.
 */
#include "hal/time.h"
#include "personality/linux/futex/futex_internal.h"
#include "personality/linux/time/timespec.h"

status_t futex_wake_plain(const struct futex_key *key, unsigned count, uint32_t bitset,
                          unsigned *woken)
{
    struct futex_wake wake = {.key = *key, .count = count, .bitset = bitset};
    status_t st = futex_wake(&wake);

    *woken = wake.woken;
    return st;
}

unsigned futex_wake_user(struct aspace *as, user_addr_t addr, unsigned count)
{
    struct futex_key key;
    unsigned woken = 0, more = 0;

    if (futex_make_key(as, addr, true, &key) == OK)
        (void)!futex_wake_plain(&key, count, UINT32_MAX, &woken);
    if (woken < count && futex_make_key(as, addr, false, &key) == OK && key.object != as)
        (void)!futex_wake_plain(&key, count - woken, UINT32_MAX, &more);
    return woken + more;
}

status_t futex_deadline(struct syscall *call, user_addr_t addr, bool realtime,
                        time_ns_t *deadline)
{
    status_t st = optional_time_from_user(call, addr, deadline);

    if (st == OK && *deadline != TIME_INFINITE && realtime)
        *deadline = deadline_at_realtime(*deadline);
    return st;
}

status_t futex_requeue_plain(struct syscall *call, bool private, bool compare)
{
    struct futex_requeue rq = {.wake = {.count = (unsigned)call->arg[2], .bitset = UINT32_MAX},
                               .move_max = (unsigned)call->arg[3]};
    struct user_access *ua = &call->thread->user;
    status_t st;

    if ((int32_t)call->arg[2] < 0 || (int32_t)call->arg[3] < 0)
        return ERR_INVALID_ARGS;
    st = futex_make_key(ua->aspace, call->arg[0], private, &rq.wake.key);
    if (st == OK)
        st = futex_make_key(ua->aspace, call->arg[4], private, &rq.to);
    if (st == OK && compare)
        st = futex_compare(ua, call->arg[0], (uint32_t)call->arg[5]);
    if (st == OK)
        st = futex_requeue(&rq);
    call->result = rq.wake.woken + rq.moved;
    return st;
}
