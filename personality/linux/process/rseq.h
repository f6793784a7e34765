/*
 * rseq.h - restartable sequences: what a thread's program sees of the CPU it runs on, and
 * sections of code that begin anew when they are interrupted (rseq(2)).
 */
#pragma once

#include "base/status.h"
#include "base/types.h"

struct linux_thread;

/* What a thread has registered. All zero: nothing. */
struct rseq_registration {
    user_addr_t area;
    uint32_t size, signature;
};

/*
 * The thread was away from its CPU, or is to run a signal's handler: a section that it was in
 * has ended where the program says, and its area names the CPU of now. Called by the thread
 * itself, outside of user mode. ERR_USER_PAGE: to be called again; any other error is the
 * program's, which gets SIGSEGV.
 */
status_t rseq_settle(struct linux_thread *lt) MUST_USE;
/* fork: the child has its parent's. */
void rseq_inherit(const struct linux_thread *from, struct linux_thread *to);
/* exec. */
void rseq_forget(struct linux_thread *lt);
