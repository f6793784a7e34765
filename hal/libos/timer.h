/*
 * timer.h - deadlines of CPUs.
 *
 * A halted CPU sleeps no longer than its own deadline. For busy ones the I/O thread sleeps
 * until the earliest deadline and raises HAL_PENDING_TIMER; a CPU that sets an earlier one
 * wakes it.
 */
#pragma once

#include "hal/time.h"

/* On the boot path, before hal_time_now. */
void timer_setup(void);

/* Serving TIMER: whether the deadline has come; it is cleared then. */
bool timer_expired(void);

/* The I/O thread: raise what is due, and promise to be back at the time returned. */
time_ns_t timer_promise(void);
/* The I/O thread is awake and will look at all deadlines again. */
void timer_awake(void);

/* A halted CPU woke before its deadline: the I/O thread must watch it again. */
void timer_cover(void);

/* Host CLOCK_MONOTONIC at `t`. */
time_ns_t timer_host_time(time_ns_t t);
