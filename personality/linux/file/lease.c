/*
 * lease.c - leases of files: which there are, breaking them, waiting for that (fcntl(2),
 * "Leases").
 *
 * Who opens a file counts himself in inode.opens and then looks for leases; who takes a lease
 * adds it and then looks at the counts. Both orders are sequentially consistent, so one of the
 * two sees the other.
 */
#include "personality/linux/file/lease_internal.h"

#include "hal/time.h"
#include "mm/slab.h"
#include "personality/linux/sysctl.h"
#include "uapi/linux/fcntl.h"

/* siginfo's si_code and si_band. */
enum { POLL_MSG = 3, MSG_BAND = 0x441 };

struct spinlock leases_lock;
struct list leases = {&leases, &leases};
static atomic_uint lease_count; /* how many are in it */
static struct wait_queue changed = {.waiters = {&changed.waiters, &changed.waiters}};

void lease_changed(void)
{
    wait_queue_wake(&changed, UINT32_MAX);
}

void lease_add_locked(struct lease *lease)
{
    list_push_back(&leases, &lease->link);
    atomic_fetch_add_explicit(&lease_count, 1, memory_order_seq_cst);
}

bool lease_remove_locked(struct lease *lease)
{
    if (list_empty(&lease->link))
        return false;
    list_remove(&lease->link);
    atomic_fetch_sub_explicit(&lease_count, 1, memory_order_seq_cst);
    return true;
}

void lease_set_type_locked(struct lease *lease, int type)
{
    lease->type = type;
    if (type == F_RDLCK)
        lease->downgrade_at = 0;
}

static bool is_over(time_ns_t at, time_ns_t now)
{
    return at && at <= now;
}

/* Those whose time is up. One that is removed stays with its owner, to no effect. True:
 * somebody may go on. */
static bool expire_locked(const struct inode *inode)
{
    time_ns_t now = hal_time_now();
    bool any = false;

    list_for_each_safe (it, &leases) {
        struct lease *lease = container_of(it, struct lease, link);

        if (lease->inode != inode)
            continue;
        if (is_over(lease->unlock_at, now))
            any |= lease_remove_locked(lease);
        else if (is_over(lease->downgrade_at, now)) {
            lease_set_type_locked(lease, F_RDLCK);
            any = true;
        }
    }
    return any;
}

void lease_expire(const struct inode *inode)
{
    bool any;

    {
        SPIN_GUARD(&leases_lock);
        any = expire_locked(inode);
    }
    if (any)
        lease_changed();
}

void lease_free(struct lease *lease)
{
    if (!lease)
        return;
    file_owner_put(lease->owner);
    kfree(lease);
}

void lease_end(struct lease *lease)
{
    if (!lease)
        return;
    {
        SPIN_GUARD(&leases_lock);
        (void)lease_remove_locked(lease);
    }
    lease_changed();
    lease_free(lease);
}

/* --- breaking --- */

static bool in_the_way(const struct lease *lease, const struct inode *inode, enum lease_use use)
{
    return lease->inode == inode && (use == LEASE_USE_WRITE || lease->type == F_WRLCK);
}

static time_ns_t break_deadline(void)
{
    uint64_t seconds = sysctl_get(SYSCTL_LEASE_BREAK_TIME);

    return seconds ? hal_time_now() + (time_ns_t)seconds * NS_PER_SEC : TIME_INFINITE;
}

/* He is told from now on. False: he was before. */
static bool note_told_locked(struct lease *lease, enum lease_use use)
{
    time_ns_t *at = use == LEASE_USE_WRITE ? &lease->unlock_at : &lease->downgrade_at;

    if (lease->unlock_at || *at)
        return false;
    *at = break_deadline();
    return true;
}

/* One who has to be told: a reference, and by which descriptor; NULL: no more. `*blocked`:
 * leases are in the way. */
static struct file_owner *next_to_tell(const struct inode *inode, enum lease_use use, int *fd,
                                       bool *blocked)
{
    SPIN_GUARD(&leases_lock);

    *blocked = false;
    list_for_each (it, &leases) {
        struct lease *lease = container_of(it, struct lease, link);

        if (!in_the_way(lease, inode, use))
            continue;
        *blocked = true;
        if (!note_told_locked(lease, use))
            continue;
        *fd = lease->fd;
        return file_owner_hold(lease->owner);
    }
    return NULL;
}

status_t lease_break(struct inode *inode, enum lease_use use)
{
    struct file_owner *owner;
    bool blocked = false;
    int fd;

    if (!atomic_load_explicit(&lease_count, memory_order_seq_cst))
        return OK;
    lease_expire(inode);
    while ((owner = next_to_tell(inode, use, &fd, &blocked))) {
        file_owner_tell(owner, fd, POLL_MSG, MSG_BAND);
        file_owner_put(owner);
    }
    return blocked ? ERR_SHOULD_WAIT : OK;
}

/* Until when the first that is in the way may be; 0: none is. */
static time_ns_t blocked_until(const struct inode *inode, enum lease_use use)
{
    time_ns_t until = 0;
    SPIN_GUARD(&leases_lock);

    list_for_each (it, &leases) {
        const struct lease *lease = container_of(it, struct lease, link);
        time_ns_t end = TIME_INFINITE;

        if (!in_the_way(lease, inode, use))
            continue;
        if (lease->unlock_at)
            end = lease->unlock_at;
        if (use == LEASE_USE_READ && lease->downgrade_at)
            end = MIN(end, lease->downgrade_at);
        until = until ? MIN(until, end) : end;
    }
    return until;
}

CO_FN(lease_wait)
{
    time_ns_t until;

    for (;;) {
        /* Armed before the look: what is given up between the two is not missed. */
        wait_queue_arm(&changed, &f->waiter, task);
        lease_expire(f->inode);
        until = blocked_until(f->inode, f->use);
        if (until && !task_pending(task)) {
            timer_arm(&f->timer, task, until);
            CO_WAIT_UNTIL(waiter_fired(&f->waiter) || timer_fired(&f->timer));
            timer_disarm(&f->timer);
            until = TIME_INFINITE;
        }
        wait_queue_disarm(&changed, &f->waiter);
        if (!until)
            CO_RETURN(OK);
        if (task_pending(task))
            CO_RETURN(task_interrupted_status(task));
    }
}
CO_END
