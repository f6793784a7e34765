/*
 * string.c - the string and search functions of string.h for freestanding targets. Copying and
 * filling, where a machine has its own best way, are in base/isa/.
 */
#include "base/string.h"

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a, *y = b;
    uint64_t u, v;

    for (; size >= sizeof(u); size -= sizeof(u), x += sizeof(u), y += sizeof(u)) {
        __builtin_memcpy(&u, x, sizeof(u));
        __builtin_memcpy(&v, y, sizeof(v));
        if (u != v)
            break; /* the bytes below find where */
    }
    for (size_t i = 0; i < size; i++)
        if (x[i] != y[i])
            return x[i] - y[i];
    return 0;
}

void *memchr(const void *s, int byte, size_t size)
{
    const unsigned char *p = s;

    for (size_t i = 0; i < size; i++)
        if (p[i] == (unsigned char)byte)
            return (void *)(uintptr_t)(p + i);
    return NULL;
}

/* High bits of the bytes of `word` that are zero; the lowest one set is exact. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - 0x0101010101010101ull) & ~word & 0x8080808080808080ull;
}

typedef uint64_t __attribute__((may_alias)) any_word;

/* Aligned words: they read beyond the end of the string, but never beyond its page. */
size_t strlen(const char *s)
{
    const char *p = s;
    const any_word *word;

    for (; !IS_ALIGNED((uintptr_t)p, sizeof(*word)); p++)
        if (!*p)
            return (size_t)(p - s);
    word = (const void *)p;
    while (!zero_bytes(*word))
        word++;
    for (p = (const char *)word; *p; p++)
        ;
    return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    for (; *a && *a == *b; a++, b++)
        ;
    return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t max)
{
    for (; max; a++, b++, max--)
        if (!*a || *a != *b)
            return (unsigned char)*a - (unsigned char)*b;
    return 0;
}

char *strchr(const char *s, int c)
{
    for (; *s != (char)c; s++)
        if (!*s)
            return NULL;
    return (char *)(uintptr_t)s;
}

char *strrchr(const char *s, int c)
{
    const char *last = NULL;

    do {
        if (*s == (char)c)
            last = s;
    } while (*s++);
    return (char *)(uintptr_t)last;
}
