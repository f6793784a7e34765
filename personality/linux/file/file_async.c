/*
 * file_async.c - O_ASYNC: a signal when a file becomes ready (fcntl(2), "Signal-driven I/O").
 */
#include "hal/time.h"
#include "personality/linux/file/file_owner_internal.h"
#include "personality/linux/file/lease.h"
#include "personality/linux/tty/tty.h"

/* siginfo's si_code of SIGIO (sigaction(2)), and the bits of poll that say the same. */
enum { POLL_IN = 1, POLL_OUT, POLL_MSG, POLL_ERR, POLL_PRI, POLL_HUP };
enum { TELLS = FILE_IN | FILE_PRI | FILE_OUT | FILE_ERR | FILE_HUP };

static const struct {
    uint32_t bits;
    int code;
    uint32_t band;
} reasons[] = {
    {FILE_HUP, POLL_HUP, 0x18}, {FILE_ERR, POLL_ERR, 0x8},   {FILE_PRI, POLL_PRI, 0x82},
    {FILE_IN, POLL_IN, 0x41},   {FILE_OUT, POLL_OUT, 0x304},
};

/* --- sending --- */

struct addressee {
    enum owner_kind kind;
    int32_t id;
    struct linux_process *process;
    struct thread *thread;
    uint32_t uid, euid;
    int signo;
};

/* With references of its own. */
static struct addressee addressee_of(struct file_owner *owner)
{
    SPIN_GUARD(&owner_lock);
    struct addressee a = {
        .kind = owner->kind,
        .id = owner->id,
        .process = owner->process ? linux_process_get(owner->process) : NULL,
        .thread = owner->thread,
        .uid = owner->uid,
        .euid = owner->euid,
        .signo = owner->signo,
    };

    if (a.thread)
        object_get(&a.thread->object);
    return a;
}

/* As kill would ask of who set the owner. */
static bool permitted(const struct addressee *a, const struct linux_process *to)
{
    const struct credentials *c = &to->cred;

    return !a->euid || a->euid == c->suid || a->euid == c->uid || a->uid == c->suid ||
           a->uid == c->uid;
}

static status_t send(struct linux_process *to, struct thread *only, const struct siginfo *info)
{
    return only ? signal_send_thread(only->linux_, info) : signal_send(to, info);
}

/* One that cannot be queued becomes a SIGIO. */
static void tell_one(const struct addressee *a, struct linux_process *to, struct thread *only,
                     const struct siginfo *info)
{
    const struct siginfo plain = {.signo = SIGIO, .code = SI_KERNEL};

    if (!to->process || !permitted(a, to))
        return;
    if (!a->signo || send(to, only, info) != OK)
        (void)!send(to, only, &plain);
}

static void tell_group(const struct addressee *a, const struct siginfo *info)
{
    struct linux_processes members;

    if (linux_processes_of_group(a->id, &members) != OK)
        return;
    for (unsigned i = 0; i < members.count; i++)
        tell_one(a, members.members[i], NULL, info);
    linux_processes_free(&members);
}

void file_owner_tell(struct file_owner *owner, int fd, int code, uint32_t band)
{
    struct addressee a = addressee_of(owner);
    struct siginfo info = {.signo = a.signo, .code = code, .poll = {band, fd}};

    if (a.kind == OWNER_GROUP)
        tell_group(&a, &info);
    else if (a.process)
        tell_one(&a, a.process, NULL, &info);
    else if (a.thread)
        tell_one(&a, a.thread->linux_->process, a.thread, &info);
    linux_process_put(a.process);
    if (a.thread)
        object_put(&a.thread->object);
}

/* --- noticing --- */

static bool still_tells(struct file_owner *owner, int *fd)
{
    SPIN_GUARD(&owner_lock);

    *fd = owner->fd;
    return owner->tells;
}

static void expired(struct timer *timer)
{
    struct file_owner *owner = container_of(timer, struct file_owner, timer);
    uint32_t band;
    int fd;

    /* What comes from here on arms it again. */
    atomic_store_explicit(&owner->armed, 0, memory_order_release);
    band = atomic_exchange_explicit(&owner->band, 0, memory_order_acq_rel);
    for (size_t i = 0; i < countof(reasons) && still_tells(owner, &fd); i++)
        if (band & reasons[i].bits) {
            file_owner_tell(owner, fd, reasons[i].code, reasons[i].band);
            break;
        }
    file_owner_put(owner);
}

/* The file's signals changed; its lock is held. */
static void noticed(struct observer *ob)
{
    struct file_owner *owner = container_of(ob, struct file_owner, observer);

    atomic_fetch_or_explicit(&owner->band, ob->seen & TELLS, memory_order_acq_rel);
    if (atomic_exchange_explicit(&owner->armed, 1, memory_order_acq_rel))
        return;
    (void)file_owner_hold(owner);
    timer_arm_callback(&owner->timer, expired, hal_time_now());
}

bool file_can_tell(struct file *file)
{
    return file->ops->tells && file_poll_object(file);
}

bool file_tells(struct file *file)
{
    SPIN_GUARD(&owner_lock);

    return file->owner && file->owner->tells;
}

/* Only changes count, not what is there already. Caller holds owner_lock. */
static void start_locked(struct file *file, struct file_owner *owner)
{
    owner->tells = true;
    owner->observer = (struct observer){.obj = file_poll_object(file),
                                        .want = TELLS,
                                        .notify = noticed,
                                        .persistent = true,
                                        .edge = true};
    object_observe(&owner->observer, NULL);
}

static void stop_locked(struct file_owner *owner)
{
    if (!owner->tells)
        return;
    object_unobserve(&owner->observer);
    owner->tells = false;
}

static void own_terminal(struct syscall *call, struct tty *tty, struct file_owner *owner)
{
    int32_t group;

    {
        SPIN_GUARD(&family_lock);
        group = tty->pgrp;
    }
    if (group)
        file_owner_default(call, owner, OWNER_GROUP, group);
    else
        file_owner_default(call, owner, OWNER_PROCESS, linux_process_of(call)->pid);
}

status_t file_set_tells(struct syscall *call, struct file *file, int fd, bool on)
{
    struct file_owner *owner;
    status_t st = file_owner_of(file, &owner);

    if (st != OK)
        return st;
    if (on && tty_of_file(file))
        own_terminal(call, tty_of_file(file), owner);
    {
        SPIN_GUARD(&owner_lock);
        if (!on)
            stop_locked(owner);
        else if (!owner->tells)
            start_locked(file, owner);
        owner->fd = fd;
    }
    file_owner_put(owner);
    return OK;
}

void file_owner_file_closed(struct file *file)
{
    struct notify_mark *mark;
    struct file_owner *owner;
    struct lease *lease;

    {
        SPIN_GUARD(&owner_lock);
        owner = file->owner;
        if (!owner)
            return;
        file->owner = NULL;
        stop_locked(owner);
        mark = owner->mark;
        owner->mark = NULL;
        lease = owner->lease;
        owner->lease = NULL;
    }
    lease_end(lease);
    file_notify_end(mark);
    file_owner_put(owner);
}
