/*
 * futex_robust.c - what a thread leaves behind when it ends: robust locks and its tid word
 * (set_robust_list(2), set_tid_address(2)).
 */
#include "personality/linux/futex/futex_internal.h"

/* One lock of the robust list, at `entry` + `offset`: if it is ours, its owner is marked dead
 * and one waiter woken; those of a PI lock, which bit 0 of the entry tells, are woken later. */
static void robust_release(struct linux_thread *lt, struct user_access *ua, uint64_t entry,
                           int64_t offset)
{
    user_addr_t word = (entry & ~1ull) + (uint64_t)offset;
    uint32_t value, seen;

    if (user_load_u32(ua, word, &value) != OK || (value & FUTEX_TID_MASK) != (uint32_t)lt->tid)
        return;
    do {
        seen = value;
        if (user_cmpxchg_u32(ua, word, seen, (seen & FUTEX_WAITERS) | FUTEX_OWNER_DIED,
                             &value) != OK)
            return;
    } while (value != seen);
    if (seen & FUTEX_WAITERS && !(entry & 1))
        futex_wake_user(ua->aspace, word, 1);
}

/* set_robust_list(2): a circular list in user memory, not to be trusted, hence the bound. */
static void robust_walk(struct linux_thread *lt, struct user_access *ua)
{
    struct {
        uint64_t next;
        int64_t offset;
        uint64_t pending;
    } head;
    uint64_t entry;

    if (!lt->robust_list || copy_from_user(ua, &head, lt->robust_list, sizeof(head)) != OK)
        return;
    entry = head.next;
    for (unsigned i = 0; i < 2048 && (entry & ~1ull) != lt->robust_list; i++) {
        uint64_t next;

        if (copy_from_user(ua, &next, entry & ~1ull, sizeof(next)) != OK)
            return;
        if (entry != head.pending)
            robust_release(lt, ua, entry, head.offset);
        entry = next;
    }
    if (head.pending)
        robust_release(lt, ua, head.pending, head.offset);
}

void futex_thread_exit(struct linux_thread *lt)
{
    struct user_access ua = lt->thread->user;
    uint32_t zero = 0;

    robust_walk(lt, &ua);
    futex_orphan_waiters(lt);
    if (!lt->clear_child_tid)
        return;
    if (copy_to_user(&ua, lt->clear_child_tid, &zero, sizeof(zero)) == OK)
        futex_wake_user(ua.aspace, lt->clear_child_tid, 1);
}
