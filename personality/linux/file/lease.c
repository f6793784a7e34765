/*
 * lease.c - leases: taking them, breaking them, waiting for that (fcntl(2), "Leases").
 *
 * All leases of the system are in one list, which is searched: programs hold few.
 *
 * Who opens a file counts himself in inode.opens and then looks for leases; who takes a lease
 * adds it and then looks at the counts. Both orders are sequentially consistent, so one of the
 * two sees the other.
 */
#include "personality/linux/file/lease.h"

#include "hal/time.h"
#include "mm/slab.h"
#include "personality/linux/file/file_owner_internal.h"
#include "personality/linux/sysctl.h"
#include "uapi/linux/fcntl.h"

/* siginfo's si_code and si_band. */
enum { POLL_MSG = 3, MSG_BAND = 0x441 };

struct lease {
    struct list link;         /* of all leases; guarded by leases_lock */
    struct file *file;        /* borrowed: its owner has the lease, and goes first */
    struct inode *inode;      /* borrowed: the file's */
    struct file_owner *owner; /* reference: who is told */
    int fd;
    /* The rest is guarded by leases_lock. */
    int type;                    /* F_RDLCK, F_WRLCK */
    bool unlocking, downgrading; /* he has been told to give it up, or to make less of it */
    time_ns_t unlock_at, downgrade_at; /* then it is taken from him */
};

/* Order: leases_lock -> owner_lock. */
static struct spinlock leases_lock;
static struct list leases = {&leases, &leases}; /* of lease.link; by leases_lock */
static atomic_uint lease_count;                 /* how many are in it */
static struct wait_queue changed = {.waiters = {&changed.waiters, &changed.waiters}};

static void add_locked(struct lease *lease)
{
    list_push_back(&leases, &lease->link);
    atomic_fetch_add_explicit(&lease_count, 1, memory_order_seq_cst);
}

/* False: somebody has taken it out. */
static bool remove_locked(struct lease *lease)
{
    if (list_empty(&lease->link))
        return false;
    list_remove(&lease->link);
    atomic_fetch_sub_explicit(&lease_count, 1, memory_order_seq_cst);
    return true;
}

static struct lease *find_locked(const struct file *file)
{
    list_for_each (it, &leases) {
        struct lease *lease = container_of(it, struct lease, link);

        if (lease->file == file)
            return lease;
    }
    return NULL;
}

/* What he is to come to, once he has been told. */
static int target_of(const struct lease *lease)
{
    if (lease->unlocking)
        return F_UNLCK;
    return lease->downgrading ? F_RDLCK : lease->type;
}

static void set_type_locked(struct lease *lease, int type)
{
    lease->type = type;
    if (type == F_RDLCK)
        lease->downgrading = false;
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
        if (lease->unlocking && lease->unlock_at <= now)
            any |= remove_locked(lease);
        else if (lease->downgrading && lease->downgrade_at <= now) {
            set_type_locked(lease, F_RDLCK);
            any = true;
        }
    }
    return any;
}

static void expire(const struct inode *inode)
{
    bool any;

    {
        SPIN_GUARD(&leases_lock);
        any = expire_locked(inode);
    }
    if (any)
        wait_queue_wake(&changed, UINT32_MAX);
}

static void lease_free(struct lease *lease)
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
        (void)remove_locked(lease);
    }
    wait_queue_wake(&changed, UINT32_MAX);
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
    if (lease->unlocking || (use == LEASE_USE_READ && lease->downgrading))
        return false;
    if (use == LEASE_USE_WRITE) {
        lease->unlocking = true;
        lease->unlock_at = break_deadline();
    } else {
        lease->downgrading = true;
        lease->downgrade_at = break_deadline();
    }
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
    expire(inode);
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
        if (lease->unlocking)
            end = lease->unlock_at;
        if (use == LEASE_USE_READ && lease->downgrading)
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
        expire(f->inode);
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

/* --- taking --- */

static uint32_t count_of(atomic_uint *count)
{
    return atomic_load_explicit(count, memory_order_seq_cst);
}

/* Others that have the file open are in a lease's way: writers in that of any, all in that of
 * one to write. */
static bool is_open_elsewhere(struct file *file, int type)
{
    return type == F_WRLCK ? count_of(&file->inode->opens) > 1
                           : count_of(&file->inode->writers) > 0;
}

/* Leases of others that do not go with a new one. */
static bool conflicts_locked(const struct file *file, int type)
{
    list_for_each (it, &leases) {
        const struct lease *lease = container_of(it, struct lease, link);

        if (lease->inode == file->inode && lease->file != file &&
            (type == F_WRLCK || lease->unlocking))
            return true;
    }
    return false;
}

/* The file's lease is of that type: the one it has, or else `*fresh`, which is consumed. */
static status_t take(struct file *file, int type, struct lease **fresh)
{
    struct lease *lease;
    SPIN_GUARD(&leases_lock);

    if (is_open_elsewhere(file, type) || conflicts_locked(file, type))
        return ERR_SHOULD_WAIT;
    lease = find_locked(file);
    if (lease) {
        set_type_locked(lease, type);
        return OK;
    }
    if (!sysctl_get(SYSCTL_LEASES_ENABLE))
        return ERR_INVALID_ARGS;
    add_locked(*fresh);
    if (is_open_elsewhere(file, type)) {
        (void)remove_locked(*fresh);
        return ERR_SHOULD_WAIT;
    }
    *fresh = NULL;
    return OK;
}

/* `lease` is the owner's now, and what it had goes. If the file has closed meanwhile the owner
 * is nobody's, and the lease ends. */
static void hang(struct file *file, struct file_owner *owner, struct lease *lease)
{
    struct lease *old = lease;

    {
        SPIN_GUARD(&owner_lock);
        if (file->owner == owner) {
            old = owner->lease;
            owner->lease = lease;
        }
    }
    lease_end(old);
}

static status_t take_by(struct syscall *call, struct file *file, int type,
                        struct file_owner *owner)
{
    struct lease *lease = kzalloc(sizeof(*lease)), *fresh = lease;
    status_t st;

    if (!lease)
        return ERR_NO_MEMORY;
    *lease = (struct lease){.file = file,
                            .inode = file->inode,
                            .owner = file_owner_hold(owner),
                            .fd = (int)call->arg[0],
                            .type = type};
    list_init(&lease->link);
    file_owner_default(call, owner, OWNER_PROCESS, linux_process_of(call)->pid);
    st = take(file, type, &fresh);
    if (fresh)
        lease_free(fresh);
    else
        hang(file, owner, lease);
    if (st == OK)
        wait_queue_wake(&changed, UINT32_MAX);
    return st;
}

/* Whose file it is, or who may take a lease on any. */
static status_t check(struct syscall *call, struct file *file)
{
    struct linux_process *lp = linux_process_of(call);
    struct inode_attr attr;

    if (!file->inode)
        return ERR_INVALID_ARGS;
    inode_attr_get(file->inode, &attr);
    SPIN_GUARD(&lp->lock);
    if (lp->cred.fsuid != attr.uid && !credentials_has(&lp->cred, CAP_LEASE))
        return ERR_ACCESS_DENIED;
    return attr.type == INODE_FILE && file->was_opened ? OK : ERR_INVALID_ARGS;
}

/* ERR_SHOULD_WAIT: the file has none. Its signals are for nobody then. */
static status_t give_up(struct file *file)
{
    struct file_owner *owner;
    struct lease *lease;
    bool had = false;
    status_t st = file_owner_of(file, &owner);

    if (st != OK)
        return st;
    {
        SPIN_GUARD(&leases_lock);
        lease = find_locked(file);
        had = lease && remove_locked(lease);
    }
    if (had) {
        hang(file, owner, NULL);
        file_owner_clear(owner);
        wait_queue_wake(&changed, UINT32_MAX);
    }
    file_owner_put(owner);
    return had ? OK : ERR_SHOULD_WAIT;
}

static status_t set(struct syscall *call, struct file *file)
{
    int type = (int)call->arg[2];
    struct file_owner *owner;
    status_t st;

    if (type != F_RDLCK && type != F_WRLCK && type != F_UNLCK)
        return ERR_INVALID_ARGS;
    st = check(call, file);
    if (st != OK)
        return st;
    expire(file->inode);
    if (type == F_UNLCK)
        return give_up(file);
    st = file_owner_of(file, &owner);
    if (st != OK)
        return st;
    st = take_by(call, file, type, owner);
    file_owner_put(owner);
    return st;
}

static int type_now(struct file *file)
{
    const struct lease *lease;

    if (!file->inode)
        return F_UNLCK;
    expire(file->inode);
    SPIN_GUARD(&leases_lock);
    lease = find_locked(file);
    return lease ? target_of(lease) : F_UNLCK;
}

status_t lease_call(struct syscall *call, struct file *file)
{
    if ((int)call->arg[1] == F_SETLEASE)
        return set(call, file);
    call->result = type_now(file);
    return OK;
}
