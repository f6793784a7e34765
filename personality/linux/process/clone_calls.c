/*
 * clone_calls.c - fork, vfork, clone, clone3: what each is asked for (clone(2)).
 */
#include "isa/linux_abi.h"
#include "personality/linux/calls.h"
#include "personality/linux/process/clone_internal.h"
#include "personality/linux/process/process.h"
#include "personality/linux/user_data.h"
#include "uapi/linux/sched.h"

struct sys_clone {
    SYSCALL_FRAME;
    struct clone_call run;
};
SYSCALL_WAIT(sys_clone);

CO_FN(sys_clone)
{
    status_t st;

    CO_CALL(st, f->run, clone_call, .call = f->call,
            .rq = {.flags = f->call->arg[0] & ~0xffull,
                   .exit_signal = (int)(f->call->arg[0] & 0xff),
                   .stack = f->call->arg[1],
                   .parent_tid = f->call->arg[2],
                   .pidfd = f->call->arg[2],
                   .tls = f->call->arg[CLONE_ARG_TLS],
                   .child_tid = f->call->arg[CLONE_ARG_CHILD_TID]});
    CO_RETURN(st);
}
CO_END

struct sys_fork {
    SYSCALL_FRAME;
    struct clone_call run;
};
SYSCALL_WAIT(sys_fork);

CO_FN(sys_fork)
{
    status_t st;

    CO_CALL(st, f->run, clone_call, .call = f->call, .rq = {.exit_signal = SIGCHLD});
    CO_RETURN(st);
}
CO_END

struct sys_vfork {
    SYSCALL_FRAME;
    struct clone_call run;
};
SYSCALL_WAIT(sys_vfork);

CO_FN(sys_vfork)
{
    status_t st;

    CO_CALL(st, f->run, clone_call, .call = f->call,
            .rq = {.flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD});
    CO_RETURN(st);
}
CO_END

/* Nobody chooses a tid: that takes a power over checkpoints which even root has not here. */
static status_t check_clone_args(const struct clone_args *args)
{
    bool sibling = args->flags & (CLONE_THREAD | CLONE_PARENT);

    if (args->flags & (0xff | CLONE_DETACHED) || args->exit_signal > SIGNALS ||
        (sibling && args->exit_signal) || (args->stack == 0) != (args->stack_size == 0))
        return ERR_INVALID_ARGS;
    if ((args->set_tid != 0) != (args->set_tid_size != 0) || args->set_tid_size > 1)
        return ERR_INVALID_ARGS;
    return args->set_tid_size ? ERR_NOT_PERMITTED : OK;
}

static status_t read_clone_args(struct syscall *call, struct clone_request *rq)
{
    struct clone_args args;
    uint64_t size = call->arg[1];
    status_t st;

    if (size > PAGE_SIZE)
        return ERR_TOO_BIG;
    if (size < CLONE_ARGS_SIZE_VER0)
        return ERR_INVALID_ARGS;
    st = copy_struct_from_user(&call->thread->user, &args, sizeof(args), call->arg[0], size);
    if (st == OK)
        st = check_clone_args(&args);
    if (st != OK)
        return st;
    *rq = (struct clone_request){.flags = args.flags,
                                 .exit_signal = (int)args.exit_signal,
                                 .stack = args.stack + args.stack_size,
                                 .parent_tid = args.parent_tid,
                                 .pidfd = args.pidfd,
                                 .child_tid = args.child_tid,
                                 .tls = args.tls};
    return OK;
}

struct sys_clone3 {
    SYSCALL_FRAME;
    struct clone_request rq;
    struct clone_call run;
};
SYSCALL_WAIT(sys_clone3);

CO_FN(sys_clone3)
{
    status_t st;

    st = read_clone_args(f->call, &f->rq);
    if (st == OK)
        CO_CALL(st, f->run, clone_call, .call = f->call, .rq = f->rq);
    CO_RETURN(st);
}
CO_END
