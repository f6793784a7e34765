/*
 * compress.c - zstd and LZ4.
 */
#include "tools/zcore/compress.h"

#include <lz4frame.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum { ZSTD_LEVEL = 9 };

static char *pack_zstd(const char *data, size_t size, size_t *out_size)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t room = ZSTD_compressBound(size);
    char *out = malloc(room);

    if (!context || !out)
        return NULL;
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, ZSTD_LEVEL);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    *out_size = ZSTD_compress2(context, out, room, data, size);
    ZSTD_freeCCtx(context);
    return ZSTD_isError(*out_size) ? NULL : out;
}

static char *pack_lz4(const char *data, size_t size, size_t *out_size)
{
    LZ4F_preferences_t how = {.frameInfo = {.blockSizeID = LZ4F_max64KB, .contentSize = size}};
    size_t room = LZ4F_compressFrameBound(size, &how);
    char *out = malloc(room);

    *out_size = out ? LZ4F_compressFrame(out, room, data, size, &how) : 0;
    return out && !LZ4F_isError(*out_size) ? out : NULL;
}

const struct packing *packing_find(const char *name)
{
    static const struct packing all[] = {
        {"zstd", pack_zstd}, {"lz4", pack_lz4}, {"none", NULL}};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (!strcmp(all[i].name, name))
            return &all[i];
    return NULL;
}
