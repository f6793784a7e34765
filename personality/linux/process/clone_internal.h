/*
 * clone_internal.h - what cloning (clone.c) and its calls (clone_calls.c) share.
 */
#pragma once

#include "co/waiter.h"
#include "object/syscall.h"

struct linux_process;

/* What a clone call asks for, however it was put. */
struct clone_request {
    uint64_t flags; /* CLONE_*, without the exit signal */
    int exit_signal;
    user_addr_t stack; /* 0: as the caller's */
    user_addr_t parent_tid, child_tid, tls;
    user_addr_t pidfd; /* where CLONE_PIDFD puts it */
};

/* The caller sleeps until its vfork child has execed or ended. */
struct vfork_wait {
    struct co co;
    struct linux_process *child; /* a reference, consumed */
    struct waiter waiter;
};

/*
 * What the four calls do: they differ in how the request is read. The call's result is the
 * child's tid. ERR_INVALID_ARGS: not to be had, or not together; ERR_NO_RESOURCES: too many, or
 * whoever is to have a child is being killed; ERR_NO_MEMORY; ERR_INTERRUPTED: a signal comes
 * first.
 */
struct clone_call {
    struct co co;
    struct syscall *call;    /* in */
    struct clone_request rq; /* in; unchecked */
    struct vfork_wait wait;
    struct linux_process *vfork; /* a reference while it is waited for */
};
co_fn clone_call;
