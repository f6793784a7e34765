/*
 * linux_strace.c - how Linux's calls fail, and what happens to a thread between its calls.
 */
#include "personality/linux/strace/linux_strace.h"

#include "personality/linux/process/process.h"
#include "personality/linux/strace/names.h"
#include "personality/linux/strace/show.h"
#include "personality/strace/strace.h"

static uint64_t id(const struct thread *thread)
{
    return (uint64_t)thread->linux_->tid;
}

/* The restart is decided later; this is what signal(7) lets expect. */
static void add_interrupted(struct trace *t)
{
    bool any = current_linux(t->call)->restart == RESTART_NO_HANDLER;

    trace_add(t, "? %s (To be restarted if %s)", any ? "ERESTARTNOHAND" : "ERESTARTSYS",
              any ? "no handler" : "SA_RESTART is set");
}

static void failed(struct trace *t, status_t st)
{
    const struct trace_name *error;

    if (st == ERR_INTERRUPTED) {
        add_interrupted(t);
        return;
    }
    error = trace_find_name(&names_error, (uint64_t)status_to_errno(st));
    trace_add(t, "-1 %s (%s)", error ? error->name : "?", error ? error->text : "?");
}

static const struct trace_style style = {
    .signatures = linux_signatures,
    .word = "pid",
    .kind = "Process",
    .id = id,
    .failed = failed,
};

void linux_strace_enter(struct syscall *call, const struct syscall_entry *entry)
{
    strace_enter(call, entry, &style);
}

void linux_strace_signal(struct linux_thread *lt, const struct siginfo *info)
{
    struct trace *t = strace_note_begin(lt->thread);

    if (!t || info->signo == SIGKILL)
        return;
    trace_add_signal(t, info->signo);
    trace_add(t, " ");
    trace_add_siginfo(t, info);
    strace_note(t, "--- %s ---\n", t->text);
}

void linux_strace_stopped(struct linux_thread *lt, int signo)
{
    struct trace *t = strace_note_begin(lt->thread);

    if (t)
        strace_note(t, "--- stopped by %s ---\n",
                    trace_find_name(&names_signal, (uint64_t)signo)->name);
}

void linux_strace_ended(struct linux_thread *lt, uint32_t wait_status)
{
    struct trace *t = strace_note_begin(lt->thread);
    const struct trace_name *name = trace_find_name(&names_signal, wait_status & 0x7f);

    if (!t)
        return;
    if (wait_status & 0x7f)
        strace_note(t, "+++ killed by %s%s +++\n", name ? name->name : "SIGRT",
                    wait_status & WAIT_CORE ? " (core dumped)" : "");
    else
        strace_note(t, "+++ exited with %u +++\n", wait_status >> 8 & 0xff);
    strace_thread_ended(lt->thread);
}
