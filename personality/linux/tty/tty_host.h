/*
 * tty_host.h - the host's terminal, which the launcher was started on, as ours.
 */
#pragma once

#include "personality/linux/tty/tty.h"

/* Host descriptors to read from and to write to; -1: none. Once; input begins to flow. */
status_t tty_host_create(int in, int out_fd, struct tty **out) MUST_USE;

/* The host says that the window changed. */
void tty_host_window_changed(struct tty *tty);
