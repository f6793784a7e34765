/*
 * syscall.h - what a system call looks like to its implementation, in either personality.
 *
 * A call that never waits is a plain function; one that may wait is a coroutine whose frame
 * starts with SYSCALL_FRAME. Either finds its arguments in `struct syscall` and leaves a result
 * there; the returned status says how it went, and the personality encodes both for the
 * program.
 *
 * ERR_USER_PAGE from either kind: the dispatcher brings the page in (thread->user notes which)
 * and makes the call again from the start, so it must have undone all it did. Coroutines may
 * instead use vm_fault themselves. ERR_INTERRUPTED: a signal or suspension ended the wait.
 */
#pragma once

#include "co/co.h"

struct thread;

struct syscall {
    struct thread *thread;
    uint64_t arg[8];
    uint64_t number;
    int64_t result; /* what the program gets on OK; 0 unless the call sets it */
    bool replaced; /* the call set all registers itself (exec, sigreturn): nothing is encoded */
};

typedef status_t syscall_fn(struct syscall *call) MUST_USE;

#define SYSCALL_FRAME \
    struct co co;     \
    struct syscall *call

struct syscall_head {
    SYSCALL_FRAME;
};

/* Beside each waiting call's frame: how large it is, which the table cannot see. */
#define SYSCALL_WAIT(name) const uint32_t name##_frame_size = sizeof(struct name)

/* The thread's inline room for a waiting call's frame, as large as the calls need that threads
 * are blocked in most. A larger one gets room before the call begins (co/frame.h). */
union syscall_slot {
    struct syscall_head head;
    unsigned char bytes[272];
};

/* One line of a generated call table. Exactly one of `plain` and `wait` is set; both NULL: the
 * number is known but not implemented. */
struct syscall_entry {
    const char *name;
    syscall_fn *plain;
    co_fn *wait;
    const uint32_t *frame_size; /* of wait's frame; set by SYSCALL_WAIT */
    uint8_t size_arg;           /* of wait: the argument that is a size in bytes; 0: none */
};

/* A personality's face to the thread loop. */
struct syscall_table {
    const char *name;
    const struct syscall_entry *entries;
    uint32_t count;
    /* Encodes the outcome into the registers: result or error, restart after ERR_INTERRUPTED.
     */
    void (*finish)(struct syscall *call, status_t st);
    /* A number without implementation: log once, count, and the status to return. */
    status_t (*missing)(struct syscall *call);
    /* Optional tracing before and after (strace). */
    void (*trace_enter)(struct syscall *call, const struct syscall_entry *entry);
    void (*trace_exit)(struct syscall *call, const struct syscall_entry *entry, status_t st);
};

/* Zircon numbers carry this bit in the call number, so that one entry serves both tables. */
#define SYSCALL_ZIRCON_TAG (1u << 29)
