/*
 * zircon_strace.c - how Zircon's calls fail.
 */
#include "personality/zircon/strace/zircon_strace.h"

#include "base/status.h"
#include "personality/strace/strace.h"
#include "personality/zircon/strace/show.h"

static uint64_t id(const struct thread *thread)
{
    return thread->object.koid;
}

static void failed(struct trace *t, status_t st)
{
    int32_t status = status_to_zircon(st);

    if (st == ERR_INTERRUPTED) {
        trace_add(t, "? (To be made again)");
        return;
    }
    trace_add(t, "%d ", status);
    show_zx_status(t, (uint64_t)(int64_t)status);
}

static const struct trace_style style = {
    .signatures = zircon_signatures,
    .word = "koid",
    .kind = "Thread",
    .id = id,
    .failed = failed,
};

void zircon_strace_enter(struct syscall *call, const struct syscall_entry *entry)
{
    strace_enter(call, entry, &style);
}
