/*
 * strace.c - what is written when, and how lines of several threads take turns.
 */
#include "personality/strace/strace.h"

#include "base/format.h"
#include "hal/console.h"
#include "mm/slab.h"
#include "personality/strace/trace.h"

enum { RESULT_COLUMN = 40, LINE = 512, BUCKETS = 64 };

/* Guards what follows, and the order of what is written. It is held while the console takes the
 * text, so that each writer waits for the others' text to be out; it is a leaf. */
static struct spinlock lock;
static struct trace *traces[BUCKETS]; /* owned; by thread */
static struct trace *open;            /* whose line has no end yet; NULL: none */
static unsigned threads;              /* that have made a call and not ended */
static atomic_bool tracing;           /* there has been a trace; spares others the lock */

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
static size_t prefix_locked(char *to, size_t size, struct trace *t)
{
    if (threads < 2)
        return 0;
    return (size_t)format(to, size, "[%s %5lu] ", t->style->word,
                          (unsigned long)t->style->id(t->thread));
}

/* ---- traces ---- */

static struct trace **bucket_of(const struct thread *thread)
{
    return &traces[(uintptr_t)thread / sizeof(*thread) % BUCKETS];
}

static struct trace *find(const struct thread *thread)
{
    struct trace *t;

    if (!atomic_load_explicit(&tracing, memory_order_relaxed))
        return NULL;
    SPIN_GUARD(&lock);
    for (t = *bucket_of(thread); t && t->thread != thread; t = t->next)
        continue;
    return t;
}

/* Whether it is the only one. */
static bool add(struct trace *t)
{
    struct trace **bucket = bucket_of(t->thread);
    SPIN_GUARD(&lock);

    atomic_store_explicit(&tracing, true, memory_order_relaxed);
    t->next = *bucket;
    *bucket = t;
    return ++threads == 1;
}

static void write_attached(struct trace *t)
{
    char line[64];
    size_t size = (size_t)format(line, sizeof(line), "strace: %s %lu attached\n",
                                 t->style->kind, (unsigned long)t->style->id(t->thread));
    SPIN_GUARD(&lock);

    close_line_locked(NULL);
    hal_trace_write(line, size);
}

static struct trace *trace_of(struct thread *thread, const struct trace_style *style)
{
    struct trace *t = find(thread);

    if (t)
        return t;
    t = kmalloc(sizeof(*t));
    if (!t)
        return NULL;
    *t = (struct trace){.thread = thread, .style = style};
    if (!add(t))
        write_attached(t);
    return t;
}

/* ---- a call ---- */

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

static void begin_line(struct trace *t, const struct syscall_entry *entry)
{
    static const struct trace_signature unknown;
    uint64_t number = t->call->number;

    t->signature = entry && entry->name ? &t->style->signatures[number] : &unknown;
    t->done = t->overtaken = false;
    t->size = t->index = 0;
    t->room = TRACE_ROOM;
    if (entry && entry->name)
        trace_add(t, "%s(", entry->name);
    else
        trace_add(t, "syscall_%#lx(", (unsigned long)number);
    if (t->signature == &unknown)
        show_unknown(t);
    while (t->index < t->signature->count && !t->signature->args[t->index].out)
        show_argument(t, false);
    if (t->index < t->signature->count)
        show_comma(t);
}

void strace_enter(struct syscall *call, const struct syscall_entry *entry,
                  const struct trace_style *style)
{
    struct trace *t = trace_of(call->thread, style);
    char prefix[40];

    if (!t)
        return;
    t->call = call;
    t->style = style;
    begin_line(t, entry);
    t->begun = true;

    SPIN_GUARD(&lock);
    close_line_locked(t);
    t->column = prefix_locked(prefix, sizeof(prefix), t);
    hal_trace_write(prefix, t->column);
    hal_trace_write(t->text, t->size);
    t->column += t->size;
    open = t;
}

static void add_result(struct trace *t, status_t st)
{
    trace_add(t, " = ");
    if (st == ERR_CANCELED && task_killed(&t->call->thread->task))
        trace_add(t, "?");
    else if (st != OK)
        t->style->failed(t, st);
    else if (t->signature->result)
        t->signature->result(t, t->call->result);
    else
        trace_add(t, "%ld", (long)t->call->result);
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
    struct trace *t = find(call->thread);
    char head[80];
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
        size = prefix_locked(head, sizeof(head), t);
        size += (size_t)format(head + size, sizeof(head) - size, "<... %s resumed>",
                               entry && entry->name ? entry->name : "syscall");
        hal_trace_write(head, size);
        t->column = size;
    }
    write_result_locked(t, end);
    open = NULL;
}

/* ---- what is no call ---- */

struct trace *strace_note_begin(struct thread *thread)
{
    struct trace *t = find(thread);

    if (t) {
        t->size = 0;
        t->room = TRACE_ROOM;
        t->text[0] = '\0';
    }
    return t;
}

void strace_note(struct trace *t, const char *fmt, ...)
{
    char line[LINE];
    size_t size;
    va_list ap;
    SPIN_GUARD(&lock);

    size = prefix_locked(line, sizeof(line), t);
    va_start(ap, fmt);
    size += (size_t)format_va(line + size, sizeof(line) - size, fmt, ap);
    va_end(ap);
    close_line_locked(NULL);
    hal_trace_write(line, MIN(size, sizeof(line) - 1));
}

static void ended_locked(struct trace *t)
{
    if (!t->ended)
        threads--;
    t->ended = true;
}

void strace_thread_ended(struct thread *thread)
{
    struct trace *t = find(thread);

    if (!t)
        return;
    SPIN_GUARD(&lock);
    ended_locked(t);
}

void strace_thread_free(struct thread *thread)
{
    struct trace **at, *t;

    if (!atomic_load_explicit(&tracing, memory_order_relaxed))
        return;
    {
        SPIN_GUARD(&lock);
        for (at = bucket_of(thread); *at && (*at)->thread != thread; at = &(*at)->next)
            continue;
        t = *at;
        if (!t)
            return;
        *at = t->next;
        ended_locked(t);
        if (open == t)
            open = NULL;
    }
    kfree(t);
}
