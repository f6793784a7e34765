/*
 * dispatch_internal.h - from a trapped system call to its implementation and back.
 */
#pragma once

#include "object/thread.h"

/*
 * Decode the call of t->context and, if it needs no coroutine, make it and encode its outcome.
 * False: the call is in t->call and t->entry; run the coroutine `dispatch`.
 */
bool dispatch_plain(struct thread *t) MUST_USE;
