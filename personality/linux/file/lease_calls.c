/*
 * lease_calls.c - F_SETLEASE and F_GETLEASE (fcntl(2), "Leases"): taking a lease, making
 * another type of it, giving it up.
 */
#include "mm/slab.h"
#include "personality/linux/file/lease_internal.h"
#include "personality/linux/sysctl.h"
#include "uapi/linux/fcntl.h"

static struct lease *find_locked(const struct file *file)
{
    list_for_each (it, &leases) {
        struct lease *lease = container_of(it, struct lease, link);

        if (lease->file == file)
            return lease;
    }
    return NULL;
}

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
            (type == F_WRLCK || lease->unlock_at))
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
        lease_set_type_locked(lease, type);
        return OK;
    }
    if (!sysctl_get(SYSCTL_LEASES_ENABLE))
        return ERR_INVALID_ARGS;
    lease_add_locked(*fresh);
    if (is_open_elsewhere(file, type)) {
        (void)lease_remove_locked(*fresh);
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
        lease_changed();
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

    {
        SPIN_GUARD(&leases_lock);
        lease = find_locked(file);
        if (!lease)
            return ERR_SHOULD_WAIT;
        (void)lease_remove_locked(lease);
        owner = file_owner_hold(lease->owner);
    }
    hang(file, owner, NULL);
    file_owner_clear(owner);
    lease_changed();
    file_owner_put(owner);
    return OK;
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
    lease_expire(file->inode);
    if (type == F_UNLCK)
        return give_up(file);
    st = file_owner_of(file, &owner);
    if (st != OK)
        return st;
    st = take_by(call, file, type, owner);
    file_owner_put(owner);
    return st;
}

/* What he is to come to, once he has been told. */
static int target_of(const struct lease *lease)
{
    if (lease->unlock_at)
        return F_UNLCK;
    return lease->downgrade_at ? F_RDLCK : lease->type;
}

static int type_now(struct file *file)
{
    const struct lease *lease;

    if (!file->inode)
        return F_UNLCK;
    lease_expire(file->inode);
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
