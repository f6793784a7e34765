/*
 * privileged.c - what the root resource is for.
 */
#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/resource.h"
#include "uapi/zircon/syscalls/system.h"
#include "uapi/zircon/syscalls/system_info.h"

enum { MMIO_SIZE = 4 * PAGE };
#define MMIO_BASE 0x4000000000ull

static zx_status_t create(zx_handle_t parent, uint32_t options, uint64_t base, uint64_t size,
                          zx_handle_t *out)
{
    return zx_resource_create(parent, options, base, size, "test", 5, out);
}

/* Creates and closes. */
static zx_status_t try_create(zx_handle_t parent, uint32_t options, uint64_t base,
                              uint64_t size)
{
    zx_handle_t handle;
    zx_status_t st = create(parent, options, base, size, &handle);

    if (st == ZX_OK)
        EXPECT_OK(zx_handle_close(handle));
    return st;
}

static zx_info_resource_t info_of(zx_handle_t handle)
{
    zx_info_resource_t info = {0};

    EXPECT_OK(zx_object_get_info(handle, ZX_INFO_RESOURCE, &info, sizeof(info), NULL, NULL));
    return info;
}

CASE(Resource, BasicActions)
{
    zx_handle_t new_root, mmio;
    zx_info_resource_t info;

    ASSERT_OK(create(ztest_root_resource(), ZX_RSRC_KIND_ROOT, 0, 0, &new_root));
    info = info_of(new_root);
    EXPECT_EQ(info.kind, ZX_RSRC_KIND_ROOT);
    EXPECT_EQ(info.base | info.size | info.flags, 0);
    EXPECT_EQ(strcmp(info.name, "test"), 0);
    ASSERT_OK(create(new_root, ZX_RSRC_KIND_MMIO | ZX_RSRC_FLAG_EXCLUSIVE, MMIO_BASE, MMIO_SIZE,
                     &mmio));
    info = info_of(mmio);
    EXPECT_EQ(info.kind, ZX_RSRC_KIND_MMIO);
    EXPECT_EQ(info.flags, ZX_RSRC_FLAG_EXCLUSIVE);
    EXPECT_EQ(info.base, MMIO_BASE);
    EXPECT_EQ(info.size, MMIO_SIZE);
    EXPECT_OK(zx_handle_close(mmio));
    EXPECT_OK(zx_handle_close(new_root));
}

CASE(Resource, ExclusiveShared)
{
    zx_handle_t mmio;

    ASSERT_OK(create(ztest_root_resource(), ZX_RSRC_KIND_MMIO | ZX_RSRC_FLAG_EXCLUSIVE,
                     MMIO_BASE, MMIO_SIZE, &mmio));
    EXPECT_EQ(try_create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, MMIO_BASE, MMIO_SIZE),
              ZX_ERR_NOT_FOUND);
    EXPECT_OK(zx_handle_close(mmio));
    EXPECT_OK(try_create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, MMIO_BASE, MMIO_SIZE));
}

CASE(Resource, SharedExclusive)
{
    zx_handle_t mmio;

    ASSERT_OK(create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, MMIO_BASE, MMIO_SIZE, &mmio));
    EXPECT_EQ(try_create(ztest_root_resource(), ZX_RSRC_KIND_MMIO | ZX_RSRC_FLAG_EXCLUSIVE,
                         MMIO_BASE, MMIO_SIZE),
              ZX_ERR_NOT_FOUND);
    EXPECT_OK(zx_handle_close(mmio));
}

CASE(Resource, InvalidArgs)
{
    zx_handle_t mmio;

    ASSERT_OK(create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, MMIO_BASE, MMIO_SIZE, &mmio));
    EXPECT_EQ(try_create(mmio, ZX_RSRC_KIND_ROOT, 0, 0), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(try_create(mmio, ZX_RSRC_KIND_IRQ, 0, 0), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(mmio));
    EXPECT_EQ(try_create(ztest_root_resource(), ZX_RSRC_KIND_COUNT, MMIO_BASE, MMIO_SIZE),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(try_create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, UINT64_MAX, 1024),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(try_create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, 1024, UINT64_MAX),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(
        try_create(ztest_root_resource(), ZX_RSRC_KIND_MMIO | 0xff0000, MMIO_BASE, MMIO_SIZE),
        ZX_ERR_INVALID_ARGS);
}

/* Somewhere in the space of addresses is room; elsewhere is nothing worse than none. */
CASE(Resource, ProbeAddressSpace)
{
    const uint64_t step = 1ull << 32;
    zx_status_t st = ZX_ERR_NOT_FOUND;

    for (uint64_t base = 0; base < UINT64_MAX - step && st == ZX_ERR_NOT_FOUND; base += step)
        st = try_create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, base, MMIO_SIZE);
    EXPECT_OK(st);
}

/* Parts of `options`' resource of a page, of which none is to be had. */
static void check_no_part(uint32_t options, uint32_t part, uint64_t base, uint64_t size,
                          zx_status_t expected)
{
    zx_handle_t mmio;

    ASSERT_OK(create(ztest_root_resource(), options, MMIO_BASE, PAGE, &mmio));
    EXPECT_EQ(try_create(mmio, part, base, size), expected);
    EXPECT_OK(zx_handle_close(mmio));
}

CASE(Resource, CreateResourceSlice)
{
    const uint32_t shared = ZX_RSRC_KIND_MMIO, only = shared | ZX_RSRC_FLAG_EXCLUSIVE;
    zx_handle_t mmio, part;

    check_no_part(shared, ZX_RSRC_KIND_ROOT, MMIO_BASE, PAGE, ZX_ERR_ACCESS_DENIED);
    check_no_part(shared, ZX_RSRC_KIND_IRQ, MMIO_BASE, PAGE, ZX_ERR_ACCESS_DENIED);
    check_no_part(shared, ZX_RSRC_KIND_IRQ, MMIO_BASE + PAGE, PAGE, ZX_ERR_ACCESS_DENIED);
    check_no_part(shared, ZX_RSRC_KIND_IRQ, MMIO_BASE, PAGE + 34, ZX_ERR_ACCESS_DENIED);
    check_no_part(only, shared, MMIO_BASE, PAGE, ZX_ERR_INVALID_ARGS);
    check_no_part(shared, only, MMIO_BASE, PAGE, ZX_ERR_INVALID_ARGS);
    check_no_part(only, only, MMIO_BASE, PAGE, ZX_ERR_INVALID_ARGS);
    check_no_part(shared, shared, MMIO_BASE, PAGE, ZX_OK);
    ASSERT_OK(create(ztest_root_resource(), shared, MMIO_BASE, 2 * PAGE, &mmio));
    ASSERT_OK(create(mmio, shared, MMIO_BASE, PAGE, &part));
    EXPECT_EQ(try_create(part, shared, MMIO_BASE, 2 * PAGE), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(try_create(part, shared, MMIO_BASE, PAGE));
    EXPECT_OK(zx_handle_close(part));
    EXPECT_OK(zx_handle_close(mmio));
}

/* The range comes before what the machine may have none of. */
CASE(Resource, PortsAreOfARange)
{
    zx_handle_t io;

    ASSERT_OK(create(ztest_root_resource(), ZX_RSRC_KIND_IOPORT, 0x80, 1, &io));
    EXPECT_EQ(zx_ioports_request(io, 0xcf8, 8), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_ioports_release(io, 0xcf8, 8), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_ioports_request(ztest_job(), 0x80, 1), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(io));
}

CASE(Resource, IrqsAreOfARange)
{
    zx_handle_t irqs, out;

    ASSERT_OK(create(ztest_root_resource(), ZX_RSRC_KIND_IRQ, 900, 2, &irqs));
    EXPECT_EQ(zx_interrupt_create(irqs, 899, 0, &out), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_interrupt_create(irqs, 902, 0, &out), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_interrupt_create(irqs, 901, 0, &out), ZX_ERR_INVALID_ARGS); /* no such line */
    EXPECT_EQ(zx_interrupt_create(irqs, 901, 0x20, &out), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(irqs));
}

CASE(Resource, PartsOfOne)
{
    zx_handle_t mmio;

    ASSERT_OK(create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, MMIO_BASE, MMIO_SIZE, &mmio));
    EXPECT_OK(try_create(mmio, ZX_RSRC_KIND_MMIO, MMIO_BASE, MMIO_SIZE));
    EXPECT_OK(try_create(mmio, ZX_RSRC_KIND_MMIO, MMIO_BASE + PAGE, PAGE));
    EXPECT_EQ(try_create(mmio, ZX_RSRC_KIND_MMIO, MMIO_BASE + PAGE, MMIO_SIZE),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(try_create(mmio, ZX_RSRC_KIND_MMIO | ZX_RSRC_FLAG_EXCLUSIVE, MMIO_BASE, PAGE),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(mmio));
}

CASE(SystemInfo, IsForWhoHasTheRootResource)
{
    zx_info_cpu_stats_t cpus[64];
    zx_info_kmem_stats_t memory;
    uint64_t actual, avail;
    zx_handle_t mmio;

    ASSERT_OK(zx_object_get_info(ztest_root_resource(), ZX_INFO_CPU_STATS, cpus, sizeof(cpus),
                                 &actual, &avail));
    EXPECT_EQ(actual, avail);
    ASSERT_GT(actual, 0);
    EXPECT_EQ(cpus[0].cpu_number, 0);
    EXPECT_EQ(cpus[0].flags, ZX_INFO_CPU_STATS_FLAG_ONLINE);
    EXPECT_GT(cpus[0].context_switches, 0);
    EXPECT_OK(zx_object_get_info(ztest_root_resource(), ZX_INFO_KMEM_STATS, &memory,
                                 sizeof(memory), NULL, NULL));
    EXPECT_GT(memory.free_bytes, 0);
    EXPECT_GT(memory.total_bytes, memory.free_bytes);
    ASSERT_OK(create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, MMIO_BASE, PAGE, &mmio));
    EXPECT_EQ(zx_object_get_info(mmio, ZX_INFO_KMEM_STATS, &memory, sizeof(memory), NULL, NULL),
              ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(mmio));
    EXPECT_EQ(
        zx_object_get_info(ztest_job(), ZX_INFO_CPU_STATS, cpus, sizeof(cpus), NULL, NULL),
        ZX_ERR_WRONG_TYPE);
}

CASE(Clocks, UtcIsAdjusted)
{
    const int64_t offset = 1234567890123456789;
    zx_time_t before, after, utc = 0;
    zx_handle_t mmio;

    ASSERT_OK(create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, MMIO_BASE, PAGE, &mmio));
    EXPECT_EQ(zx_clock_adjust(mmio, ZX_CLOCK_UTC, offset), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(mmio));
    EXPECT_EQ(zx_clock_adjust(ztest_root_resource(), ZX_CLOCK_MONOTONIC, offset),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_clock_adjust(ztest_root_resource(), 77, offset), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_clock_adjust(ztest_root_resource(), ZX_CLOCK_UTC, offset));
    before = zx_clock_get_monotonic();
    EXPECT_OK(zx_clock_get(ZX_CLOCK_UTC, &utc));
    after = zx_clock_get_monotonic();
    EXPECT_GE(utc, before + offset);
    EXPECT_LE(utc, after + offset);
}

/* Calls for what the machine does not have ask for the resource first. */
CASE(SystemCalls, AskForTheResourceFirst)
{
    zx_handle_t mmio;

    ASSERT_OK(create(ztest_root_resource(), ZX_RSRC_KIND_MMIO, MMIO_BASE, PAGE, &mmio));
    EXPECT_EQ(zx_system_powerctl(mmio, 5, NULL), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_system_powerctl(ztest_root_resource(), 99, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_ktrace_write(ZX_HANDLE_INVALID, 0, 0, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_ktrace_write(mmio, 0, 0, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pc_firmware_tables(mmio, NULL, NULL), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_framebuffer_set_range(mmio, 0, 0, 0, 0, 0, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_framebuffer_set_range(ztest_root_resource(), 0, 0, 0, 0, 0, 0),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_system_mexec_payload_get(mmio, NULL, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_system_mexec_payload_get(ztest_root_resource(), NULL, 0),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_debug_send_command(mmio, "", 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_debug_send_command(ztest_root_resource(), "", 0), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_ktrace_read(mmio, NULL, 0, 0, NULL), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_ktrace_control(mmio, 0, 0, NULL), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_mtrace_control(mmio, 0, 0, 0, NULL, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_system_get_performance_info(mmio, 0, 0, NULL, NULL), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_system_set_performance_info(mmio, 0, NULL, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_system_powerctl(ztest_root_resource(), 3, NULL), ZX_ERR_NOT_SUPPORTED);
    EXPECT_OK(zx_handle_close(mmio));
}
