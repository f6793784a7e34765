/*
 * copy.c (riscv64) - copying and filling with aligned words: an unaligned access may be a trap
 * to firmware. A source out of step with its target is shifted into place.
 * Some stores are volatile: or the compiler knows a loop that copies or fills, and calls the
 * very function that it is part of.
 */
#include "base/string.h"

#define WORD sizeof(uint64_t)

typedef uint64_t __attribute__((may_alias)) any_word;

static bool in_step(const void *a, const void *b)
{
    return IS_ALIGNED((uintptr_t)a ^ (uintptr_t)b, WORD);
}

/* The whole words of a run whose target is aligned and whose source is not; returns the bytes
 * done. Reads only words that hold at least one byte of the run. */
static size_t copy_shifted(unsigned char *to, const unsigned char *from, size_t size)
{
    unsigned skew = (uintptr_t)from % WORD, right = skew * 8, left = 64 - right;
    const any_word *source = (const void *)(from - skew);
    any_word *target = (void *)to;
    uint64_t low = *source++;
    size_t words = size / WORD;

    for (size_t i = 0; i < words; i++) {
        uint64_t high = *source++;

        target[i] = low >> right | high << left;
        low = high;
    }
    return words * WORD;
}

/* The whole words of a run where both are aligned. */
static size_t copy_words(unsigned char *to, const unsigned char *from, size_t size)
{
    const any_word *source = (const void *)from;
    any_word *target = (void *)to;
    size_t words = size / WORD, i = 0;

    for (; i + 4 <= words; i += 4) {
        uint64_t a = source[i], b = source[i + 1], c = source[i + 2], d = source[i + 3];

        target[i] = a;
        target[i + 1] = b;
        target[i + 2] = c;
        target[i + 3] = d;
    }
    for (; i < words; i++)
        *(volatile any_word *)&target[i] = source[i];
    return words * WORD;
}

/* Ascending; right for overlap with `to` below `from`. */
static void copy_up(unsigned char *to, const unsigned char *from, size_t size)
{
    size_t done;

    for (; size && !IS_ALIGNED((uintptr_t)to, WORD); size--)
        *(volatile unsigned char *)to++ = *from++;
    if (size >= WORD) {
        done = in_step(to, from) ? copy_words(to, from, size) : copy_shifted(to, from, size);
        to += done;
        from += done;
        size -= done;
    }
    for (size_t i = 0; i < size; i++)
        ((volatile unsigned char *)to)[i] = from[i];
}

/* Descending; right for overlap with `to` above `from`. */
static void copy_down(unsigned char *to, const unsigned char *from, size_t size)
{
    if (in_step(to, from)) {
        for (; size && !IS_ALIGNED((uintptr_t)to + size, WORD); size--)
            to[size - 1] = from[size - 1];
        for (; size >= WORD; size -= WORD)
            *(volatile any_word *)(to + size - WORD) = *(const any_word *)(from + size - WORD);
    }
    for (; size; size--)
        ((volatile unsigned char *)to)[size - 1] = from[size - 1];
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    copy_up(to, from, size);
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    if ((uintptr_t)to - (uintptr_t)from >= size)
        copy_up(to, from, size);
    else
        copy_down(to, from, size);
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    unsigned char *p = to;
    uint64_t word = (unsigned char)byte * 0x0101010101010101ull;

    for (; size && !IS_ALIGNED((uintptr_t)p, WORD); size--)
        *(volatile unsigned char *)p++ = (unsigned char)byte;
    for (; size >= WORD; size -= WORD, p += WORD)
        *(volatile any_word *)p = word;
    for (; size; size--)
        *(volatile unsigned char *)p++ = (unsigned char)byte;
    return to;
}
