/*
 * hash.h - hashes for tables: of a number, and of bytes such as a name.
 *
 * Good dispersion in all bits, so a table may take the low ones. Not for secrets; a table whose
 * keys users choose passes a random seed.
 */
#pragma once

#include "base/types.h"

/* Stafford's mixer 13, the finaliser of splitmix64: a bijection. */
static inline uint64_t hash_u64(uint64_t n)
{
    n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9ull;
    n = (n ^ n >> 27) * 0x94d049bb133111ebull;
    return n ^ n >> 31;
}

/* Both halves of the product, folded: every bit in reaches every bit out. */
static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_bytes(const void *data, size_t size, uint64_t seed)
{
    const unsigned char *p = data;
    uint64_t h = seed ^ size * 0x9e3779b97f4a7c15ull, word;

    for (; size >= sizeof(word); size -= sizeof(word), p += sizeof(word)) {
        __builtin_memcpy(&word, p, sizeof(word));
        h = hash_fold(h ^ word ^ 0xa0761d6478bd642full, 0xe7037ed1a0b428dbull);
    }
    word = 0;
    for (size_t i = 0; i < size; i++)
        word |= (uint64_t)p[i] << i * 8;
    return hash_u64(h ^ word);
}
