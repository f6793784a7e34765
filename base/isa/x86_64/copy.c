/*
 * copy.c (x86_64) - copying and filling: overlapping words for short runs, `rep movsq` and
 * `rep stosq` for long ones. Words and not bytes, because an emulator repeats one at a time.
 */
#include "base/string.h"

/* Below this many bytes the start-up of a repeated instruction costs more than a loop. */
#define LONG_RUN 256u

/* Any alignment: x86 has no unaligned accesses to speak of. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word64;
typedef uint32_t __attribute__((may_alias, aligned(1))) word32;

#define W64(p, at) (*(word64 *)((p) + (at)))
#define R64(p, at) (*(const word64 *)((p) + (at)))
#define W32(p, at) (*(word32 *)((p) + (at)))
#define R32(p, at) (*(const word32 *)((p) + (at)))

/* Up to 16 bytes; all are read before any is written, so overlap is no concern. */
static void copy_short(unsigned char *to, const unsigned char *from, size_t size)
{
    if (size >= 8) {
        uint64_t first = R64(from, 0), last = R64(from, size - 8);

        W64(to, 0) = first;
        W64(to, size - 8) = last;
    } else if (size >= 4) {
        uint32_t first = R32(from, 0), last = R32(from, size - 4);

        W32(to, 0) = first;
        W32(to, size - 4) = last;
    } else if (size) {
        unsigned char first = from[0], middle = from[size / 2], last = from[size - 1];

        to[0] = first;
        to[size / 2] = middle;
        to[size - 1] = last;
    }
}

/* More than 16 bytes, `to` below `from` or apart. The last word is read first: the loop may
 * overwrite its source. */
static void copy_up(unsigned char *to, const unsigned char *from, size_t size)
{
    uint64_t last = R64(from, size - 8);
    unsigned char *end = to + size;

    if (size >= LONG_RUN) {
        size_t words = size / 8;

        __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    } else {
        for (; size >= 16; size -= 16, to += 16, from += 16) {
            uint64_t a = R64(from, 0), b = R64(from, 8);

            W64(to, 0) = a;
            W64(to, 8) = b;
        }
        if (size >= 8)
            W64(to, 0) = R64(from, 0);
    }
    W64(end, -8) = last;
}

/* More than 16 bytes, `to` above `from`: from the end, the first word read in advance. */
static void copy_down(unsigned char *to, const unsigned char *from, size_t size)
{
    uint64_t first = R64(from, 0);

    for (; size >= 8; size -= 8)
        W64(to, size - 8) = R64(from, size - 8);
    W64(to, 0) = first;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    if (size <= 16)
        copy_short(to, from, size);
    else
        copy_up(to, from, size);
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    if (size <= 16)
        copy_short(to, from, size);
    else if ((uintptr_t)to - (uintptr_t)from >= size)
        copy_up(to, from, size);
    else
        copy_down(to, from, size);
    return to;
}

/* Stores through volatile: or the compiler knows a loop that fills, and calls memset for it. */
void *memset(void *to, int byte, size_t size)
{
    unsigned char *p = to;
    uint64_t word = (unsigned char)byte * 0x0101010101010101ull;

    if (size < 8) {
        for (size_t i = 0; i < size; i++)
            ((volatile unsigned char *)p)[i] = (unsigned char)byte;
        return to;
    }
    if (size >= LONG_RUN) {
        size_t words = size / 8;
        unsigned char *at = p;

        __asm__ volatile("rep stosq" : "+D"(at), "+c"(words) : "a"(word) : "memory");
    } else {
        for (size_t i = 0; i + 8 <= size; i += 8)
            *(volatile word64 *)(p + i) = word;
    }
    W64(p, size - 8) = word;
    return to;
}
