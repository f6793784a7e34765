/*
 * cache.c - zx_cache_flush: what it is told, and that code which was written is what runs.
 */
#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/memory.h"

/* isa/ISA/spin.S: their texts are as long as each other, and run anywhere. */
int say_one(void);
int say_two(void);
extern const char say_end[];

enum { INSN = ZX_CACHE_FLUSH_INSN, DATA = ZX_CACHE_FLUSH_DATA };

CASE(CacheFlush, Options)
{
    static const uint32_t good[] = {INSN, DATA, INSN | DATA, DATA | ZX_CACHE_FLUSH_INVALIDATE,
                                    INSN | DATA | ZX_CACHE_FLUSH_INVALIDATE};
    static const uint32_t bad[] = {
        0, ZX_CACHE_FLUSH_INVALIDATE, INSN | ZX_CACHE_FLUSH_INVALIDATE, 8, DATA | 8, 1u << 31};
    static char bytes[3 * PAGE];

    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        EXPECT_OK(zx_cache_flush(bytes, sizeof(bytes), good[i]));
        EXPECT_OK(zx_cache_flush(bytes + 1, 1, good[i]));
        EXPECT_OK(zx_cache_flush(NULL, 0, good[i]));
    }
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        EXPECT_EQ(zx_cache_flush(bytes, sizeof(bytes), bad[i]), ZX_ERR_INVALID_ARGS);
}

/* Written at one address and run at another. */
CASE(CacheFlush, CodeThatWasWrittenRuns)
{
    size_t size = (size_t)((const char *)say_two - (const char *)say_one);
    zx_vaddr_t from, to;
    zx_handle_t vmo;

    ASSERT_EQ(size, say_end - (const char *)say_two);
    ASSERT_OK(zx_vmo_create(PAGE, 0, &vmo));
    ASSERT_OK(zx_vmo_replace_as_executable(vmo, ZX_HANDLE_INVALID, &vmo));
    ASSERT_OK(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, vmo, 0,
                          PAGE, &to));
    ASSERT_OK(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ | ZX_VM_PERM_EXECUTE, 0, vmo, 0,
                          PAGE, &from));
    for (int i = 0; i < 100; i++) {
        memcpy((void *)to, i % 2 ? (const void *)say_two : (const void *)say_one, size);
        EXPECT_OK(zx_cache_flush((const void *)from, size, INSN | DATA));
        EXPECT_EQ(((int (*)(void))from)(), 1 + i % 2);
    }
    EXPECT_OK(zx_vmar_unmap(ztest_root_vmar(), to, PAGE));
    EXPECT_OK(zx_vmar_unmap(ztest_root_vmar(), from, PAGE));
    EXPECT_OK(zx_handle_close(vmo));
}
