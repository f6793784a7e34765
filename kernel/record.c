/*
 * record.c - the launcher's options, parsed.
 */
#include "kernel/record.h"

#include "base/string.h"
#include "mm/slab.h"

/* How many strings have this tag. */
static size_t count_tag(const char *text, size_t size, char tag)
{
    size_t count = 0;

    for (size_t at = 0; at < size; at += strlen(text + at) + 1)
        count += text[at] == tag;
    return count;
}

static char **collect(const char *text, size_t size, char tag)
{
    char **list = kmalloc((count_tag(text, size, tag) + 1) * sizeof(*list));
    size_t n = 0;

    if (!list)
        return NULL;
    for (size_t at = 0; at < size; at += strlen(text + at) + 1)
        if (text[at] == tag)
            list[n++] = (char *)(uintptr_t)(text + at + 1);
    list[n] = NULL;
    return list;
}

static status_t note(struct boot_record *r, const char *string)
{
    switch (string[0]) {
    case 'A':
    case 'E':
        return OK;
    case 'D':
        r->cwd = string + 1;
        return OK;
    case 'O':
        if (r->option_count == RECORD_MAX_OPTIONS)
            return ERR_INVALID_ARGS;
        r->options[r->option_count++] = string + 1;
        return OK;
    default:
        return ERR_INVALID_ARGS;
    }
}

status_t record_parse(const char *text, size_t size, struct boot_record *out)
{
    status_t st = OK;

    *out = (struct boot_record){.cwd = "/"};
    if (!size || text[size - 1] != '\0')
        return ERR_INVALID_ARGS;
    for (size_t at = 0; st == OK && at < size; at += strlen(text + at) + 1)
        st = note(out, text + at);
    if (st != OK)
        return st;
    out->argv = collect(text, size, 'A');
    out->envp = collect(text, size, 'E');
    return out->argv && out->envp ? OK : ERR_NO_MEMORY;
}

const char *record_option(const struct boot_record *record, const char *name)
{
    size_t size = strlen(name);

    for (unsigned i = 0; i < record->option_count; i++)
        if (!strncmp(record->options[i], name, size) && record->options[i][size] == '=')
            return record->options[i] + size + 1;
    return NULL;
}

uint64_t record_number(const struct boot_record *record, const char *name, uint64_t otherwise)
{
    const char *text = record_option(record, name);
    uint64_t value = 0;

    if (!text || !*text)
        return otherwise;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    return *text ? otherwise : value;
}
