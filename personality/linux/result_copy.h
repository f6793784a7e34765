/*
 * result_copy.h - write a small result, bringing its page in: for calls that have taken
 * something (a zombie's news, a signal) and cannot give it back.
 */
#pragma once

#include "object/thread.h"

/* OK or ERR_FAULT. */
struct result_copy {
    struct co co;
    struct thread *thread;
    user_addr_t to;
    const void *from;
    size_t size;
};
co_fn result_copy;
