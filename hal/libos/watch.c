/*
 * watch.c - interests in host descriptors.
 *
 * A slot is FREE, ARMED (the I/O thread polls it), FIRED (to be served), SERVING (`ready`
 * runs): FREE -> ARMED by hal_host_watch, -> FIRED by the I/O thread, -> SERVING -> FREE by a
 * CPU; ARMED or FIRED -> FREE by hal_host_unwatch, which waits while SERVING.
 */
#include "hal/libos/watch.h"

#include "base/status.h"
#include "hal/host.h"
#include "hal/libos/host_lock.h"
#include "hal/libos/io.h"

enum watch_state { WATCH_FREE, WATCH_ARMED, WATCH_FIRED, WATCH_SERVING };

struct watch_slot {
    enum watch_state state;
    struct hal_host_watch *watch;
};

static struct spinlock watch_lock;
static struct watch_slot slots[WATCH_MAX]; /* guarded by watch_lock */

status_t hal_host_watch(struct hal_host_watch *watch)
{
    unsigned i = 0;

    {
        HOST_GUARD(&watch_lock);
        while (i < WATCH_MAX && slots[i].state != WATCH_FREE)
            i++;
        if (i == WATCH_MAX)
            return ERR_NO_RESOURCES;
        slots[i] = (struct watch_slot){WATCH_ARMED, watch};
        watch->slot = i;
    }
    io_ring();
    return OK;
}

/* True when it is certain that `ready` does not run and will not. */
static bool try_unwatch(struct hal_host_watch *watch)
{
    struct watch_slot *slot = &slots[watch->slot];

    HOST_GUARD(&watch_lock);
    if (slot->state == WATCH_FREE || slot->watch != watch)
        return true;
    if (slot->state == WATCH_SERVING)
        return false;
    slot->state = WATCH_FREE;
    return true;
}

void hal_host_unwatch(struct hal_host_watch *watch)
{
    for (unsigned tries = 0; !try_unwatch(watch); tries++)
        hal_cpu_relax(tries);
}

unsigned watch_collect(struct linux_pollfd *fds, uint8_t *collected)
{
    unsigned count = 0;

    HOST_GUARD(&watch_lock);
    for (unsigned i = 0; i < WATCH_MAX; i++) {
        if (slots[i].state != WATCH_ARMED)
            continue;
        fds[count] =
            (struct linux_pollfd){slots[i].watch->fd, (int16_t)slots[i].watch->events, 0};
        collected[count++] = (uint8_t)i;
    }
    return count;
}

bool watch_fire(unsigned i, int fd)
{
    /* Another watch may have taken the slot since: a spurious `ready` is harmless, but not one
     * for another descriptor's sake. */
    HOST_GUARD(&watch_lock);
    if (slots[i].state != WATCH_ARMED || slots[i].watch->fd != fd)
        return false;
    slots[i].state = WATCH_FIRED;
    return true;
}

static struct hal_host_watch *take_fired(unsigned i)
{
    HOST_GUARD(&watch_lock);
    if (slots[i].state != WATCH_FIRED)
        return NULL;
    slots[i].state = WATCH_SERVING;
    return slots[i].watch;
}

void watch_serve(void)
{
    for (unsigned i = 0; i < WATCH_MAX; i++) {
        struct hal_host_watch *watch = take_fired(i);

        if (!watch)
            continue;
        watch->ready(watch);
        HOST_GUARD(&watch_lock);
        slots[i].state = WATCH_FREE;
    }
}
