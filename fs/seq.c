/*
 * seq.c - a buffer that doubles.
 */
#include "fs/seq.h"

#include "base/format.h"
#include "base/string.h"
#include "mm/slab.h"

enum { FIRST_CAPACITY = 512 };

void seq_fini(struct seq *seq)
{
    kfree(seq->data);
    *seq = (struct seq){0};
}

/* Room for `size` more bytes. */
static bool reserve(struct seq *seq, size_t size)
{
    size_t capacity = seq->capacity ? seq->capacity : FIRST_CAPACITY;
    char *data;

    if (seq->failed || size <= seq->capacity - seq->size)
        return !seq->failed;
    while (capacity - seq->size < size)
        capacity *= 2;
    data = kmalloc(capacity);
    if (!data) {
        seq->failed = true;
        return false;
    }
    if (seq->size)
        memcpy(data, seq->data, seq->size);
    kfree(seq->data);
    seq->data = data;
    seq->capacity = capacity;
    return true;
}

void seq_put(struct seq *seq, const void *data, size_t size)
{
    if (!size || !reserve(seq, size))
        return;
    memcpy(seq->data + seq->size, data, size);
    seq->size += size;
}

void seq_puts(struct seq *seq, const char *text)
{
    seq_put(seq, text, strlen(text));
}

void seq_printf(struct seq *seq, const char *fmt, ...)
{
    va_list ap, again;
    int length;

    va_start(ap, fmt);
    va_copy(again, ap);
    length = format_va(NULL, 0, fmt, ap);
    if (length > 0 && reserve(seq, (size_t)length + 1)) {
        format_va(seq->data + seq->size, (size_t)length + 1, fmt, again);
        seq->size += (size_t)length;
    }
    va_end(again);
    va_end(ap);
}
