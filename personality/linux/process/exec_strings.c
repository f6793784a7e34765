/*
 * exec_strings.c - collecting argument and environment strings within execve's limits.
 */
#include "base/string.h"
#include "mm/slab.h"
#include "personality/linux/process/exec.h"

static status_t reserve(struct exec_strings *s, size_t more)
{
    size_t capacity = s->capacity ? s->capacity : 2048;
    char *data;

    if (s->size + more > EXEC_TOTAL_MAX)
        return ERR_TOO_BIG;
    while (capacity < s->size + more)
        capacity *= 2;
    if (capacity == s->capacity)
        return OK;
    data = kmalloc(capacity);
    if (!data)
        return ERR_NO_MEMORY;
    if (s->size)
        memcpy(data, s->data, s->size);
    kfree(s->data);
    s->data = data;
    s->capacity = capacity;
    return OK;
}

status_t exec_strings_add(struct exec_strings *s, const char *text, size_t size)
{
    status_t st = reserve(s, size + 1);

    if (st != OK)
        return st;
    memcpy(s->data + s->size, text, size);
    s->data[s->size + size] = '\0';
    s->size += size + 1;
    s->count++;
    return OK;
}

status_t exec_strings_prepend(struct exec_strings *s, const char *text)
{
    size_t size = strlen(text) + 1;
    status_t st = reserve(s, size);

    if (st != OK)
        return st;
    memmove(s->data + size, s->data, s->size);
    memcpy(s->data, text, size);
    s->size += size;
    s->count++;
    return OK;
}

void exec_strings_drop_first(struct exec_strings *s)
{
    size_t size;

    if (!s->count)
        return;
    size = strlen(s->data) + 1;
    memmove(s->data, s->data + size, s->size - size);
    s->size -= size;
    s->count--;
}

/* One user string straight into the buffer, which grows until the NUL has come. */
static status_t add_from_user(struct exec_strings *s, struct user_access *ua, user_addr_t text)
{
    size_t length;
    status_t st;

    for (size_t room = 256;; room = MIN(room * 4, (size_t)EXEC_STRING_MAX)) {
        st = reserve(s, room);
        if (st != OK)
            return st;
        st = copy_string_from_user(ua, s->data + s->size, text, room, &length);
        if (st == OK) {
            s->size += length + 1;
            s->count++;
            return OK;
        }
        if (st != ERR_NAME_TOO_LONG)
            return st;
        if (room == EXEC_STRING_MAX)
            return ERR_TOO_BIG;
    }
}

status_t exec_strings_from_user(struct exec_strings *s, struct user_access *ua,
                                user_addr_t array)
{
    uint64_t text;
    status_t st;

    for (; array; array += sizeof(text)) {
        st = copy_from_user(ua, &text, array, sizeof(text));
        if (st != OK || !text)
            return st;
        st = add_from_user(s, ua, text);
        if (st != OK)
            return st;
    }
    return OK;
}

void exec_strings_free(struct exec_strings *s)
{
    kfree(s->data);
    *s = (struct exec_strings){0};
}
