/*
 * cache.c - zx_cache_flush.
 */
#include "cache.h" /* isa/ISA */

#include "uapi/zircon/syscalls/memory.h"
#include "user/vdso/export.h"

zx_status_t _zx_cache_flush(const void *addr, uint64_t size, uint32_t options)
{
    if (options & ~(uint32_t)(ZX_CACHE_FLUSH_INSN | ZX_CACHE_FLUSH_DATA |
                              ZX_CACHE_FLUSH_INVALIDATE) ||
        !(options & (ZX_CACHE_FLUSH_INSN | ZX_CACHE_FLUSH_DATA)) ||
        ((options & ZX_CACHE_FLUSH_INVALIDATE) && !(options & ZX_CACHE_FLUSH_DATA)))
        return ZX_ERR_INVALID_ARGS;
    if (options & ZX_CACHE_FLUSH_DATA)
        cache_write_back(addr, size);
    if (options & ZX_CACHE_FLUSH_INSN)
        cache_sync_instructions();
    return ZX_OK;
}
EXPORT(cache_flush);
