/*
 * trace.c - pieces that a trace is made of: text, names, addresses, strings of user memory.
 */
#include "personality/strace/trace.h"

#include "base/format.h"
#include "base/string.h"
#include "object/thread.h"

void trace_add(struct trace *t, const char *fmt, ...)
{
    size_t room = t->room - t->size;
    va_list ap;
    int size;

    va_start(ap, fmt);
    size = format_va(t->text + t->size, room, fmt, ap);
    va_end(ap);
    t->size += MIN((size_t)size, room - 1);
}

void trace_add_address(struct trace *t, uint64_t addr)
{
    if (addr)
        trace_add(t, "%#lx", (unsigned long)addr);
    else
        trace_add(t, "NULL");
}

/* A way of our own: the call's notes which page it has asked for. */
static struct user_access access_of(struct trace *t)
{
    return (struct user_access){.aspace = t->call->thread->user.aspace};
}

bool trace_read(struct trace *t, void *to, user_addr_t from, size_t size)
{
    struct user_access ua = access_of(t);

    if (from && copy_from_user(&ua, to, from, size) == OK)
        return true;
    trace_add_address(t, from);
    return false;
}

const struct trace_name *trace_find_name(const struct trace_names *names, uint64_t value)
{
    for (unsigned i = 0; i < names->count; i++)
        if (names->entries[i].value == (value & 0xffffffff))
            return &names->entries[i];
    return NULL;
}

void trace_add_names(struct trace *t, const struct trace_names *names, uint64_t value)
{
    const char *between = "";

    for (unsigned i = 0; i < names->count; i++) {
        const struct trace_name *it = &names->entries[i];

        /* A value of 0 speaks for bits that no other has taken. */
        if (!it->mask || (value & it->mask) != it->value)
            continue;
        if (!it->value && it->mask == 0xffffffff && value)
            continue;
        trace_add(t, "%s%s", between, it->name);
        between = "|";
        if (it->mask == 0xffffffff && it->value == value)
            return;
        value &= ~it->mask;
    }
    if (value || !*between)
        trace_add(t, "%s%#lx", between, (unsigned long)value);
}

static bool is_octal_digit(char c)
{
    return c >= '0' && c <= '7';
}

/* As C writes it; `next` is what follows, for an octal number must not swallow a digit. */
static void add_character(struct trace *t, unsigned char c, char next)
{
    static const char named[] = "\a\b\t\n\v\f\r", letters[] = "abtnvfr";

    if (c == '"' || c == '\\')
        trace_add(t, "\\%c", c);
    else if (c >= ' ' && c <= '~')
        trace_add(t, "%c", c);
    else if (c >= '\t' && c <= '\r')
        trace_add(t, "\\%c", letters[strchr(named, c) - named]);
    else
        trace_add(t, is_octal_digit(next) ? "\\%03o" : "\\%o", c);
}

static void add_text(struct trace *t, const char *text, size_t size, bool cut)
{
    trace_add(t, "\"");
    for (size_t i = 0; i < size; i++)
        add_character(t, (unsigned char)text[i], i + 1 < size ? text[i + 1] : '\0');
    trace_add(t, "\"%s", cut ? "..." : "");
}

void trace_add_bytes(struct trace *t, user_addr_t from, uint64_t size)
{
    char bytes[TRACE_BYTES];
    size_t shown = MIN(size, sizeof(bytes));

    if (trace_read(t, bytes, from, shown))
        add_text(t, bytes, shown, shown < size);
}

void trace_add_string(struct trace *t, user_addr_t from, size_t most)
{
    struct user_access ua = access_of(t);
    char text[1024 + 1];
    size_t length;
    status_t st = copy_string_from_user(&ua, text, from, most + 1, &length);

    if (st == OK)
        add_text(t, text, length, false);
    else if (st == ERR_NAME_TOO_LONG)
        add_text(t, text, most, true);
    else
        trace_add_address(t, from);
}
