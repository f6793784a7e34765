/*
 * personality.c - how a Zircon process's threads treat results, unknown calls and exceptions.
 */
#include "base/log.h"
#include "mm/counter.h"
#include "object/memory_event.h"
#include "object/resource.h"
#include "personality/strace/strace.h"
#include "personality/zircon/calls.h"
#include "personality/zircon/kernel_files.h"
#include "personality/zircon/ktrace.h"
#include "personality/zircon/policy.h"
#include "personality/zircon/restricted.h"
#include "personality/zircon/strace/zircon_strace.h"
#include "personality/zircon/vdso.h"
#include "personality/zircon/zircon.h"

/* Numbers above any table's are counted together. */
#define NAMED_MAX 256ul

static atomic_uint named[NAMED_MAX]; /* has been in the log */

/* The first of each kind. */
static void tell(const struct syscall *call, const char *name)
{
    if (name)
        log_warn("zircon: %s is not implemented", name);
    else if (call->number == UINT64_MAX)
        log_warn("zircon: process %s makes calls that are not from its vDSO",
                 call->thread->process->name);
    else
        log_warn("zircon: no call has number %llu", (unsigned long long)call->number);
}

/* What is no call at all is an exception besides: as if a policy forbade it. */
static status_t missing(struct syscall *call)
{
    const char *name = NULL;
    uint64_t number = MIN(call->number, NAMED_MAX - 1);

    if (call->number < zircon_syscall_count)
        name = zircon_syscalls[call->number].name;
    counter_add(COUNTER_CALLS_MISSING, 1);
    if (!atomic_exchange_explicit(&named[number], 1, memory_order_relaxed))
        tell(call, name);
    if (name)
        return ERR_NOT_SUPPORTED;
    exception_policy(call->thread, ZX_POL_MAX);
    return ERR_BAD_SYSCALL;
}

/* A policy on handles that name nothing, or the wrong thing, leaves the call's error as it is:
 * what it may add is an exception, or the process's end. */
static void judge(struct syscall *call, status_t st)
{
    if (st == ERR_BAD_HANDLE)
        (void)!call_policy(call, ZX_POL_BAD_HANDLE);
    else if (st == ERR_WRONG_TYPE)
        (void)!call_policy(call, ZX_POL_WRONG_OBJECT);
}

/* An interrupted call is always made again: its deadline is absolute. */
static void finish(struct syscall *call, status_t st)
{
    struct user_regs *regs = &call->thread->context.regs;

    judge(call, st);
    if (st == ERR_INTERRUPTED)
        user_regs_restart_syscall(regs, call->number | SYSCALL_ZIRCON_TAG, call->arg[0]);
    else
        user_regs_set_result(regs, st == OK ? (uint64_t)call->result
                                            : (uint64_t)(int64_t)status_to_zircon(st));
}

/* `count` is set by zircon_init: the generated table's length is known to the linker only. */
static struct syscall_table table = {
    .name = "zircon",
    .entries = zircon_syscalls,
    .finish = finish,
    .missing = missing,
};

void zircon_init(bool strace)
{
    table.count = zircon_syscall_count;
    if (strace) {
        table.trace_enter = zircon_strace_enter;
        table.trace_exit = strace_exit;
    }
    zircon_ktrace_init(&table);
    syscall_table_register(SYSCALL_TABLE_ZIRCON, &table);
    restricted_init();
    vdso_init();
    kernel_files_init();
    resource_init();
    memory_event_init();
}

struct zircon_pending {
    THREAD_FRAME;
};
CO_FITS(zircon_pending, union thread_slot);

/* The thread loop sees to suspensions; nothing else is raised in earnest. */
static CO_FN(zircon_pending)
{
    task_clear(task, TASK_SIGNAL | TASK_SUSPEND);
    CO_RETURN(OK);
}
CO_END

struct zircon_exception {
    THREAD_FRAME;
};
CO_FITS(zircon_exception, union thread_slot);

static void log_exception(const struct thread *t)
{
    unsigned long long pc = user_regs_pc(&t->context.regs);

    if (t->trap.kind == HAL_TRAP_FAULT)
        log_warn("zircon: process %s: fatal page fault at %#llx, access %u, pc %#llx: %s",
                 t->process->name, (unsigned long long)t->trap.addr, t->trap.access, pc,
                 status_text(t->fault_status));
    else
        log_warn("zircon: process %s: exception %u, code %#llx, pc %#llx", t->process->name,
                 (unsigned)t->trap.exception, (unsigned long long)t->trap.code, pc);
}

/* No handler wanted it. */
static CO_FN(zircon_exception)
{
    log_exception(f->thread);
    process_kill(f->thread->process, ZX_TASK_RETCODE_EXCEPTION_KILL);
    CO_RETURN(OK);
}
CO_END

struct zircon_exiting {
    THREAD_FRAME;
};
CO_FITS(zircon_exiting, union thread_slot);

static CO_FN(zircon_exiting)
{
    struct trace *t = strace_note_begin(f->thread);

    if (t)
        strace_note(t, "+++ ended +++\n");
    strace_thread_ended(f->thread);
    CO_RETURN(OK);
}
CO_END

const struct personality zircon_personality = {
    .name = "zircon",
    .pending = zircon_pending,
    .exception = zircon_exception,
    .exiting = zircon_exiting,
    .thread_free = strace_thread_free,
};
