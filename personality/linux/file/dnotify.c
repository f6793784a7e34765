/*
 * dnotify.c - F_NOTIFY: a signal to a directory's owner when something happens in it (fcntl(2),
 * "File and directory change notification").
 */
#include "mm/slab.h"
#include "personality/linux/file/file_owner_internal.h"
#include "uapi/linux/fcntl.h"

/* siginfo's si_code and si_band. */
enum { POLL_MSG = 3, MSG_BAND = 0x441 };

struct dir_mark {
    struct notify_mark mark;
    struct file_owner *owner; /* reference */
    int fd;
    bool once;
};

static uint32_t events_of(uint32_t dn)
{
    return (dn & DN_ACCESS ? NOTIFY_ACCESS : 0u) | (dn & DN_MODIFY ? NOTIFY_MODIFY : 0u) |
           (dn & DN_CREATE ? NOTIFY_CREATE | NOTIFY_MOVED_TO : 0u) |
           (dn & DN_DELETE ? NOTIFY_DELETE | NOTIFY_MOVED_FROM : 0u) |
           (dn & DN_RENAME ? NOTIFY_RENAME : 0u) | (dn & DN_ATTRIB ? NOTIFY_ATTRIB : 0u);
}

/* The list's reference goes with the mark's place on it. */
static bool detach(struct notify_mark *mark)
{
    if (!notify_detach(mark))
        return false;
    notify_mark_put(mark);
    return true;
}

static void tell(struct notify_mark *mark, const struct notify_event *event)
{
    struct dir_mark *dm = container_of(mark, struct dir_mark, mark);

    if (event->what & NOTIFY_DELETE_SELF || (dm->once && !detach(mark)))
        return;
    file_owner_tell(dm->owner, dm->fd, POLL_MSG, MSG_BAND);
}

static void free_mark(struct notify_mark *mark)
{
    struct dir_mark *dm = container_of(mark, struct dir_mark, mark);

    file_owner_put(dm->owner);
    kfree(dm);
}

void file_notify_end(struct notify_mark *mark)
{
    if (!mark)
        return;
    (void)detach(mark);
    notify_mark_put(mark);
}

/* `mark` (NULL: none) is the owner's now; what it had ends. If the file has closed meanwhile
 * the owner is nobody's, and the mark ends. */
static void replace(struct file *file, struct file_owner *owner, struct notify_mark *mark)
{
    struct notify_mark *old = mark;

    {
        SPIN_GUARD(&owner_lock);
        if (file->owner == owner) {
            old = owner->mark;
            owner->mark = mark;
        }
    }
    file_notify_end(old);
}

/* What is watched already still is. */
static uint32_t watched(struct file_owner *owner)
{
    SPIN_GUARD(&owner_lock);

    return owner->mark && !list_empty(&owner->mark->link) ? notify_mask(owner->mark) : 0;
}

static status_t watch(struct syscall *call, struct file *file, struct file_owner *owner)
{
    uint32_t dn = (uint32_t)call->arg[2];
    struct dir_mark *dm = kzalloc(sizeof(*dm));

    if (!dm)
        return ERR_NO_MEMORY;
    file_owner_default(call, owner, OWNER_PROCESS, linux_process_of(call)->pid);
    dm->owner = file_owner_hold(owner);
    dm->fd = (int)call->arg[0];
    dm->once = !(dn & DN_MULTISHOT);
    dm->mark.tell = tell;
    dm->mark.free = free_mark;
    dm->mark.mask = events_of(dn) | watched(owner);
    notify_attach(&dm->mark, file->inode);
    replace(file, owner, &dm->mark);
    return OK;
}

status_t file_notify_call(struct syscall *call, struct file *file)
{
    struct file_owner *owner;
    status_t st;

    if (!events_of((uint32_t)call->arg[2])) {
        if (file_owner_of(file, &owner) == OK) {
            replace(file, owner, NULL);
            file_owner_put(owner);
        }
        return OK;
    }
    if (!file->inode || file->inode->attr.type != INODE_DIR)
        return ERR_NOT_DIR;
    st = file_owner_of(file, &owner);
    if (st != OK)
        return st;
    st = watch(call, file, owner);
    file_owner_put(owner);
    return st;
}
