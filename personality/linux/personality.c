/*
 * personality.c - what the object layer calls: missing numbers, results, restarts.
 */
#include "personality/linux/personality.h"

#include "base/log.h"
#include "mm/counter.h"
#include "personality/linux/process/process.h"
#include "personality/linux/procfs/procfs.h"
#include "personality/linux/strace/linux_strace.h"
#include "personality/linux/vdso.h"
#include "personality/strace/strace.h"

extern const struct syscall_entry linux_syscalls[];
extern const uint32_t linux_syscall_count;

/* Numbers seen without an implementation: each is named in the log once. */
enum { NUMBERS = 512 };
static atomic_uint missing_seen[NUMBERS / 32];

static status_t linux_missing(struct syscall *call)
{
    uint64_t nr = call->number;
    uint32_t bit = 1u << (nr % 32);

    counter_add(COUNTER_CALLS_MISSING, 1);
    if (nr < NUMBERS &&
        !(atomic_fetch_or_explicit(&missing_seen[nr / 32], bit, memory_order_relaxed) & bit))
        log_info("linux: call %lu (%s) is not implemented", (unsigned long)nr,
                 call->thread->entry && call->thread->entry->name ? call->thread->entry->name
                                                                  : "unknown");
    return ERR_NO_SYSCALL;
}

void call_no_restart(struct syscall *call)
{
    current_linux(call)->restart = RESTART_NO_HANDLER;
}

/*
 * The result, or -errno. After ERR_INTERRUPTED the registers say EINTR, and the thread
 * remembers the call: signal_pending_co makes it again where signal(7) says so.
 */
static void linux_finish(struct syscall *call, status_t st)
{
    struct user_regs *regs = &call->thread->context.regs;
    struct linux_thread *lt = current_linux(call);

    if (st == ERR_INTERRUPTED) {
        if (lt->restart == RESTART_NONE)
            lt->restart = RESTART_IF_SA_RESTART;
    } else {
        lt->restart = RESTART_NONE;
    }
    lt->restarted = false;
    user_regs_set_result(regs,
                         st == OK ? (uint64_t)call->result : (uint64_t)-status_to_errno(st));
}

void linux_personality_init(bool strace)
{
    static struct syscall_table table = {
        .name = "linux", .finish = linux_finish, .missing = linux_missing};

    table.entries = linux_syscalls;
    table.count = linux_syscall_count;
    if (strace) {
        table.trace_enter = linux_strace_enter;
        table.trace_exit = strace_exit;
    }
    syscall_table_register(SYSCALL_TABLE_LINUX, &table);
    linux_vdso_init();
    linux_process_init();
}
