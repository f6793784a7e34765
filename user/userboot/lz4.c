/*
 * lz4.c - frames of LZ4 (LZ4 Frame Format 1.6): a header, blocks, an end mark. What stands in
 * memory whole needs no window: a block refers to what was made before it. Checksums are
 * skipped, for the item of the image has its own.
 */
#include <lz4.h>

#include "user/userboot/userboot.h"

enum {
    FLAG_DICTIONARY = 1 << 0,
    FLAG_CONTENT_CHECKSUM = 1 << 2,
    FLAG_CONTENT_SIZE = 1 << 3,
    FLAG_BLOCK_CHECKSUM = 1 << 4,
    VERSION_SHIFT = 6,
    VERSION = 1,
    CHECKSUM = 4,
    WINDOW = 64 * 1024,
    BLOCK_MAX = 4 << 20,
};
#define BLOCK_STORED 0x80000000u

struct reader {
    const unsigned char *from;
    size_t left;
};

/* NULL: there are not so many bytes left. */
static const unsigned char *take(struct reader *r, size_t size)
{
    const unsigned char *data = r->from;

    if (size > r->left)
        return NULL;
    r->from += size;
    r->left -= size;
    return data;
}

static bool take_word(struct reader *r, uint32_t *word)
{
    const unsigned char *data = take(r, sizeof(*word));

    if (data)
        memcpy(word, data, sizeof(*word));
    return data;
}

/* Magic, flags, block size, perhaps the content's size, a checksum of one byte. */
static bool take_header(struct reader *r, unsigned char *flags)
{
    const unsigned char *data = take(r, 6);

    if (!data || data[4] >> VERSION_SHIFT != VERSION || data[4] & FLAG_DICTIONARY)
        return false;
    *flags = data[4];
    return take(r, (*flags & FLAG_CONTENT_SIZE ? 8 : 0) + 1);
}

/* What a block makes at `to + done`; -1. */
static int64_t take_block(struct reader *r, uint32_t word, unsigned char *to, size_t done,
                          size_t to_size)
{
    uint32_t size = word & ~BLOCK_STORED;
    const unsigned char *data = size <= BLOCK_MAX ? take(r, size) : NULL;
    size_t room = to_size - done < BLOCK_MAX ? to_size - done : BLOCK_MAX;
    size_t before = done < WINDOW ? done : WINDOW;

    if (!data)
        return -1;
    if (!(word & BLOCK_STORED))
        return LZ4_decompress_safe_usingDict((const char *)data, (char *)to + done, (int)size,
                                             (int)room, (const char *)to + done - before,
                                             (int)before);
    if (size > room)
        return -1;
    memcpy(to + done, data, size);
    return size;
}

int64_t lz4_decompress(const unsigned char *from, size_t size, unsigned char *to,
                       size_t to_size)
{
    struct reader r = {from, size};
    unsigned char flags;
    size_t done = 0;
    uint32_t word;

    if (!take_header(&r, &flags))
        return -1;
    for (;;) {
        int64_t made;

        if (!take_word(&r, &word))
            return -1;
        if (!word)
            break;
        made = take_block(&r, word, to, done, to_size);
        if (made < 0 || (flags & FLAG_BLOCK_CHECKSUM && !take(&r, CHECKSUM)))
            return -1;
        done += (size_t)made;
    }
    return flags & FLAG_CONTENT_CHECKSUM && !take(&r, CHECKSUM) ? -1 : (int64_t)done;
}
