/*
 * entropy.c - the pool behind hal_entropy: ChaCha20 with fast key erasure.
 */
#include "hal/bare/common/entropy.h"

#include "base/string.h"
#include "hal/boot.h"
#include "hal/spinlock.h"

#define KEY_WORDS   8u
#define BLOCK_WORDS 16u
#define KEY_SIZE    (KEY_WORDS * sizeof(uint32_t))
/* What one block yields after the next key is taken from its front. */
#define YIELD (BLOCK_WORDS * sizeof(uint32_t) - KEY_SIZE)

static struct spinlock pool_lock; /* guards the key; a leaf */
static uint32_t key[KEY_WORDS];

static void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b;
    *d = (*d ^ *a) << 16 | (*d ^ *a) >> 16;
    *c += *d;
    *b = (*b ^ *c) << 12 | (*b ^ *c) >> 20;
    *a += *b;
    *d = (*d ^ *a) << 8 | (*d ^ *a) >> 24;
    *c += *d;
    *b = (*b ^ *c) << 7 | (*b ^ *c) >> 25;
}

static void double_round(uint32_t x[BLOCK_WORDS])
{
    for (unsigned i = 0; i < 4; i++)
        quarter_round(&x[i], &x[4 + i], &x[8 + i], &x[12 + i]);
    for (unsigned i = 0; i < 4; i++)
        quarter_round(&x[i], &x[4 + (i + 1) % 4], &x[8 + (i + 2) % 4], &x[12 + (i + 3) % 4]);
}

/* The block of the present key, with counter and nonce 0 since no key is used twice. Its front
 * is the next key, the rest is the output. */
static void pool_step(uint8_t out[YIELD])
{
    uint32_t start[BLOCK_WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    uint32_t x[BLOCK_WORDS];

    memcpy(start + 4, key, KEY_SIZE);
    memcpy(x, start, sizeof(x));
    for (unsigned i = 0; i < 10; i++)
        double_round(x);
    for (unsigned i = 0; i < BLOCK_WORDS; i++)
        x[i] += start[i];
    memcpy(key, x, KEY_SIZE);
    memcpy(out, x + KEY_WORDS, YIELD);
}

void hal_entropy_add(const void *data, size_t size)
{
    const uint8_t *from = data;
    uint8_t discard[YIELD];
    SPIN_GUARD(&pool_lock);

    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)key)[i % KEY_SIZE] ^= from[i];
        if (i % KEY_SIZE == KEY_SIZE - 1 || i == size - 1)
            pool_step(discard);
    }
}

void hal_entropy(void *buf, size_t size)
{
    uint8_t *to = buf, out[YIELD];

    entropy_refresh();
    SPIN_GUARD(&pool_lock);

    for (size_t done = 0; done < size; done += YIELD) {
        pool_step(out);
        memcpy(to + done, out, MIN(size - done, sizeof(out)));
    }
}
