/*
 * decompress.c - frames of zstd; those of LZ4 are lz4.c's.
 */
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include "user/userboot/userboot.h"

/* More than ZSTD_estimateDCtxSize(). */
static unsigned char workspace[256 * 1024] __attribute__((aligned(16)));

static int64_t zstd_decompress(const unsigned char *from, size_t size, unsigned char *to,
                               size_t to_size)
{
    ZSTD_DCtx *context = ZSTD_initStaticDCtx(workspace, sizeof(workspace));
    size_t made = context ? ZSTD_decompressDCtx(context, to, to_size, from, size) : 0;

    return !context || ZSTD_isError(made) ? -1 : (int64_t)made;
}

zx_status_t decompress(const unsigned char *from, size_t size, unsigned char *to,
                       size_t to_size)
{
    uint32_t magic = 0;
    int64_t made = -1;

    if (size >= sizeof(magic))
        memcpy(&magic, from, sizeof(magic));
    if (magic == ZSTD_MAGICNUMBER)
        made = zstd_decompress(from, size, to, to_size);
    else if (magic == LZ4_FRAME_MAGIC)
        made = lz4_decompress(from, size, to, to_size);
    return made == (int64_t)to_size ? ZX_OK : ZX_ERR_IO_DATA_INTEGRITY;
}
