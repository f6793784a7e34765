/* watch.h - watched host descriptors, between hal_host_watch and the I/O thread. */
#pragma once

#include "base/types.h"

enum { WATCH_MAX = 64 };

struct linux_pollfd {
    int fd;
    int16_t events, revents;
};

/* For the I/O thread: what to poll, in fds[0 .. result - 1]; slots[i] is for watch_fire. */
unsigned watch_collect(struct linux_pollfd *fds, uint8_t *slots);

/* fds[i] is ready. True if somebody is to be told. */
bool watch_fire(unsigned slot, int fd);

/* From hal_irq_serve: call `ready` of what fired. */
void watch_serve(void);
