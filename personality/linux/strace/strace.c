/*
 * strace.c - what is written when, and how lines of several threads take turns.
 */
#include "personality/linux/strace/strace.h"

#include "base/format.h"
#include "base/string.h"
#include "hal/console.h"
#include "mm/slab.h"
#include "personality/linux/process/process.h"
#include "personality/linux/strace/names.h"
#include "personality/linux/strace/trace.h"

enum { RESULT_COLUMN = 40, LINE = 512 };

static bool tracing; /* set before the first program */

/* Guards what follows, and the order of what is written. It is held while the console takes the
 * text, so that each writer waits for the others' text to be out; it is a leaf. */
static struct spinlock lock;
static struct trace *open; /* whose line has no end yet; NULL: none */
static unsigned threads;   /* that have made a call and not ended */

void strace_start(void)
{
    tracing = true;
}

/* Closes the line that is open, if it is not `own`. */
static void close_line_locked(struct trace *own)
{
    static const char text[] = " <unfinished ...>\n";

    if (!open || open == own)
        return;
    hal_trace_write(text, sizeof(text) - 1);
    open->overtaken = true;
    open = NULL;
}

/* Who speaks, where there is a choice; how long that is. */
static size_t prefix_locked(char *to, size_t size, pid_t_ tid)
{
    return threads > 1 ? (size_t)format(to, size, "[pid %5d] ", tid) : 0;
}

/* A whole line, which is no call's. */
static void write_line(pid_t_ tid, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void write_line(pid_t_ tid, const char *fmt, ...)
{
    char line[LINE];
    size_t size;
    va_list ap;
    SPIN_GUARD(&lock);

    size = prefix_locked(line, sizeof(line), tid);
    va_start(ap, fmt);
    size += (size_t)format_va(line + size, sizeof(line) - size, fmt, ap);
    va_end(ap);
    close_line_locked(NULL);
    hal_trace_write(line, MIN(size, sizeof(line) - 1));
}

static void write_attached(pid_t_ tid)
{
    char line[64];
    size_t size = (size_t)format(line, sizeof(line), "strace: Process %d attached\n", tid);
    SPIN_GUARD(&lock);

    close_line_locked(NULL);
    hal_trace_write(line, size);
}

/* ---- a call ---- */

static struct trace *trace_of(struct linux_thread *lt)
{
    bool first;

    if (lt->trace)
        return lt->trace;
    lt->trace = kmalloc(sizeof(*lt->trace));
    if (!lt->trace)
        return NULL;
    *lt->trace = (struct trace){.begun = false};
    {
        SPIN_GUARD(&lock);
        first = ++threads == 1;
    }
    if (!first)
        write_attached(lt->tid);
    return lt->trace;
}

static void show_comma(struct trace *t)
{
    trace_add(t, "%s", t->index ? ", " : "");
}

/* One argument after its comma, which is taken back where nothing comes. */
static void show_argument(struct trace *t, bool failed)
{
    const struct trace_arg *arg = &t->signature->args[t->index];
    uint64_t value = t->call->arg[t->index];
    size_t before = t->size, shown;

    /* The first half of the line ends with a comma. */
    if (!t->done || before)
        show_comma(t);
    shown = t->size;
    t->names = arg->names;
    if (arg->out && failed)
        trace_add_address(t, value);
    else
        arg->show(t, value);
    if (t->size == shown)
        t->size = before;
    t->index++;
}

static void show_unknown(struct trace *t)
{
    for (unsigned i = 0; i < 6; i++)
        trace_add(t, "%s%#lx", i ? ", " : "", (unsigned long)t->call->arg[i]);
}

void strace_enter(struct syscall *call, const struct syscall_entry *entry)
{
    static const struct trace_signature unknown;
    struct linux_thread *lt = current_linux(call);
    struct trace *t = trace_of(lt);
    char prefix[24];

    if (!t)
        return;
    t->call = call;
    t->signature = entry && entry->name ? &linux_signatures[call->number] : &unknown;
    t->done = t->overtaken = false;
    t->size = t->index = 0;
    t->room = TRACE_ROOM;
    if (entry && entry->name)
        trace_add(t, "%s(", entry->name);
    else
        trace_add(t, "syscall_%#lx(", (unsigned long)call->number);
    if (t->signature == &unknown)
        show_unknown(t);
    while (t->index < t->signature->count && !t->signature->args[t->index].out)
        show_argument(t, false);
    if (t->index < t->signature->count)
        show_comma(t);
    t->begun = true;

    SPIN_GUARD(&lock);
    close_line_locked(t);
    t->column = prefix_locked(prefix, sizeof(prefix), lt->tid);
    hal_trace_write(prefix, t->column);
    hal_trace_write(t->text, t->size);
    t->column += t->size;
    open = t;
}

/* The restart is decided later; this is what signal(7) lets expect. */
static void add_interrupted(struct trace *t)
{
    bool any = current_linux(t->call)->restart == RESTART_NO_HANDLER;

    trace_add(t, "? %s (To be restarted if %s)", any ? "ERESTARTNOHAND" : "ERESTARTSYS",
              any ? "no handler" : "SA_RESTART is set");
}

static void add_result(struct trace *t, status_t st)
{
    const struct trace_name *error;

    trace_add(t, " = ");
    if (st == ERR_CANCELED && task_killed(&t->call->thread->task)) {
        trace_add(t, "?");
    } else if (st == ERR_INTERRUPTED) {
        add_interrupted(t);
    } else if (st == OK) {
        if (t->signature->result)
            t->signature->result(t, t->call->result);
        else
            trace_add(t, "%ld", (long)t->call->result);
    } else {
        error = trace_find_name(&names_error, (uint64_t)status_to_errno(st));
        trace_add(t, "-1 %s (%s)", error ? error->name : "?", error ? error->text : "?");
    }
    trace_add(t, "\n");
}

/* " = RESULT" at its column; the arguments end at `end` of the text, and it is behind. */
static void write_result_locked(struct trace *t, size_t end)
{
    static const char blanks[] = "                                        ";
    size_t column = t->column + end;

    hal_trace_write(t->text, end);
    if (column < RESULT_COLUMN - 1)
        hal_trace_write(blanks, RESULT_COLUMN - 1 - column);
    hal_trace_write(t->text + end, t->size - end);
}

void strace_exit(struct syscall *call, const struct syscall_entry *entry, status_t st)
{
    struct linux_thread *lt = current_linux(call);
    struct trace *t = lt->trace;
    char head[64];
    size_t end, size;

    if (!t || !t->begun)
        return;
    t->done = true;
    t->begun = false;
    t->size = 0;
    while (t->index < t->signature->count)
        show_argument(t, st != OK);
    trace_add(t, ")");
    end = t->size;
    t->room = sizeof(t->text);
    add_result(t, st);

    SPIN_GUARD(&lock);
    close_line_locked(t);
    if (t->overtaken) {
        size = prefix_locked(head, sizeof(head), lt->tid);
        size += (size_t)format(head + size, sizeof(head) - size, "<... %s resumed>",
                               entry && entry->name ? entry->name : "syscall");
        hal_trace_write(head, size);
        t->column = size;
    }
    write_result_locked(t, end);
    open = NULL;
}

/* ---- what is no call ---- */

void strace_signal(struct linux_thread *lt, const struct siginfo *info)
{
    struct trace *t = lt->trace;

    if (!tracing || !t || info->signo == SIGKILL)
        return;
    t->size = 0;
    t->room = TRACE_ROOM;
    trace_add_signal(t, info->signo);
    trace_add(t, " ");
    trace_add_siginfo(t, info);
    write_line(lt->tid, "--- %s ---\n", t->text);
}

void strace_stopped(struct linux_thread *lt, int signo)
{
    if (tracing && lt->trace)
        write_line(lt->tid, "--- stopped by %s ---\n",
                   trace_find_name(&names_signal, (uint64_t)signo)->name);
}

void strace_thread_ended(struct linux_thread *lt, uint32_t wait_status)
{
    const struct trace_name *name;

    if (!tracing || !lt->trace)
        return;
    name = trace_find_name(&names_signal, wait_status & 0x7f);
    if (wait_status & 0x7f)
        write_line(lt->tid, "+++ killed by %s%s +++\n", name ? name->name : "SIGRT",
                   wait_status & WAIT_CORE ? " (core dumped)" : "");
    else
        write_line(lt->tid, "+++ exited with %u +++\n", wait_status >> 8 & 0xff);
    SPIN_GUARD(&lock);
    threads--;
}

void strace_thread_free(struct linux_thread *lt)
{
    if (!lt->trace)
        return;
    {
        SPIN_GUARD(&lock);
        if (open == lt->trace)
            open = NULL;
    }
    kfree(lt->trace);
}
