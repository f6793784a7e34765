/*
 * vmar_args.c - the arguments of zx_vmar_*: what is refused, and sizes that are no pages.
 */
#include "tests/zircon/vmars.h"

#define RW     (ZX_VM_PERM_READ | ZX_VM_PERM_WRITE)
#define CAN_RW (ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE)

/* Rounds up to nothing. */
#define WRAPS (UINT64_MAX - PAGE + 2)

static struct space space;
static zx_handle_t vmo;
static zx_vaddr_t addr;

static zx_status_t allocate(zx_handle_t parent, uint32_t options, uint64_t offset,
                            uint64_t size)
{
    zx_handle_t region;
    zx_vaddr_t at;

    return zx_vmar_allocate(parent, options, offset, size, &region, &at);
}

/* At `addr`, if it is. */
static zx_status_t map(uint32_t options, uint64_t offset, uint64_t vmo_offset, uint64_t size)
{
    return zx_vmar_map(space.vmar, options, offset, vmo, vmo_offset, size, &addr);
}

static zx_status_t unmap(int64_t shift, uint64_t size)
{
    return zx_vmar_unmap(space.vmar, addr + (uint64_t)shift, size);
}

static zx_status_t protect(uint32_t options, int64_t shift, uint64_t size)
{
    return zx_vmar_protect(space.vmar, options, addr + (uint64_t)shift, size);
}

static void refuse_types(void)
{
    zx_vaddr_t at;

    EXPECT_EQ(zx_vmar_destroy(vmo), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(allocate(vmo, CAN_RW, 0, 10 * PAGE), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_vmar_map(vmo, RW, 0, vmo, 0, 4 * PAGE, &at), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_vmar_map(space.vmar, RW, 0, space.process, 0, 4 * PAGE, &at),
              ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_vmar_unmap(vmo, 0, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_vmar_protect(vmo, ZX_VM_PERM_READ, 0, 0), ZX_ERR_WRONG_TYPE);
}

static void refuse_places(void)
{
    const uint32_t both[] = {ZX_VM_SPECIFIC | ZX_VM_OFFSET_IS_UPPER_LIMIT,
                             ZX_VM_SPECIFIC_OVERWRITE | ZX_VM_OFFSET_IS_UPPER_LIMIT};

    EXPECT_EQ(allocate(space.vmar, CAN_RW, PAGE, 10 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(map(RW, PAGE, 0, 4 * PAGE), ZX_ERR_INVALID_ARGS);
    for (unsigned i = 0; i < 2; i++) {
        EXPECT_EQ(allocate(space.vmar, CAN_RW | both[i], PAGE, 10 * PAGE), ZX_ERR_INVALID_ARGS);
        EXPECT_EQ(map(RW | both[i], PAGE, 0, 4 * PAGE), ZX_ERR_INVALID_ARGS);
    }
    EXPECT_EQ(
        map(ZX_VM_PERM_READ | ZX_VM_SPECIFIC_OVERWRITE | ZX_VM_MAP_RANGE, PAGE, 0, 4 * PAGE),
        ZX_ERR_INVALID_ARGS);
}

static void refuse_pointers(void)
{
    zx_handle_t region;
    zx_vaddr_t at;

    EXPECT_EQ(zx_vmar_allocate(space.vmar, CAN_RW, 0, 10 * PAGE, &region, (zx_vaddr_t *)1),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmar_allocate(space.vmar, CAN_RW, 0, 10 * PAGE, (zx_handle_t *)1, &at),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmar_map(space.vmar, RW, 0, vmo, 0, 4 * PAGE, (zx_vaddr_t *)1),
              ZX_ERR_INVALID_ARGS);
}

static void refuse_parts_of_pages(void)
{
    EXPECT_EQ(allocate(space.vmar, CAN_RW, 0, PAGE - 1), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(allocate(space.vmar, CAN_RW | ZX_VM_SPECIFIC, PAGE - 1, PAGE),
              ZX_ERR_INVALID_ARGS);
    for (unsigned i = 0; i < 2; i++) {
        uint32_t options = RW | (i ? ZX_VM_MAP_RANGE : 0);

        EXPECT_EQ(map(options | ZX_VM_SPECIFIC, PAGE - 1, 0, 4 * PAGE), ZX_ERR_INVALID_ARGS);
        EXPECT_EQ(map(options | ZX_VM_SPECIFIC, PAGE, PAGE - 1, 3 * PAGE), ZX_ERR_INVALID_ARGS);
        EXPECT_EQ(map(options, 0, PAGE - 1, 3 * PAGE), ZX_ERR_INVALID_ARGS);
    }
    EXPECT_OK(map(RW, 0, 0, 4 * PAGE));
    EXPECT_EQ(unmap(1, PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(protect(ZX_VM_PERM_READ, 1, PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(unmap(0, 4 * PAGE));
}

static void refuse_sizes(void)
{
    EXPECT_EQ(map(RW, 0, -(uint64_t)PAGE, PAGE), ZX_ERR_OUT_OF_RANGE);
    EXPECT_OK(map(RW, 0, -(uint64_t)2 * PAGE, PAGE));
    EXPECT_OK(unmap(0, PAGE));
    EXPECT_EQ(allocate(space.vmar, CAN_RW, 0, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(map(RW, 0, 0, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(allocate(space.vmar, CAN_RW, 0, WRAPS), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(map(RW, 0, 0, WRAPS), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(map(ZX_VM_PERM_READ | ZX_VM_MAP_RANGE, 0, 0, WRAPS), ZX_ERR_OUT_OF_RANGE);
    EXPECT_OK(map(RW | ZX_VM_SPECIFIC, PAGE, 0, 4 * PAGE));
    EXPECT_EQ(unmap(0, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(protect(ZX_VM_PERM_READ, 0, 0), ZX_ERR_INVALID_ARGS);
    for (int64_t i = -1; i < 2; i++) {
        EXPECT_EQ(protect(ZX_VM_PERM_READ, i * PAGE, WRAPS), ZX_ERR_INVALID_ARGS);
        EXPECT_EQ(unmap(i * PAGE, WRAPS), ZX_ERR_INVALID_ARGS);
    }
    EXPECT_OK(unmap(0, 4 * PAGE));
}

static void refuse_options(void)
{
    EXPECT_EQ(allocate(space.vmar, CAN_RW | ZX_VM_PERM_READ, 0, 4 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(allocate(space.vmar, ZX_VM_CAN_MAP_READ | 1u << 31, 0, 4 * PAGE),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(map(RW | ZX_VM_CAN_MAP_EXECUTE, 0, 0, 4 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(map(RW | 1u << 31, 0, 0, 4 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(map(RW, 0, 0, 4 * PAGE));
    EXPECT_EQ(protect(ZX_VM_PERM_READ | ZX_VM_CAN_MAP_WRITE, 0, 4 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(protect(ZX_VM_PERM_READ | 1u << 31, 0, 4 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(unmap(0, 4 * PAGE));
}

static void begin(void)
{
    space = space_make();
    EXPECT_OK(zx_vmo_create(4 * PAGE, 0, &vmo));
}

static void end(void)
{
    EXPECT_OK(zx_handle_close(vmo));
    space_drop(&space);
}

CASE(Vmar, InvalidArgsTest)
{
    begin();
    refuse_types();
    refuse_places();
    refuse_pointers();
    refuse_parts_of_pages();
    refuse_sizes();
    refuse_options();
    end();
}

/* What lies outside of a region is not its to change. */
CASE(Vmar, RangesBeyondARegion)
{
    zx_handle_t region;
    zx_vaddr_t base;

    begin();
    ASSERT_OK(zx_vmar_allocate(space.vmar, CAN_RW, 0, 4 * PAGE, &region, &base));
    EXPECT_EQ(zx_vmar_unmap(region, base, 5 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmar_unmap(region, base - PAGE, PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmar_protect(region, ZX_VM_PERM_READ, base, 5 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_vmar_unmap(region, base, 4 * PAGE));
    EXPECT_OK(zx_handle_close(region));
    end();
}

CASE(Vmar, UnalignedLenTest)
{
    begin();
    ASSERT_OK(map(ZX_VM_PERM_READ, 0, 0, 4 * PAGE));
    EXPECT_OK(protect(RW, 0, 4 * PAGE - 1));
    EXPECT_OK(unmap(0, 4 * PAGE - 1));
    EXPECT_EQ(space_reads(&space, addr + 3 * PAGE), ZX_ERR_NO_MEMORY);
    end();
}

CASE(Vmar, UnalignedLenMapTest)
{
    begin();
    for (unsigned i = 0; i < 2; i++) {
        ASSERT_OK(map(ZX_VM_PERM_READ | (i ? ZX_VM_MAP_RANGE : 0), 0, 0, 4 * PAGE - 1));
        EXPECT_OK(space_reads(&space, addr + 3 * PAGE));
        EXPECT_OK(unmap(0, 4 * PAGE - 1));
        EXPECT_EQ(space_reads(&space, addr + 3 * PAGE), ZX_ERR_NO_MEMORY);
    }
    end();
}

CASE(Vmar, VmarMapRangeOffsetTest)
{
    begin();
    EXPECT_OK(map(ZX_VM_MAP_RANGE, 0, 2 * PAGE, PAGE));
    EXPECT_OK(unmap(0, PAGE));
    end();
}

CASE(Vmar, ObjectInfoTest)
{
    zx_handle_t region;
    zx_info_vmar_t info;
    zx_vaddr_t base;

    begin();
    ASSERT_OK(zx_vmar_allocate(space.vmar, CAN_RW, 0, 10 * PAGE, &region, &base));
    info = space_info(region);
    EXPECT_EQ(info.base, base);
    EXPECT_EQ(info.len, 10 * PAGE);
    EXPECT_OK(zx_handle_close(region));
    end();
}
