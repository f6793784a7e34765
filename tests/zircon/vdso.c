/*
 * vdso.c - what the vDSO answers by itself, and how arguments arrive.
 */
#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/exception.h"
#include "uapi/zircon/syscalls/system.h"

CASE(VersionTest, ZxStringView)
{
    zx_string_view_t view = zx_system_get_version_string();

    ASSERT_NE((uintptr_t)view.c_str, 0);
    EXPECT_GT(view.length, 0);
    EXPECT_EQ(strlen(view.c_str), view.length);
}

CASE(SystemGetTest, Machine)
{
    uint64_t memory = zx_system_get_physmem();

    EXPECT_GE(zx_system_get_num_cpus(), 1);
    EXPECT_LE(zx_system_get_num_cpus(), 512);
    EXPECT_EQ(zx_system_get_page_size(), 4096);
    EXPECT_EQ(memory % 4096, 0);
    EXPECT_GT(memory, 1 << 20);
    EXPECT_GE(zx_system_get_dcache_line_size(), 16);
    EXPECT_EQ(zx_system_get_dcache_line_size() & (zx_system_get_dcache_line_size() - 1), 0);
}

CASE(SystemGetTest, Features)
{
    uint32_t features = 0;

    EXPECT_OK(zx_system_get_features(ZX_FEATURE_KIND_CPU, &features));
    EXPECT_TRUE(features & ZX_HAS_CPU_FEATURES);
    EXPECT_OK(zx_system_get_features(ZX_FEATURE_KIND_HW_BREAKPOINT_COUNT, &features));
    EXPECT_OK(zx_system_get_features(ZX_FEATURE_KIND_HW_WATCHPOINT_COUNT, &features));
    EXPECT_EQ(zx_system_get_features(1000, &features), ZX_ERR_NOT_SUPPORTED);
}

CASE(StatusTest, Strings)
{
    EXPECT_EQ(strcmp(zx_status_get_string(ZX_OK), "ZX_OK"), 0);
    EXPECT_EQ(strcmp(zx_status_get_string(ZX_ERR_TIMED_OUT), "ZX_ERR_TIMED_OUT"), 0);
    EXPECT_EQ(
        strcmp(zx_status_get_string(ZX_ERR_CONNECTION_ABORTED), "ZX_ERR_CONNECTION_ABORTED"),
        0);
    EXPECT_EQ(strcmp(zx_status_get_string(-4711), "(UNKNOWN)"), 0);
    EXPECT_EQ(strcmp(zx_status_get_string(1), "(UNKNOWN)"), 0);
}

/* Of all kinds that a word of 16 bits can be, ten have a name. */
CASE(ExceptionGetString, AllOfEm)
{
    unsigned named = 0;

    for (uint32_t i = 0; i < UINT16_MAX; i++)
        named += strcmp(zx_exception_get_string(i), "(UNKNOWN)") != 0;
    EXPECT_EQ(named, 10);
    EXPECT_EQ(strcmp(zx_exception_get_string(ZX_EXCP_GENERAL), "ZX_EXCP_GENERAL"), 0);
    EXPECT_EQ(
        strcmp(zx_exception_get_string(ZX_EXCP_PROCESS_STARTING), "ZX_EXCP_PROCESS_STARTING"),
        0);
}

/* As many arguments as a call can have, each a signed word. */
CASE(SyscallGenerationTest, Arguments)
{
    EXPECT_EQ(zx_syscall_test_0(), 0);
    EXPECT_EQ(zx_syscall_test_1(1), 1);
    EXPECT_EQ(zx_syscall_test_2(1, 2), 3);
    EXPECT_EQ(zx_syscall_test_3(1, 2, 3), 6);
    EXPECT_EQ(zx_syscall_test_4(1, 2, 3, 4), 10);
    EXPECT_EQ(zx_syscall_test_5(1, 2, 3, 4, 5), 15);
    EXPECT_EQ(zx_syscall_test_6(1, 2, 3, 4, 5, 6), 21);
    EXPECT_EQ(zx_syscall_test_7(1, 2, 3, 4, 5, 6, 7), 28);
    EXPECT_EQ(zx_syscall_test_8(1, 2, 3, 4, 5, 6, 7, 8), 36);
    EXPECT_EQ(zx_syscall_test_8(-1, 2, 3, 4, 5, 6, 7, -80), -54);
}

CASE(SyscallGenerationTest, Wrapper)
{
    EXPECT_EQ(zx_syscall_test_wrapper(1, 2, 3), 6);
    EXPECT_EQ(zx_syscall_test_wrapper(-1, 2, 3), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_syscall_test_wrapper(1, 2, -3), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_syscall_test_wrapper(10, 20, 30), ZX_ERR_OUT_OF_RANGE);
}

/* Each of 64 bits as the caller sees it: the call ignores what is beyond its narrower ones. */
typedef uint64_t widened(uint64_t a, uint64_t b, uint64_t c, uint64_t d);

static uint64_t call_widened(const void *call, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    __asm__("" : "+r"(call)); /* what it was declared as is forgotten */
    return ((widened *)(uintptr_t)call)(a, b, c, d);
}

enum { BEYOND_16 = 1 << 17, BEYOND_8 = 1 << 9 };
#define BEYOND_32 (1ull << 33)

static void check_unsigned(const void *call)
{
    EXPECT_EQ(call_widened(call, BEYOND_32 | 1, BEYOND_32 | 2, BEYOND_16 | 3, BEYOND_8 | 4),
              (BEYOND_32 | 1) + 9);
}

static void check_signed(const void *call)
{
    EXPECT_EQ(call_widened(call, -BEYOND_32, BEYOND_32 | (uint32_t)-2, BEYOND_16 | 0xfffd,
                           BEYOND_8 | 0xfc),
              -(int64_t)BEYOND_32 - 9);
}

CASE(SyscallGenerationTest, WideningUnsignedNarrow)
{
    check_unsigned((const void *)zx_syscall_test_widening_unsigned_narrow);
}

CASE(SyscallGenerationTest, WideningUnsignedWide)
{
    check_unsigned((const void *)zx_syscall_test_widening_unsigned_wide);
}

CASE(SyscallGenerationTest, WideningSignedNarrow)
{
    check_signed((const void *)zx_syscall_test_widening_signed_narrow);
}

CASE(SyscallGenerationTest, WideningSignedWide)
{
    check_signed((const void *)zx_syscall_test_widening_signed_wide);
}

/* A call that fails gives no handle and leaves the program's word alone. */
CASE(HandleCreationTest, Basic)
{
    zx_handle_t handle = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_syscall_test_handle_create(ZX_OK, &handle));
    EXPECT_NE(handle, ZX_HANDLE_INVALID);
    EXPECT_OK(zx_handle_close(handle));
    handle = ZX_HANDLE_INVALID;
    EXPECT_EQ(zx_syscall_test_handle_create(ZX_ERR_UNAVAILABLE, &handle), ZX_ERR_UNAVAILABLE);
    EXPECT_EQ(handle, ZX_HANDLE_INVALID);
}

/* The vDSO draws in parts; none of them is left out. */
CASE(CprngTest, Large)
{
    static unsigned char bytes[3 * 256 + 7];
    unsigned zeroes = 0;

    zx_cprng_draw(bytes, sizeof(bytes));
    for (unsigned i = 0; i < sizeof(bytes) - 16; i += 16) {
        unsigned sum = 0;

        for (unsigned j = 0; j < 16; j++)
            sum += bytes[i + j];
        zeroes += sum == 0;
    }
    EXPECT_EQ(zeroes, 0);
}
