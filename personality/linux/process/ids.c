/*
 * ids.c - who is calling: pids, and user and group ids (credentials(7)).
 */
#include "personality/linux/process/pid.h"
#include "personality/linux/process/process.h"
#include "personality/linux/process/thread_limit.h"

#define UNCHANGED UINT32_MAX

status_t sys_getpid(struct syscall *call)
{
    call->result = linux_process_of(call)->pid;
    return OK;
}

status_t sys_gettid(struct syscall *call)
{
    call->result = current_linux(call)->tid;
    return OK;
}

status_t sys_getppid(struct syscall *call)
{
    SPIN_GUARD(&family_lock);

    call->result = linux_process_of(call)->parent->pid;
    return OK;
}

static const struct credentials *cred_of(struct syscall *call)
{
    return &linux_process_of(call)->cred;
}

status_t sys_getuid(struct syscall *call)
{
    call->result = cred_of(call)->uid;
    return OK;
}

status_t sys_geteuid(struct syscall *call)
{
    call->result = cred_of(call)->euid;
    return OK;
}

status_t sys_getgid(struct syscall *call)
{
    call->result = cred_of(call)->gid;
    return OK;
}

status_t sys_getegid(struct syscall *call)
{
    call->result = cred_of(call)->egid;
    return OK;
}

/* The three ids of one kind, so that user and group calls are one piece of code. */
struct id_set {
    uint32_t *real, *effective, *saved, *fs;
};

static struct id_set user_ids(struct credentials *c)
{
    return (struct id_set){&c->uid, &c->euid, &c->suid, &c->fsuid};
}

static struct id_set group_ids(struct credentials *c)
{
    return (struct id_set){&c->gid, &c->egid, &c->sgid, &c->fsgid};
}

static bool one_of(const struct id_set *ids, uint32_t id)
{
    return id == *ids->real || id == *ids->effective || id == *ids->saved;
}

/* setuid(2): root sets all three, others only the effective one, to one they have. */
static status_t set_id(struct id_set ids, bool privileged, uint32_t id)
{
    if (id == UNCHANGED)
        return ERR_INVALID_ARGS;
    if (!privileged && id != *ids.real && id != *ids.saved)
        return ERR_NOT_PERMITTED;
    if (privileged)
        *ids.real = *ids.saved = id;
    *ids.effective = *ids.fs = id;
    return OK;
}

/* setreuid(2): the saved id follows when the real one is set or the effective becomes new. */
static status_t set_re(struct id_set ids, bool privileged, uint32_t real, uint32_t effective)
{
    uint32_t old_real = *ids.real;

    if (!privileged && ((real != UNCHANGED && real != *ids.real && real != *ids.effective) ||
                        (effective != UNCHANGED && !one_of(&ids, effective))))
        return ERR_NOT_PERMITTED;
    if (real != UNCHANGED)
        *ids.real = real;
    if (effective != UNCHANGED)
        *ids.effective = effective;
    if (real != UNCHANGED || (effective != UNCHANGED && effective != old_real))
        *ids.saved = *ids.effective;
    *ids.fs = *ids.effective;
    return OK;
}

static status_t set_res(struct id_set ids, bool privileged, const uint32_t want[3])
{
    uint32_t *have[3] = {ids.real, ids.effective, ids.saved};

    for (unsigned i = 0; i < 3; i++)
        if (want[i] != UNCHANGED && !privileged && !one_of(&ids, want[i]))
            return ERR_NOT_PERMITTED;
    for (unsigned i = 0; i < 3; i++)
        if (want[i] != UNCHANGED)
            *have[i] = want[i];
    *ids.fs = *ids.effective;
    return OK;
}

/* Another user may have too many processes already (execve(2), EAGAIN). */
static status_t note_uid(struct syscall *call, status_t st)
{
    if (st == OK)
        thread_limit_uid_set(linux_process_of(call));
    return st;
}

static status_t setuid_now(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    struct credentials old;
    status_t st;
    SPIN_GUARD(&lp->lock);

    old = lp->cred;
    st = set_id(user_ids(&lp->cred), credentials_has(&lp->cred, CAP_SETUID),
                (uint32_t)call->arg[0]);
    if (st == OK)
        credentials_follow_ids(&lp->cred, &old);
    return st;
}

status_t sys_setuid(struct syscall *call)
{
    return note_uid(call, setuid_now(call));
}

status_t sys_setgid(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&lp->lock);

    return set_id(group_ids(&lp->cred), credentials_has(&lp->cred, CAP_SETGID),
                  (uint32_t)call->arg[0]);
}

static status_t setreuid_now(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    struct credentials old;
    status_t st;
    SPIN_GUARD(&lp->lock);

    old = lp->cred;
    st = set_re(user_ids(&lp->cred), credentials_has(&lp->cred, CAP_SETUID),
                (uint32_t)call->arg[0], (uint32_t)call->arg[1]);
    if (st == OK)
        credentials_follow_ids(&lp->cred, &old);
    return st;
}

status_t sys_setreuid(struct syscall *call)
{
    return note_uid(call, setreuid_now(call));
}

status_t sys_setregid(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&lp->lock);

    return set_re(group_ids(&lp->cred), credentials_has(&lp->cred, CAP_SETGID),
                  (uint32_t)call->arg[0], (uint32_t)call->arg[1]);
}

static status_t setresuid_now(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    struct credentials old;
    status_t st;
    const uint32_t want[3] = {(uint32_t)call->arg[0], (uint32_t)call->arg[1],
                              (uint32_t)call->arg[2]};
    SPIN_GUARD(&lp->lock);

    old = lp->cred;
    st = set_res(user_ids(&lp->cred), credentials_has(&lp->cred, CAP_SETUID), want);
    if (st == OK)
        credentials_follow_ids(&lp->cred, &old);
    return st;
}

status_t sys_setresuid(struct syscall *call)
{
    return note_uid(call, setresuid_now(call));
}

status_t sys_setresgid(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    const uint32_t want[3] = {(uint32_t)call->arg[0], (uint32_t)call->arg[1],
                              (uint32_t)call->arg[2]};
    SPIN_GUARD(&lp->lock);

    return set_res(group_ids(&lp->cred), credentials_has(&lp->cred, CAP_SETGID), want);
}

static status_t put_three(struct syscall *call, const uint32_t values[3])
{
    status_t st = OK;

    for (unsigned i = 0; st == OK && i < 3; i++)
        st = copy_to_user(&call->thread->user, call->arg[i], &values[i], sizeof(values[i]));
    return st;
}

status_t sys_getresuid(struct syscall *call)
{
    const struct credentials *c = cred_of(call);

    return put_three(call, (const uint32_t[3]){c->uid, c->euid, c->suid});
}

status_t sys_getresgid(struct syscall *call)
{
    const struct credentials *c = cred_of(call);

    return put_three(call, (const uint32_t[3]){c->gid, c->egid, c->sgid});
}

/* setfsuid(2) answers the old value, whether it changed or not. */
static void set_fs_id(struct syscall *call, struct id_set ids, bool privileged)
{
    uint32_t id = (uint32_t)call->arg[0];

    call->result = *ids.fs;
    if (id != UNCHANGED && (privileged || one_of(&ids, id) || id == *ids.fs))
        *ids.fs = id;
}

status_t sys_setfsuid(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    struct credentials old;
    SPIN_GUARD(&lp->lock);

    old = lp->cred;
    set_fs_id(call, user_ids(&lp->cred), credentials_has(&lp->cred, CAP_SETUID));
    credentials_follow_ids(&lp->cred, &old);
    return OK;
}

status_t sys_setfsgid(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    SPIN_GUARD(&lp->lock);

    set_fs_id(call, group_ids(&lp->cred), credentials_has(&lp->cred, CAP_SETGID));
    return OK;
}

status_t sys_getgroups(struct syscall *call)
{
    const struct credentials *c = cred_of(call);
    int32_t size = (int32_t)call->arg[0];

    call->result = c->group_count;
    if (size == 0)
        return OK;
    if (size < 0 || (uint32_t)size < c->group_count)
        return ERR_INVALID_ARGS;
    return copy_to_user(&call->thread->user, call->arg[1], c->groups, c->group_count * 4);
}

status_t sys_setgroups(struct syscall *call)
{
    struct linux_process *lp = linux_process_of(call);
    uint32_t groups[GROUPS_MAX], count = (uint32_t)call->arg[0];
    status_t st;

    if (!credentials_has(&lp->cred, CAP_SETGID))
        return ERR_NOT_PERMITTED;
    if (count > GROUPS_MAX)
        return ERR_INVALID_ARGS;
    st = copy_from_user(&call->thread->user, groups, call->arg[1], count * 4);
    if (st != OK)
        return st;

    SPIN_GUARD(&lp->lock);
    lp->cred.group_count = count;
    for (uint32_t i = 0; i < count; i++)
        lp->cred.groups[i] = groups[i];
    return OK;
}
