/*
 * suspend_token.h - the handle that keeps a thread or a process suspended.
 */
#pragma once

#include "object/object.h"

/* Suspends `task`, a thread or process; the last handle that closes resumes it, so the caller
 * gives the token one. ERR_BAD_STATE: it has ended or is about to; ERR_WRONG_TYPE. */
status_t suspend_token_create(struct object *task, struct object **out) MUST_USE;
