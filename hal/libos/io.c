/* io.c - the host I/O thread, and serving what it noted. */
#include "hal/libos/io.h"

#include "hal/host.h"
#include "hal/libos/boot.h"
#include "hal/libos/irq.h"
#include "hal/libos/linux.h"
#include "hal/libos/timer.h"
#include "hal/libos/watch.h"

enum { LINUX_POLLIN = 1 };

static void (*signal_handler)(uint64_t signals);

void hal_host_set_signal_handler(void (*handler)(uint64_t signals))
{
    signal_handler = handler;
    if (atomic_load(&libos_boot->signals))
        irq_raise(0, HAL_PENDING_DEVICE);
}

void io_ring(void)
{
    uint64_t one = 1;

    host_call(LINUX_WRITE, libos_boot->bell_fd, &one, sizeof(one));
}

/* Sleep until a descriptor is ready, the bell rings or the deadline comes. */
static void poll_until(struct linux_pollfd *fds, unsigned count, time_ns_t deadline)
{
    time_ns_t left = MAX(deadline - hal_time_now(), (time_ns_t)0);
    struct linux_timespec ts = {left / NS_PER_SEC, left % NS_PER_SEC};

    host_call(LINUX_PPOLL, fds, count, deadline == TIME_INFINITE ? NULL : &ts, NULL, 8);
}

_Noreturn void io_main(void)
{
    struct linux_pollfd fds[WATCH_MAX + 1];
    uint8_t slots[WATCH_MAX];
    uint64_t rung;

    for (;;) {
        unsigned count = watch_collect(&fds[1], slots);
        bool tell = false;

        fds[0] = (struct linux_pollfd){libos_boot->bell_fd, LINUX_POLLIN, 0};
        poll_until(fds, count + 1, timer_promise());
        timer_awake();
        if (fds[0].revents) {
            host_call(LINUX_READ, libos_boot->bell_fd, &rung, sizeof(rung));
            tell = atomic_load(&libos_boot->signals) != 0;
        }
        for (unsigned i = 0; i < count; i++)
            if (fds[i + 1].revents && watch_fire(slots[i], fds[i + 1].fd))
                tell = true;
        if (tell)
            irq_raise(0, HAL_PENDING_DEVICE);
    }
}

void io_serve(void)
{
    uint64_t signals = signal_handler ? atomic_exchange(&libos_boot->signals, 0) : 0;

    if (signals)
        signal_handler(signals);
    watch_serve();
}
