/*
 * ring.h - byte ring over the caller's buffer of a power-of-two size.
 *
 * Not atomic: the owner's lock guards it. The two counters run freely and wrap; their
 * difference is what the ring holds.
 */
#pragma once

#include "base/string.h"

struct ring {
    unsigned char *buf;
    uint32_t size;          /* a power of two */
    uint32_t read, written; /* bytes ever taken out, put in, modulo 2^32 */
};

static inline void ring_init(struct ring *ring, void *buf, uint32_t size)
{
    *ring = (struct ring){.buf = buf, .size = size};
}

static inline uint32_t ring_used(const struct ring *ring)
{
    return ring->written - ring->read;
}

static inline uint32_t ring_space(const struct ring *ring)
{
    return ring->size - ring_used(ring);
}

/* As much of `size` bytes as there is room for; how many. */
static inline uint32_t ring_write(struct ring *ring, const void *from, uint32_t size)
{
    uint32_t at = ring->written & (ring->size - 1);
    uint32_t total = MIN(size, ring_space(ring)), first = MIN(total, ring->size - at);

    memcpy(ring->buf + at, from, first);
    memcpy(ring->buf, (const unsigned char *)from + first, total - first);
    ring->written += total;
    return total;
}

/* Copy up to `size` bytes that begin `skip` bytes behind the first; they stay. How many. */
static inline uint32_t ring_peek(const struct ring *ring, uint32_t skip, void *to,
                                 uint32_t size)
{
    uint32_t at = (ring->read + skip) & (ring->size - 1);
    uint32_t total, first;

    if (skip >= ring_used(ring))
        return 0;
    total = MIN(size, ring_used(ring) - skip);
    first = MIN(total, ring->size - at);
    memcpy(to, ring->buf + at, first);
    memcpy((unsigned char *)to + first, ring->buf, total - first);
    return total;
}

/* Forget up to `size` bytes at the front; how many. */
static inline uint32_t ring_drop(struct ring *ring, uint32_t size)
{
    uint32_t total = MIN(size, ring_used(ring));

    ring->read += total;
    return total;
}

/* Take out up to `size` bytes; how many. */
static inline uint32_t ring_read(struct ring *ring, void *to, uint32_t size)
{
    return ring_drop(ring, ring_peek(ring, 0, to, size));
}
