/*
 * exception.h - exceptions: a thread stops, and one handler after the other may put it right.
 *
 * Order of the handlers: the process's debugger, the thread's, the process's, the debugger
 * again if it asked for a second chance, then the jobs' upwards. Each gets a message with a
 * handle of the exception; when the last handle closes the thread goes on, or the next handler
 * is asked. A thread that is killed waits for none of them.
 */
#pragma once

#include "object/exceptionate.h"
#include "uapi/zircon/syscalls/exception.h"

struct job;
struct thread;

struct exception {
    struct object object;         /* SIGNALED, which nobody else can see: no handle is left */
    struct thread *thread;        /* reference */
    zx_exception_report_t report; /* constant */
    uint32_t state, strategy;     /* ZX_EXCEPTION_STATE_, _STRATEGY_; guarded by object.lock */
    uint32_t channel_type;        /* of the handler that has it; guarded by object.lock */
    rights_t rights;              /* of its tasks' handles; guarded by object.lock */
};

/*
 * Ask the handlers. OK: the thread goes on (or leaves, if its handler said so); ERR_NOT_FOUND:
 * none of them wanted it; ERR_CANCELED: killed. The kinds of the kernel's own making but for
 * ZX_EXCP_POLICY_ERROR go to one debugger at most. On the thread's own task.
 */
struct exception_raise {
    struct co co;
    struct thread *thread; /* in */
    uint32_t type;         /* in: ZX_EXCP_ */
    unsigned step;         /* in the order of handlers */
    struct job *job;       /* next to be asked; its processes keep it alive */
    struct exceptionate *handler;
    struct exception *exception; /* reference */
    struct observer observer;
};
co_fn exception_raise;

/* What the trap of a thread is to Zircon. */
uint32_t exception_type(const struct thread *t);

/* A call of this thread's broke the policy of its job: ZX_EXCP_POLICY_ERROR is raised when the
 * call has come to its end. By the thread itself; no lock held. `code`: ZX_POL_; ZX_POL_MAX:
 * it was no call at all. */
void exception_policy(struct thread *t, uint32_t code);

/* Properties. ERR_INVALID_ARGS: no such state or strategy; ERR_BAD_STATE: a strategy of what
 * did not come by a process's debugger channel. */
status_t exception_set_state(struct exception *x, uint32_t state) MUST_USE;
status_t exception_set_strategy(struct exception *x, uint32_t strategy) MUST_USE;

static inline struct exception *exception_of(struct object *obj)
{
    return container_of(obj, struct exception, object);
}
