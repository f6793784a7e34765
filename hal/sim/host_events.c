/*
 * host_events.c - readiness of host descriptors, and signals that the launcher hands on.
 */
#include <poll.h>

#include "base/status.h"
#include "hal/host.h"
#include "hal/sim/sim_internal.h"

#define WATCHES 16u

static struct hal_host_watch *watches[WATCHES]; /* by slot */
static void (*signal_handler)(uint64_t signals);
static uint64_t signals_waiting;

unsigned hal_host_poll(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};

    return poll(&p, 1, 0) > 0 ? (unsigned)p.revents & (POLLIN | POLLOUT | POLLERR | POLLHUP)
                              : 0;
}

status_t hal_host_watch(struct hal_host_watch *watch)
{
    for (unsigned i = 0; i < WATCHES; i++)
        if (!watches[i]) {
            watches[i] = watch;
            watch->slot = i;
            return OK;
        }
    return ERR_NO_RESOURCES;
}

/* One host thread, so `ready` does not run now. */
void hal_host_unwatch(struct hal_host_watch *watch)
{
    if (watches[watch->slot] == watch)
        watches[watch->slot] = NULL;
}

static bool is_ready(const struct hal_host_watch *watch)
{
    return watch && hal_host_poll(watch->fd) & (watch->events | POLLERR | POLLHUP);
}

bool sim_host_look(void)
{
    for (unsigned i = 0; i < WATCHES; i++)
        if (is_ready(watches[i])) {
            sim_raise(&sim.cpus[0], HAL_PENDING_DEVICE);
            return true;
        }
    return false;
}

void hal_host_set_signal_handler(void (*handler)(uint64_t signals))
{
    signal_handler = handler;
}

void sim_host_signals(uint64_t signals)
{
    signals_waiting |= signals;
    sim_raise(&sim.cpus[0], HAL_PENDING_DEVICE);
}

void sim_host_serve(void)
{
    uint64_t signals = signals_waiting;

    for (unsigned i = 0; i < WATCHES; i++)
        if (is_ready(watches[i])) {
            struct hal_host_watch *watch = watches[i];

            watches[i] = NULL;
            watch->ready(watch);
        }
    signals_waiting = 0;
    if (signals && signal_handler)
        signal_handler(signals);
}
