/*
 * vmar_own.c - mappings of the program's own: what it may do with them, and parts of them.
 */
#include <stdatomic.h>

#include "tests/zircon/stopped.h"
#include "tests/zircon/vmars.h"

#define RW     (ZX_VM_PERM_READ | ZX_VM_PERM_WRITE)
#define CAN_RW (ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE)

static void write_again(void *arg)
{
    volatile uint8_t *byte = arg;

    *byte = *byte;
}

/* A thread tries; if it faults, that is its end. */
static int can_write(zx_vaddr_t addr)
{
    zx_wait_item_t items[2] = {{.waitfor = ZX_THREAD_TERMINATED},
                               {.waitfor = ZX_CHANNEL_READABLE}};
    struct ztest_thread t;

    EXPECT_OK(zx_task_create_exception_channel(ztest_process(), 0, &items[1].handle));
    EXPECT_OK(ztest_thread_start(&t, write_again, (void *)addr));
    items[0].handle = t.handle;
    EXPECT_OK(zx_object_wait_many(items, 2, ZX_TIME_INFINITE));
    if (items[1].pending & ZX_CHANNEL_READABLE)
        end_exception(take_exception(items[1].handle, ZX_EXCP_FATAL_PAGE_FAULT),
                      ZX_EXCEPTION_STATE_THREAD_EXIT);
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(items[1].handle));
    return !(items[1].pending & ZX_CHANNEL_READABLE);
}

/* Of our own space: three bytes of `size` are there. */
static zx_vaddr_t map_touched(uint64_t size)
{
    zx_handle_t vmo;
    zx_vaddr_t addr;

    EXPECT_OK(zx_vmo_create(size, 0, &vmo));
    addr = paged_map(vmo, size);
    EXPECT_OK(zx_handle_close(vmo));
    *(volatile uint8_t *)addr = 5;
    *(volatile uint8_t *)(addr + size / 2) = 6;
    *(volatile uint8_t *)(addr + size - 1) = 7;
    return addr;
}

static void expect_no_writing(zx_vaddr_t addr, uint64_t size)
{
    EXPECT_FALSE(can_write(addr + size / 4));
    EXPECT_FALSE(can_write(addr + size / 2));
    EXPECT_FALSE(can_write(addr + size - 1));
}

CASE(Vmar, ProtectOverDemandPagedTest)
{
    const uint64_t size = 100 * PAGE;
    zx_vaddr_t addr = map_touched(size);

    EXPECT_OK(zx_vmar_protect(ztest_root_vmar(), ZX_VM_PERM_READ, addr, size));
    EXPECT_FALSE(can_write(addr));
    expect_no_writing(addr, size);
    paged_unmap(addr, size);
}

/* From a page behind the first multiple of 2 MiB on. */
CASE(Vmar, ProtectLargeUncomittedTest)
{
    const uint64_t size = 1ull << 30, large = 512 * PAGE;
    zx_vaddr_t addr = map_touched(size), from = ((addr + large - 1) & -large) + PAGE;

    EXPECT_OK(zx_vmar_protect(ztest_root_vmar(), ZX_VM_PERM_READ, from, addr + size - from));
    EXPECT_TRUE(can_write(addr));
    expect_no_writing(addr, size);
    paged_unmap(addr, size);
}

CASE(Vmar, UnmapLargeUncommittedTest)
{
    const uint64_t size = 1ull << 30, large = 512 * PAGE;
    zx_vaddr_t addr = map_touched(size), from = ((addr + large - 1) & -large) + PAGE;

    paged_unmap(from, addr + size - from);
    EXPECT_TRUE(can_write(addr));
    expect_no_writing(addr, size);
    paged_unmap(addr, size);
}

/* ---- memory of a process, up to the end of a mapping ---- */

enum transfer { READS, WRITES };

/* As many bytes as came over; an error is negative. */
static int64_t move(enum transfer how, zx_vaddr_t addr, uint64_t size)
{
    static char buffer[16 * PAGE];
    uint64_t moved = 0;
    zx_status_t st = how == READS
                         ? zx_process_read_memory(ztest_process(), addr, buffer, size, &moved)
                         : zx_process_write_memory(ztest_process(), addr, buffer, size, &moved);

    return st == ZX_OK ? (int64_t)moved : st;
}

/* The mapping at `addr` ends at `end`. */
static void check_end(enum transfer how, zx_vaddr_t addr, zx_vaddr_t end)
{
    uint64_t size = end - addr;

    EXPECT_EQ(move(how, addr, size), size);
    EXPECT_EQ(move(how, addr, size + PAGE), size);
    EXPECT_EQ(move(how, end, PAGE), ZX_ERR_NO_MEMORY);
    EXPECT_EQ(move(how, end - 1, 1), 1);
    EXPECT_EQ(move(how, end - 1, 2), 1);
}

static void partial_unmap(enum transfer how)
{
    zx_vaddr_t addr = map_touched(2 * PAGE);

    paged_unmap(addr + PAGE, PAGE);
    check_end(how, addr, addr + PAGE);
    paged_unmap(addr, PAGE);
}

CASE(Vmar, PartialUnmapAndRead)
{
    partial_unmap(READS);
}

CASE(Vmar, PartialUnmapAndWrite)
{
    partial_unmap(WRITES);
}

/* The last page of a region stays free. */
CASE(Vmar, PartialUnmapWithVmarOffset)
{
    zx_handle_t region, vmo;
    zx_vaddr_t base, addr;

    ASSERT_OK(zx_vmo_create(10 * PAGE, 0, &vmo));
    ASSERT_OK(zx_vmar_allocate(ztest_root_vmar(), CAN_RW | ZX_VM_CAN_MAP_SPECIFIC, 0, 10 * PAGE,
                               &region, &base));
    ASSERT_OK(zx_vmar_map(region, RW | ZX_VM_SPECIFIC, 0, vmo, PAGE, 9 * PAGE, &addr));
    check_end(WRITES, addr, addr + 9 * PAGE);
    check_end(READS, addr, addr + 9 * PAGE);
    EXPECT_OK(zx_vmar_destroy(region));
    EXPECT_OK(zx_handle_close(region));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(Vmar, AllowFaultsTest)
{
    zx_handle_t vmo;
    zx_vaddr_t addr;

    ASSERT_OK(zx_vmo_create(PAGE, ZX_VMO_RESIZABLE, &vmo));
    ASSERT_OK(zx_vmar_map(ztest_root_vmar(), RW | ZX_VM_ALLOW_FAULTS, 0, vmo, 0, PAGE, &addr));
    EXPECT_EQ(zx_vmar_map(ztest_root_vmar(), RW | ZX_VM_REQUIRE_NON_RESIZABLE, 0, vmo, 0, PAGE,
                          &addr),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_OK(zx_handle_close(vmo));
    paged_unmap(addr, PAGE);
}

/* ---- somebody reads what comes and goes ---- */

struct looker {
    struct ztest_thread thread;
    atomic_int running;
    zx_vaddr_t addr;
};

static void look(void *arg)
{
    struct looker *l = arg;
    uint64_t word, len;

    while (atomic_load(&l->running))
        zx_process_read_memory(ztest_process(), l->addr, &word, sizeof(word), &len);
}

CASE(Vmar, ConcurrentUnmapReadMemory)
{
    struct looker l = {.running = 1};
    zx_handle_t region, vmo;
    zx_vaddr_t addr;

    ASSERT_OK(zx_vmar_allocate(ztest_root_vmar(), ZX_VM_CAN_MAP_SPECIFIC | ZX_VM_CAN_MAP_READ,
                               0, 4 * PAGE, &region, &l.addr));
    ASSERT_OK(ztest_thread_start(&l.thread, look, &l));
    for (unsigned i = 0; i < 1000; i++) {
        EXPECT_OK(zx_vmo_create(PAGE, 0, &vmo));
        EXPECT_OK(
            zx_vmar_map(region, ZX_VM_SPECIFIC | ZX_VM_PERM_READ, 0, vmo, 0, PAGE, &addr));
        EXPECT_OK(zx_handle_close(vmo));
        EXPECT_OK(zx_vmar_unmap(region, l.addr, PAGE));
    }
    atomic_store(&l.running, 0);
    ztest_thread_join(&l.thread);
    EXPECT_OK(zx_vmar_destroy(region));
    EXPECT_OK(zx_handle_close(region));
}

#ifdef __x86_64__
static void last_page(uint64_t offset)
{
    zx_handle_t vmo;
    zx_vaddr_t addr;

    ASSERT_OK(zx_vmo_create(PAGE, 0, &vmo));
    ASSERT_OK(zx_vmar_map(ztest_root_vmar(), RW | ZX_VM_SPECIFIC, offset, vmo, 0, PAGE, &addr));
    EXPECT_EQ(zx_vmar_map(ztest_root_vmar(), RW | ZX_VM_SPECIFIC, offset, vmo, 0, PAGE, &addr),
              ZX_ERR_NO_MEMORY);
    paged_unmap(addr, PAGE);
    EXPECT_OK(zx_handle_close(vmo));
}

/* A system call that ends at the first address that is none returns to it: there is no page. */
CASE(MemoryMappingTest, AddressSpaceLimitsTest)
{
    const zx_vaddr_t end = 1ull << 47;
    zx_info_vmar_t root = space_info(ztest_root_vmar());
    zx_handle_t vmo;
    zx_vaddr_t addr;

    ASSERT_OK(zx_vmo_create(PAGE, 0, &vmo));
    EXPECT_EQ(zx_vmar_map(ztest_root_vmar(), RW | ZX_VM_SPECIFIC, end - PAGE - root.base, vmo,
                          0, PAGE, &addr),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(vmo));
    if (move(READS, end - 2 * PAGE, 1) == ZX_ERR_NO_MEMORY) /* the stack of a Linux program */
        last_page(end - 2 * PAGE - root.base);
}
#endif
