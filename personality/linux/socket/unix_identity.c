/*
 * unix_identity.c - who is at the other end of a connection (SO_PEERCRED and SO_PEERGROUPS of
 * unix(7)).
 */
#include "base/string.h"
#include "hal/ref.h"
#include "mm/slab.h"
#include "personality/linux/process/process.h"
#include "personality/linux/socket/unix_internal.h"

struct unix_identity *unix_identity_new(void)
{
    struct unix_identity *id = kzalloc(sizeof(*id) + sizeof(((struct credentials *)0)->groups));
    struct linux_thread *lt = linux_caller();
    const struct credentials *cred;

    if (!id)
        return NULL;
    atomic_init(&id->refs, 1);
    if (!lt)
        return id;
    SPIN_GUARD(&lt->process->lock);
    cred = &lt->process->cred;
    id->ucred = (struct ucred){.pid = lt->process->pid, .uid = cred->euid, .gid = cred->egid};
    id->group_count = cred->group_count;
    memcpy(id->groups, cred->groups, id->group_count * sizeof(id->groups[0]));
    return id;
}

struct unix_identity *unix_identity_get(struct unix_identity *id)
{
    ref_get(&id->refs);
    return id;
}

void unix_identity_put(struct unix_identity *id)
{
    if (id && ref_put(&id->refs) == 1)
        kfree(id);
}

struct ucred unix_caller_ucred(void)
{
    struct linux_thread *lt = linux_caller();

    if (!lt)
        return (struct ucred){0};
    SPIN_GUARD(&lt->process->lock);
    return (struct ucred){
        .pid = lt->process->pid, .uid = lt->process->cred.uid, .gid = lt->process->cred.gid};
}
