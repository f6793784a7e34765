/*
 * file_owner.c - F_SETOWN, F_SETSIG and their relatives: whom a file's signals are for.
 */
#include "hal/ref.h"
#include "mm/slab.h"
#include "personality/linux/file/file_owner_internal.h"
#include "personality/linux/process/pid.h"
#include "uapi/linux/fcntl.h"

struct spinlock owner_lock;

static struct file_owner *owner_create(void)
{
    struct file_owner *owner = kzalloc(sizeof(*owner));

    if (!owner)
        return NULL;
    atomic_init(&owner->refs, 1);
    owner->kind = OWNER_NOBODY;
    return owner;
}

static void let_go(struct linux_process *process, struct thread *thread)
{
    linux_process_put(process);
    if (thread)
        object_put(&thread->object);
}

void file_owner_put(struct file_owner *owner)
{
    if (!owner || ref_put(&owner->refs) != 1)
        return;
    let_go(owner->process, owner->thread);
    kfree(owner);
}

struct file_owner *file_owner_hold(struct file_owner *owner)
{
    ref_get(&owner->refs);
    return owner;
}

/* Under the lock that file_owner_file_closed takes it away under: none is made for a file that
 * has no descriptor any more. */
static status_t attach(struct file *file, struct file_owner **fresh, struct file_owner **out)
{
    SPIN_GUARD(&owner_lock);

    if (!file->owner && !atomic_load_explicit(&file->object.handles, memory_order_acquire))
        return ERR_BAD_FD;
    if (!file->owner) {
        file->owner = *fresh;
        *fresh = NULL;
    }
    *out = file_owner_hold(file->owner);
    return OK;
}

status_t file_owner_of(struct file *file, struct file_owner **out)
{
    struct file_owner *fresh = owner_create();
    status_t st = fresh ? attach(file, &fresh, out) : ERR_NO_MEMORY;

    file_owner_put(fresh);
    return st;
}

/* --- setting --- */

struct target {
    enum owner_kind kind;
    int32_t id;
    struct linux_process *process;
    struct thread *thread;
};

static bool group_exists(int32_t id)
{
    SPIN_GUARD(&family_lock);

    list_for_each (it, pid_all_locked())
        if (container_of(it, struct linux_process, all_link)->pgrp == id)
            return true;
    return false;
}

/* `id` 0: nobody. */
static status_t find_target(enum owner_kind kind, int32_t id, struct target *t)
{
    *t = (struct target){.kind = id ? kind : OWNER_NOBODY, .id = id};
    if (t->kind == OWNER_PROCESS)
        t->process = linux_process_find(id);
    else if (t->kind == OWNER_THREAD)
        t->thread = linux_thread_find(id);
    else
        return t->kind == OWNER_NOBODY || group_exists(id) ? OK : ERR_NO_PROCESS;
    return t->process || t->thread ? OK : ERR_NO_PROCESS;
}

enum set_when { SET_ALWAYS, SET_IF_NOBODY };

/* `t` is consumed. */
static void set_target(struct syscall *call, struct file_owner *owner, struct target *t,
                       enum set_when when)
{
    const struct credentials *c = &linux_process_of(call)->cred;
    struct target old = *t;

    {
        SPIN_GUARD(&owner_lock);
        if (when == SET_ALWAYS || owner->kind == OWNER_NOBODY) {
            old = (struct target){owner->kind, owner->id, owner->process, owner->thread};
            owner->kind = t->kind;
            owner->id = t->id;
            owner->process = t->process;
            owner->thread = t->thread;
            owner->uid = c->uid;
            owner->euid = c->euid;
        }
    }
    let_go(old.process, old.thread);
}

static status_t set(struct syscall *call, struct file *file, enum owner_kind kind, int32_t id)
{
    struct file_owner *owner;
    struct target t;
    status_t st = find_target(kind, id, &t);

    if (st != OK)
        return st;
    st = file_owner_of(file, &owner);
    if (st != OK) {
        let_go(t.process, t.thread);
        return st;
    }
    set_target(call, owner, &t, SET_ALWAYS);
    file_owner_put(owner);
    return OK;
}

void file_owner_default(struct syscall *call, struct file_owner *owner, enum owner_kind kind,
                        int32_t id)
{
    struct target t;

    if (find_target(kind, id, &t) == OK)
        set_target(call, owner, &t, SET_IF_NOBODY);
}

void file_owner_clear(struct file_owner *owner)
{
    struct linux_process *process;
    struct thread *thread;

    {
        SPIN_GUARD(&owner_lock);
        process = owner->process;
        thread = owner->thread;
        owner->kind = OWNER_NOBODY;
        owner->process = NULL;
        owner->thread = NULL;
        owner->signo = 0;
    }
    let_go(process, thread);
}

status_t file_owner_set(struct syscall *call, struct file *file, int32_t id)
{
    if (id == INT32_MIN)
        return ERR_INVALID_ARGS;
    return id < 0 ? set(call, file, OWNER_GROUP, -id) : set(call, file, OWNER_PROCESS, id);
}

/* --- asking --- */

/* Numerically F_OWNER_*; one that is gone is 0. */
struct owner_ex {
    int32_t kind, id;
};

static struct owner_ex owner_now(struct file *file)
{
    struct owner_ex ex = {OWNER_THREAD, 0};
    struct linux_process *process = NULL;

    {
        SPIN_GUARD(&owner_lock);
        if (!file->owner || file->owner->kind == OWNER_NOBODY)
            return ex;
        ex = (struct owner_ex){(int32_t)file->owner->kind, file->owner->id};
        if (file->owner->process)
            process = linux_process_get(file->owner->process);
    }
    if (process && linux_process_reaped(process))
        ex.id = 0;
    linux_process_put(process);
    return ex;
}

int32_t file_owner_get(struct file *file)
{
    struct owner_ex ex = owner_now(file);

    return ex.kind == OWNER_GROUP ? -ex.id : ex.id;
}

static status_t get_ex(struct syscall *call, struct file *file)
{
    struct owner_ex ex = owner_now(file);

    return copy_to_user(&call->thread->user, call->arg[2], &ex, sizeof(ex));
}

static status_t set_ex(struct syscall *call, struct file *file)
{
    struct owner_ex ex;
    status_t st = copy_from_user(&call->thread->user, &ex, call->arg[2], sizeof(ex));

    if (st != OK)
        return st;
    if (ex.kind < OWNER_THREAD || ex.kind > OWNER_GROUP)
        return ERR_INVALID_ARGS;
    return ex.id < 0 ? ERR_NO_PROCESS : set(call, file, (enum owner_kind)ex.kind, ex.id);
}

static status_t set_signal(struct syscall *call, struct file *file)
{
    uint64_t signo = call->arg[2];
    struct file_owner *owner;
    status_t st;

    if (signo > SIGNALS)
        return ERR_INVALID_ARGS;
    st = file_owner_of(file, &owner);
    if (st != OK)
        return st;
    {
        SPIN_GUARD(&owner_lock);
        owner->signo = (int)signo;
    }
    file_owner_put(owner);
    return OK;
}

static int signal_now(struct file *file)
{
    SPIN_GUARD(&owner_lock);

    return file->owner ? file->owner->signo : 0;
}

status_t file_owner_call(struct syscall *call, struct file *file)
{
    switch ((int)call->arg[1]) {
    case F_SETOWN:
        return file_owner_set(call, file, (int32_t)call->arg[2]);
    case F_GETOWN:
        call->result = file_owner_get(file);
        return OK;
    case F_SETOWN_EX:
        return set_ex(call, file);
    case F_GETOWN_EX:
        return get_ex(call, file);
    case F_SETSIG:
        return set_signal(call, file);
    case F_GETSIG:
        call->result = signal_now(file);
        return OK;
    default:
        return ERR_INVALID_ARGS;
    }
}
