/*
 * clone_internal.h - what a clone call asks for, however it was put.
 */
#pragma once

#include "personality/linux/process.h"

struct clone_request {
    uint64_t flags; /* CLONE_*, without the exit signal */
    int exit_signal;
    user_addr_t stack; /* 0: as the caller's */
    user_addr_t parent_tid, child_tid, tls;
};

status_t clone_check(const struct clone_request *rq) MUST_USE;
/* Make and start the child. `*vfork`: a reference to it when the caller must wait for it. */
status_t clone_begin(struct syscall *call, const struct clone_request *rq,
                     struct linux_process **vfork) MUST_USE;
/* Undo a child that does not start. */
void clone_abandon(struct thread *t, const struct clone_request *rq);
