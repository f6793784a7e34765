/*
 * random.h - a deterministic generator (xoshiro256**) for tests, seeded schedules and layout
 * randomisation. Not for keys. Not atomic: the owner's lock guards it.
 */
#pragma once

#include "base/hash.h"

struct random {
    uint64_t s[4]; /* never all zero */
};

/* Any seed will do; splitmix64 spreads it over the state. */
static inline void random_seed(struct random *r, uint64_t seed)
{
    for (size_t i = 0; i < countof(r->s); i++)
        r->s[i] = hash_u64(seed += 0x9e3779b97f4a7c15ull);
}

static inline uint64_t random_rotate(uint64_t n, unsigned by)
{
    return n << by | n >> (64 - by);
}

static inline uint64_t random_u64(struct random *r)
{
    uint64_t *s = r->s, result = random_rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = random_rotate(s[3], 45);
    return result;
}

/* 0 .. below - 1; `below` > 0. Its bias, below / 2^64, is beyond notice. */
static inline uint64_t random_below(struct random *r, uint64_t below)
{
    return (uint64_t)((unsigned __int128)random_u64(r) * below >> 64);
}
