/*
 * poll_wait.c - waiting for any of several files to be ready (poll(2)).
 */
#include "hal/time.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/poll/poll.h"
#include "uapi/linux/poll.h"

status_t poll_set_create(unsigned count, struct poll_set *out)
{
    *out = (struct poll_set){.count = count};
    if (!count)
        return OK;
    out->entries = kzalloc(count * sizeof(*out->entries));
    return out->entries ? OK : ERR_NO_MEMORY;
}

void poll_set_free(struct poll_set *set)
{
    for (unsigned i = 0; set->entries && i < set->count; i++)
        file_put(set->entries[i].file);
    kfree(set->entries);
    *set = (struct poll_set){0};
}

void poll_set_add(struct syscall *call, struct poll_entry *entry, int fd, uint32_t events)
{
    entry->events = events | POLLERR | POLLHUP;
    if (call_fd_get(call, fd, &entry->file) != OK)
        entry->file = NULL;
}

/* Normal data is all the data we know. */
uint32_t poll_file(struct file *file)
{
    uint32_t ready =
        file_poll(file) & (FILE_IN | FILE_PRI | FILE_OUT | FILE_ERR | FILE_HUP | FILE_RDHUP);

    return ready | (ready & FILE_IN ? POLLRDNORM : 0) | (ready & FILE_OUT ? POLLWRNORM : 0);
}

static void look(struct poll_set *set)
{
    set->ready = 0;
    for (unsigned i = 0; i < set->count; i++) {
        struct poll_entry *e = &set->entries[i];

        if (!e->events)
            continue;
        e->ready = e->file ? poll_file(e->file) & e->events : POLLNVAL;
        set->ready += e->ready != 0;
    }
}

/* The signals that make the asked-for bits hold. */
static signals_t wanted(uint32_t events)
{
    return events | (events & POLLRDNORM ? FILE_IN : 0) | (events & POLLWRNORM ? FILE_OUT : 0);
}

static void arm(struct poll_set *set, struct task *task)
{
    for (unsigned i = 0; i < set->count; i++) {
        struct poll_entry *e = &set->entries[i];
        struct object *obj = e->file ? file_poll_object(e->file) : NULL;

        if (!obj)
            continue;
        e->observer = (struct observer){.obj = obj, .want = wanted(e->events)};
        e->armed = true;
        object_observe(&e->observer, task);
    }
}

static void disarm(struct poll_set *set)
{
    for (unsigned i = 0; i < set->count; i++)
        if (set->entries[i].armed) {
            object_unobserve(&set->entries[i].observer);
            set->entries[i].armed = false;
        }
}

static bool any_fired(struct poll_set *set)
{
    for (unsigned i = 0; i < set->count; i++)
        if (set->entries[i].armed && waiter_fired(&set->entries[i].observer.waiter))
            return true;
    return false;
}

/* What fired may hold no longer when it is looked at: then it is waited for again. */
CO_FN(poll_wait)
{
    look(f->set);
    while (!f->set->ready && f->deadline > hal_time_now()) {
        if (task_pending(task))
            CO_RETURN(task_interrupted_status(task));
        arm(f->set, task);
        timer_arm(&f->timer, task, f->deadline);
        CO_WAIT_UNTIL(any_fired(f->set) || timer_fired(&f->timer));
        timer_disarm(&f->timer);
        disarm(f->set);
        look(f->set);
    }
    CO_RETURN(OK);
}
CO_END
