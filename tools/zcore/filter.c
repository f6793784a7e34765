/*
 * filter.c - the marks that the kernel puts into a console's stream, taken out.
 */
#include "tools/zcore/filter.h"

#include <stdio.h>
#include <string.h>

void filter_init(struct filter *filter, const char *key)
{
    snprintf(filter->begin, sizeof(filter->begin), "%s%s;", ZCORE_MESSAGE_BEGIN, key);
}

static void emit(struct filter *filter, const char *data, size_t size)
{
    if (!size)
        return;
    if (filter->in_message)
        filter->message(data, size);
    else
        filter->output(data, size);
}

/* Only the first byte of a delimiter can begin it anew, and it occurs there only. */
static void delimited(struct filter *filter, const char *data, size_t size)
{
    size_t from = 0; /* data[from, i) is passed on as it is */

    for (size_t i = 0; i < size; i++) {
        const char *wanted = filter->in_message ? ZCORE_MESSAGE_END : filter->begin;

        if (filter->matched && data[i] != wanted[filter->matched]) {
            emit(filter, wanted, filter->matched);
            filter->matched = 0;
            from = i;
        }
        if (data[i] != wanted[filter->matched])
            continue;
        if (filter->matched == 0)
            emit(filter, data + from, i - from);
        from = i + 1;
        if (wanted[++filter->matched] == '\0') {
            filter->matched = 0;
            filter->in_message = !filter->in_message;
        }
    }
    if (from < size)
        emit(filter, data + from, size - from);
}

/* Keeps the end of it all. */
static void remember(struct filter *filter, const char *data, size_t size)
{
    size_t excess;

    if (size > FILTER_BOOT_MAX) {
        data += size - FILTER_BOOT_MAX;
        size = FILTER_BOOT_MAX;
    }
    excess = filter->boot_size + size > FILTER_BOOT_MAX
                 ? filter->boot_size + size - FILTER_BOOT_MAX
                 : 0;
    memmove(filter->boot, filter->boot + excess, filter->boot_size - excess);
    filter->boot_size -= excess;
    memcpy(filter->boot + filter->boot_size, data, size);
    filter->boot_size += size;
}

void filter_bytes(struct filter *filter, const char *data, size_t size)
{
    static const char mark[] = ZCORE_BOOT_MARK;
    size_t from;
    char *found;

    if (filter->started) {
        delimited(filter, data, size);
        return;
    }
    remember(filter, data, size);
    found = memmem(filter->boot, filter->boot_size, mark, sizeof(mark) - 1);
    if (!found)
        return;
    filter->started = true;
    from = (size_t)(found - filter->boot) + sizeof(mark) - 1;
    delimited(filter, filter->boot + from, filter->boot_size - from);
}

void filter_end(struct filter *filter)
{
    emit(filter, filter->in_message ? ZCORE_MESSAGE_END : filter->begin, filter->matched);
    filter->matched = 0;
}
