/*
 * poll_wait.c - waiting for any of several files to be ready (poll(2)).
 */
#include "hal/time.h"
#include "mm/slab.h"
#include "personality/linux/file/fd.h"
#include "personality/linux/poll/poll.h"
#include "uapi/linux/poll.h"

static unsigned chunk_count(const struct poll_set *set)
{
    return (set->count + POLL_CHUNK - 1) / POLL_CHUNK;
}

status_t poll_set_create(unsigned count, struct poll_set *out)
{
    *out = (struct poll_set){.count = count};
    if (!count)
        return OK;
    out->chunks = kzalloc(chunk_count(out) * sizeof(out->chunks[0]));
    for (unsigned i = 0; out->chunks && i < chunk_count(out); i++) {
        unsigned entries = MIN(count - i * POLL_CHUNK, (unsigned)POLL_CHUNK);

        out->chunks[i] = kzalloc(entries * sizeof(out->chunks[i][0]));
        if (!out->chunks[i])
            poll_set_free(out);
    }
    return out->chunks ? OK : ERR_NO_MEMORY;
}

void poll_set_free(struct poll_set *set)
{
    for (unsigned i = 0; set->chunks && i < set->count && set->chunks[i / POLL_CHUNK]; i++)
        file_put(poll_set_entry(set, i)->file);
    for (unsigned i = 0; set->chunks && i < chunk_count(set); i++)
        kfree(set->chunks[i]);
    kfree(set->chunks);
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
        struct poll_entry *e = poll_set_entry(set, i);

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
        struct poll_entry *e = poll_set_entry(set, i);
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
    for (unsigned i = 0; i < set->count; i++) {
        struct poll_entry *e = poll_set_entry(set, i);

        if (e->armed)
            object_unobserve(&e->observer);
        e->armed = false;
    }
}

static bool any_fired(struct poll_set *set)
{
    for (unsigned i = 0; i < set->count; i++) {
        struct poll_entry *e = poll_set_entry(set, i);

        if (e->armed && waiter_fired(&e->observer.waiter))
            return true;
    }
    return false;
}

/* What fired may hold no longer when it is looked at: then it is waited for again. */
CO_FN(poll_wait)
{
    look(f->set);
    while (!f->set->ready && !time_has_come(f->deadline)) {
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
