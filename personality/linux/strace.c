/*
 * strace.c - a line for each system call, as strace(1) writes it.
 */
#include "personality/linux/strace.h"

#include "base/format.h"
#include "base/string.h"
#include "hal/console.h"
#include "mm/slab.h"
#include "personality/linux/process/process.h"

struct trace_line {
    char text[STRACE_LINE];
    size_t size;
};

static void add(struct trace_line *line, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void add(struct trace_line *line, const char *fmt, ...)
{
    size_t room = sizeof(line->text) - line->size;
    va_list ap;
    int size;

    va_start(ap, fmt);
    size = format_va(line->text + line->size, room, fmt, ap);
    va_end(ap);
    line->size += MIN((size_t)size, room - 1);
}

enum { STRING_SHOWN = 48 };

static void add_string(struct trace_line *line, struct syscall *call, uint64_t addr)
{
    char text[STRING_SHOWN + 1];
    size_t length;
    status_t st = copy_string_from_user(&call->thread->user, text, addr, sizeof(text), &length);

    if (st == ERR_NAME_TOO_LONG)
        text[STRING_SHOWN] = '\0';
    else if (st != OK) {
        add(line, "%#lx", (unsigned long)addr);
        return;
    }
    for (char *c = text; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '.';
    add(line, "\"%s\"%s", text, st == OK ? "" : "...");
}

/* Letters of tools/gen-syscalls. */
static void add_argument(struct trace_line *line, struct syscall *call, char type,
                         uint64_t value)
{
    switch (type) {
    case 's':
        add_string(line, call, value);
        break;
    case 'd':
    case 't':
        add(line, "%ld", (long)value);
        break;
    case 'f':
    case 'n':
        if (type == 'f' && (int)value == -100)
            add(line, "AT_FDCWD");
        else
            add(line, "%d", (int)value);
        break;
    case 'u':
        add(line, "%lu", (unsigned long)value);
        break;
    case 'o':
        add(line, "%#o", (unsigned)value);
        break;
    default:
        add(line, "%#lx", (unsigned long)value);
    }
}

static void write_line(struct trace_line *line)
{
    add(line, "\n");
    line->text[line->size - 1] = '\n'; /* also where the line was cut */
    hal_console_write(line->text, line->size);
}

static bool never_returns(const struct syscall_entry *entry)
{
    return entry && entry->name &&
           (!strcmp(entry->name, "exit") || !strcmp(entry->name, "exit_group"));
}

void strace_enter(struct syscall *call, const struct syscall_entry *entry)
{
    struct linux_thread *lt = current_linux(call);
    struct trace_line *line = lt->trace;

    if (!line)
        line = lt->trace = kmalloc(sizeof(*line));
    if (!line)
        return;
    line->size = 0;
    add(line, "[%d] ", lt->tid);
    if (entry && entry->name)
        add(line, "%s(", entry->name);
    else
        add(line, "syscall_%lu(", (unsigned long)call->number);
    for (unsigned i = 0; entry && entry->arg_types && i < entry->arg_count; i++) {
        add(line, "%s", i ? ", " : "");
        add_argument(line, call, entry->arg_types[i], call->arg[i]);
    }
    add(line, ")");
    if (!never_returns(entry))
        return;
    add(line, " = ?");
    write_line(line);
    line->size = 0;
}

void strace_exit(struct syscall *call, const struct syscall_entry *entry, status_t st)
{
    struct trace_line *line = current_linux(call)->trace;

    if (!line || !line->size)
        return;
    if (st == OK && call->result > 0xffffff)
        add(line, " = %#lx", (unsigned long)call->result);
    else if (st == OK)
        add(line, " = %ld", (long)call->result);
    else
        add(line, " = -%d (%s)", status_to_errno(st), status_text(st));
    (void)entry;
    write_line(line);
    line->size = 0;
}
