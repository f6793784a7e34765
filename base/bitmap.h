/*
 * bitmap.h - sets of small numbers in an array of words. Not atomic: the owner's lock guards
 * it.
 */
#pragma once

#include "base/types.h"

#define BITMAP_WORD_BITS   64u
#define BITMAP_WORDS(bits) DIV_ROUND_UP(bits, BITMAP_WORD_BITS)

static inline bool bitmap_test(const uint64_t *map, size_t bit)
{
    return map[bit / BITMAP_WORD_BITS] >> bit % BITMAP_WORD_BITS & 1;
}

static inline void bitmap_set(uint64_t *map, size_t bit)
{
    map[bit / BITMAP_WORD_BITS] |= 1ull << bit % BITMAP_WORD_BITS;
}

static inline void bitmap_clear(uint64_t *map, size_t bit)
{
    map[bit / BITMAP_WORD_BITS] &= ~(1ull << bit % BITMAP_WORD_BITS);
}

/* The bits of the word that holds `from`, from there on to `to` or the word's end. */
static inline uint64_t bitmap_mask(size_t from, size_t to)
{
    size_t count = MIN(to - from, BITMAP_WORD_BITS - from % BITMAP_WORD_BITS);

    return (count == BITMAP_WORD_BITS ? ~0ull : (1ull << count) - 1) << from % BITMAP_WORD_BITS;
}

static inline size_t bitmap_next_word(size_t bit)
{
    return ROUND_DOWN(bit, BITMAP_WORD_BITS) + BITMAP_WORD_BITS;
}

/* The first bit that is set (clear) in [from, size); `size` when there is none. */
static inline size_t bitmap_find_set(const uint64_t *map, size_t size, size_t from)
{
    for (; from < size; from = bitmap_next_word(from)) {
        uint64_t word = map[from / BITMAP_WORD_BITS] & bitmap_mask(from, size);

        if (word)
            return ROUND_DOWN(from, BITMAP_WORD_BITS) + (size_t)__builtin_ctzll(word);
    }
    return size;
}

static inline size_t bitmap_find_clear(const uint64_t *map, size_t size, size_t from)
{
    for (; from < size; from = bitmap_next_word(from)) {
        uint64_t word = ~map[from / BITMAP_WORD_BITS] & bitmap_mask(from, size);

        if (word)
            return ROUND_DOWN(from, BITMAP_WORD_BITS) + (size_t)__builtin_ctzll(word);
    }
    return size;
}
