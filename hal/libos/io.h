/*
 * io.h - the host I/O thread: the home process's first thread. It waits for descriptors that
 * are watched, for signals from the launcher, and for deadlines of busy CPUs.
 */
#pragma once

#include "base/types.h"

/* Make the I/O thread look. Any context, any process. */
void io_ring(void);

/* Its main. */
_Noreturn void io_main(void);

/* From hal_irq_serve: call handlers of what has happened. */
void io_serve(void);
