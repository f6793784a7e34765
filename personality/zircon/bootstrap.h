/*
 * bootstrap.h - how the kernel's own messages reach the processes that it starts.
 */
#pragma once

#include "object/message.h"
#include "object/process.h"

/* `m` goes into a new channel, whose one end becomes the process's, `*out`; the other is
 * closed. `m` is consumed. ERR_NO_MEMORY. */
status_t bootstrap_send(struct process *p, struct message *m, handle_t *out) MUST_USE;
