/*
 * vmar.c - VMARs: where regions go, what they may hold, arguments, and their end.
 */
#include "tests/zircon/vmars.h"

#define RW     (ZX_VM_PERM_READ | ZX_VM_PERM_WRITE)
#define CAN_RW (ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE)

/* Makes and forgets a region. */
static zx_status_t try_allocate(zx_handle_t vmar, uint32_t options, uint64_t offset,
                                uint64_t size)
{
    zx_handle_t region;
    zx_vaddr_t addr;
    zx_status_t st = zx_vmar_allocate(vmar, options, offset, size, &region, &addr);

    if (st == ZX_OK) {
        EXPECT_OK(zx_vmar_destroy(region));
        EXPECT_OK(zx_handle_close(region));
    }
    return st;
}

/* Maps and forgets. */
static zx_status_t try_map(zx_handle_t vmar, uint32_t options, uint64_t offset, zx_handle_t vmo,
                           uint64_t vmo_offset, uint64_t size)
{
    zx_vaddr_t addr;
    zx_status_t st = zx_vmar_map(vmar, options, offset, vmo, vmo_offset, size, &addr);

    if (st == ZX_OK)
        EXPECT_OK(zx_vmar_unmap(vmar, addr, size));
    return st;
}

static zx_handle_t make_vmo(uint64_t size)
{
    zx_handle_t vmo = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create(size, 0, &vmo));
    return vmo;
}

static zx_handle_t make_code(uint64_t size)
{
    zx_handle_t vmo = make_vmo(size);

    EXPECT_OK(zx_vmo_replace_as_executable(vmo, ZX_HANDLE_INVALID, &vmo));
    return vmo;
}

static void expect_inside(zx_vaddr_t addr, uint64_t size, zx_vaddr_t base, uint64_t room)
{
    EXPECT_GE(addr, base);
    EXPECT_LE(addr + size, base + room);
}

CASE(Vmar, DestroyTest)
{
    struct space s = space_make();
    zx_handle_t region;
    zx_vaddr_t addr;

    ASSERT_OK(zx_vmar_allocate(s.vmar, CAN_RW, 0, 1024 * PAGE, &region, &addr));
    EXPECT_OK(zx_vmar_destroy(region));
    EXPECT_EQ(try_allocate(region, CAN_RW, 0, 10 * PAGE), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(region));
    space_drop(&s);
}

CASE(Vmar, RootIsNotDestroyed)
{
    EXPECT_EQ(zx_vmar_destroy(ztest_root_vmar()), ZX_ERR_NOT_SUPPORTED);
}

CASE(Vmar, BasicAllocateTest)
{
    struct space s = space_make();
    zx_handle_t outer, inner;
    zx_vaddr_t at, in;

    ASSERT_OK(zx_vmar_allocate(s.vmar, CAN_RW, 0, 10 * PAGE, &outer, &at));
    ASSERT_OK(zx_vmar_allocate(outer, CAN_RW, 0, PAGE, &inner, &in));
    expect_inside(in, PAGE, at, 10 * PAGE);
    EXPECT_OK(zx_handle_close(inner));
    EXPECT_OK(zx_handle_close(outer));
    space_drop(&s);
}

CASE(Vmar, MapInCompactTest)
{
    struct space s = space_make();
    zx_handle_t region, vmo = make_vmo(PAGE);
    zx_vaddr_t base, addr;

    ASSERT_OK(zx_vmar_allocate(s.vmar, CAN_RW | ZX_VM_COMPACT, 0, 10 * PAGE, &region, &base));
    for (unsigned i = 0; i < 2; i++) {
        ASSERT_OK(zx_vmar_map(region, RW, 0, vmo, 0, PAGE, &addr));
        expect_inside(addr, PAGE, base, 10 * PAGE);
    }
    EXPECT_OK(zx_handle_close(region));
    EXPECT_OK(zx_handle_close(vmo));
    space_drop(&s);
}

CASE(Vmar, MapInUppderLimitTest)
{
    enum { PAGES = 100, HALF = PAGES / 2 };
    const uint32_t below = RW | ZX_VM_OFFSET_IS_UPPER_LIMIT;
    struct space s = space_make();
    zx_handle_t region, vmo = make_vmo(PAGES * PAGE);
    zx_vaddr_t base, addr;

    ASSERT_OK(zx_vmar_allocate(s.vmar, CAN_RW | ZX_VM_CAN_MAP_SPECIFIC, 0, PAGES * PAGE,
                               &region, &base));
    EXPECT_EQ(try_map(region, below, (PAGES + 1) * PAGE, vmo, 0, PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(try_map(region, below, PAGE, vmo, 0, 2 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(try_map(region, below, PAGE, vmo, 0, (PAGES + 1) * PAGE), ZX_ERR_INVALID_ARGS);
    ASSERT_OK(zx_vmar_map(region, below, PAGES * PAGE, vmo, 0, PAGES * PAGE, &addr));
    EXPECT_EQ(addr, base);
    EXPECT_OK(zx_vmar_unmap(region, addr, PAGES * PAGE));
    for (unsigned i = 0; i < HALF; i++) {
        ASSERT_OK(zx_vmar_map(region, below, HALF * PAGE, vmo, 0, PAGE, &addr));
        expect_inside(addr, PAGE, base, HALF * PAGE);
    }
    EXPECT_EQ(try_map(region, below, HALF * PAGE, vmo, 0, PAGE), ZX_ERR_NO_MEMORY);
    EXPECT_EQ(try_allocate(region, CAN_RW | ZX_VM_OFFSET_IS_UPPER_LIMIT, HALF * PAGE, PAGE),
              ZX_ERR_NO_MEMORY);
    ASSERT_OK(zx_vmar_map(region, RW, 0, vmo, 0, PAGE, &addr));
    expect_inside(addr, PAGE, base + HALF * PAGE, HALF * PAGE);
    EXPECT_OK(zx_handle_close(region));
    EXPECT_OK(zx_handle_close(vmo));
    space_drop(&s);
}

CASE(Vmar, AllocateOobTest)
{
    const uint32_t fixed = CAN_RW | ZX_VM_SPECIFIC;
    struct space s = space_make();
    zx_handle_t region;
    zx_vaddr_t base;

    ASSERT_OK(zx_vmar_allocate(s.vmar, CAN_RW | ZX_VM_CAN_MAP_SPECIFIC, 0, 10 * PAGE, &region,
                               &base));
    EXPECT_EQ(try_allocate(region, fixed, 10 * PAGE, PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(try_allocate(region, fixed, 9 * PAGE, 2 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(try_allocate(region, fixed, 9 * PAGE, PAGE));
    EXPECT_OK(zx_handle_close(region));
    space_drop(&s);
}

CASE(Vmar, AllocateUnsatisfiableTest)
{
    struct space s = space_make();
    zx_handle_t region, inner;
    zx_vaddr_t base, at;

    ASSERT_OK(zx_vmar_allocate(s.vmar, CAN_RW | ZX_VM_CAN_MAP_SPECIFIC, 0, 10 * PAGE, &region,
                               &base));
    EXPECT_EQ(try_allocate(region, CAN_RW, 0, 11 * PAGE), ZX_ERR_INVALID_ARGS);
    ASSERT_OK(zx_vmar_allocate(region, CAN_RW, 0, 10 * PAGE, &inner, &at));
    EXPECT_EQ(at, base);
    EXPECT_EQ(try_allocate(region, CAN_RW, 0, PAGE), ZX_ERR_NO_MEMORY);
    EXPECT_OK(zx_handle_close(inner));
    EXPECT_OK(zx_handle_close(region));
    space_drop(&s);
}

/* Whatever is asked of a region that has been destroyed, or of one inside of it. */
static void expect_destroyed(const struct space *s, zx_handle_t region, zx_vaddr_t addr,
                             zx_handle_t vmo)
{
    EXPECT_OK(zx_object_get_info(region, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL));
    EXPECT_EQ(space_reads(s, addr), ZX_ERR_NO_MEMORY);
    EXPECT_EQ(zx_vmar_destroy(region), ZX_ERR_BAD_STATE);
    EXPECT_EQ(try_allocate(region, CAN_RW, 0, PAGE), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_vmar_unmap(region, addr, PAGE), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_vmar_protect(region, ZX_VM_PERM_READ, addr, PAGE), ZX_ERR_BAD_STATE);
    EXPECT_EQ(try_map(region, ZX_VM_PERM_READ, 0, vmo, 0, PAGE), ZX_ERR_BAD_STATE);
}

CASE(Vmar, DestroyedVmarTest)
{
    struct space s = space_make();
    zx_handle_t region[2], vmo = make_vmo(PAGE);
    zx_vaddr_t base[2], addr[2];
    uint8_t byte = 5;
    uint64_t len;

    ASSERT_OK(zx_vmar_allocate(s.vmar, CAN_RW, 0, 10 * PAGE, &region[0], &base[0]));
    ASSERT_OK(zx_vmar_map(region[0], RW, 0, vmo, 0, PAGE, &addr[0]));
    ASSERT_OK(zx_vmar_allocate(region[0], CAN_RW, 0, PAGE, &region[1], &base[1]));
    ASSERT_OK(zx_vmar_map(region[1], RW, 0, vmo, 0, PAGE, &addr[1]));
    EXPECT_OK(zx_process_write_memory(s.process, addr[0], &byte, 1, &len));
    EXPECT_EQ(len, 1);
    EXPECT_EQ(space_byte(&s, addr[1]), 5);
    ASSERT_OK(zx_vmar_destroy(region[0]));
    for (unsigned i = 0; i < 2; i++)
        expect_destroyed(&s, region[i], addr[i], vmo);
    EXPECT_OK(try_allocate(s.vmar, CAN_RW, 0, PAGE));
    EXPECT_OK(zx_handle_close(region[0]));
    EXPECT_OK(zx_handle_close(region[1]));
    EXPECT_OK(zx_handle_close(vmo));
    space_drop(&s);
}

CASE(Vmar, MapOverDestroyedTest)
{
    struct space s = space_make();
    zx_handle_t region[2], vmo = make_vmo(PAGE), other = make_vmo(PAGE);
    zx_vaddr_t base[2], addr, again;
    uint8_t byte = 5;

    ASSERT_OK(zx_vmar_allocate(s.vmar, CAN_RW | ZX_VM_CAN_MAP_SPECIFIC, 0, 10 * PAGE,
                               &region[0], &base[0]));
    ASSERT_OK(zx_vmar_allocate(region[0], CAN_RW, 0, PAGE, &region[1], &base[1]));
    ASSERT_OK(zx_vmar_map(region[1], RW, 0, vmo, 0, PAGE, &addr));
    EXPECT_OK(zx_vmo_write(vmo, &byte, 0, 1));
    EXPECT_EQ(space_byte(&s, addr), 5);
    ASSERT_OK(zx_vmar_destroy(region[1]));
    EXPECT_EQ(space_reads(&s, addr), ZX_ERR_NO_MEMORY);
    ASSERT_OK(
        zx_vmar_map(region[0], RW | ZX_VM_SPECIFIC, addr - base[0], other, 0, PAGE, &again));
    EXPECT_EQ(again, addr);
    EXPECT_EQ(space_byte(&s, addr), 0);
    EXPECT_OK(zx_handle_close(region[0]));
    EXPECT_OK(zx_handle_close(region[1]));
    EXPECT_OK(zx_handle_close(vmo));
    EXPECT_OK(zx_handle_close(other));
    space_drop(&s);
}

/* ---- alignment ---- */

#define ALIGN(log2) ((uint32_t)(log2) << ZX_VM_ALIGN_BASE)

/* 8 GiB at a multiple of 8 GiB in our own space. */
static zx_handle_t aligned_region(void)
{
    const uint64_t size = 8ull << 30;
    const uint32_t options = CAN_RW | ZX_VM_CAN_MAP_SPECIFIC | ZX_VM_SPECIFIC;
    zx_info_vmar_t root = space_info(ztest_root_vmar());
    zx_handle_t region;
    zx_vaddr_t addr;

    for (zx_vaddr_t at = (root.base + size - 1) & -size; at < root.base + root.len; at += size)
        if (zx_vmar_allocate(ztest_root_vmar(), options, at - root.base, size, &region,
                             &addr) == ZX_OK)
            return region;
    FAIL("there is no room");
    return ZX_HANDLE_INVALID;
}

CASE(Vmar, AlignmentVmarMapTest)
{
    zx_handle_t region = aligned_region(), vmo = make_vmo(2 * PAGE);
    const uint32_t fixed = RW | ZX_VM_SPECIFIC | ALIGN(16);
    zx_vaddr_t addr;

    EXPECT_EQ(try_map(region, fixed, PAGE, vmo, 0, 2 * PAGE), ZX_ERR_INVALID_ARGS);
    ASSERT_OK(zx_vmar_map(region, fixed, 16 * PAGE, vmo, 0, 2 * PAGE, &addr));
    EXPECT_OK(zx_vmar_unmap(region, addr, 16 * PAGE));
    EXPECT_EQ(try_map(region, RW | ALIGN(9), 0, vmo, 0, 2 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(try_map(region, RW | ALIGN(33), 0, vmo, 0, 2 * PAGE), ZX_ERR_INVALID_ARGS);
    for (unsigned log2 = 10; log2 <= 32; log2++) {
        ASSERT_OK(zx_vmar_map(region, RW | ALIGN(log2), 0, vmo, 0, 2 * PAGE, &addr));
        EXPECT_EQ(addr & ((1ull << log2) - 1), 0);
        ((volatile uint64_t *)addr)[1] = 0x1234321;
        EXPECT_OK(zx_vmar_unmap(region, addr, 2 * PAGE));
    }
    EXPECT_OK(zx_vmar_destroy(region));
    EXPECT_OK(zx_handle_close(region));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(Vmar, AlignmentVmarAllocateTest)
{
    const uint32_t fixed = CAN_RW | ZX_VM_SPECIFIC | ALIGN(16);
    zx_handle_t region = aligned_region(), child;
    zx_vaddr_t addr;

    EXPECT_EQ(try_allocate(region, fixed, PAGE, 16 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(try_allocate(region, fixed, 16 * PAGE, 16 * PAGE));
    EXPECT_EQ(try_allocate(region, CAN_RW | ALIGN(9), 0, 16 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(try_allocate(region, CAN_RW | ALIGN(33), 0, 16 * PAGE), ZX_ERR_INVALID_ARGS);
    for (unsigned log2 = 10; log2 <= 32; log2++) {
        ASSERT_OK(zx_vmar_allocate(region, CAN_RW | ALIGN(log2), 0, 16 * PAGE, &child, &addr));
        EXPECT_EQ(addr & ((1ull << log2) - 1), 0);
        EXPECT_OK(zx_vmar_destroy(child));
        EXPECT_OK(zx_handle_close(child));
    }
    EXPECT_OK(zx_vmar_destroy(region));
    EXPECT_OK(zx_handle_close(region));
}

/* ---- rights ---- */

struct perm {
    zx_rights_t right;
    uint32_t perm, can;
};
static const struct perm perms[] = {
    {ZX_RIGHT_READ, ZX_VM_PERM_READ, ZX_VM_CAN_MAP_READ},
    {ZX_RIGHT_READ | ZX_RIGHT_WRITE, RW, ZX_VM_CAN_MAP_WRITE},
    {ZX_RIGHT_READ | ZX_RIGHT_EXECUTE, ZX_VM_PERM_READ | ZX_VM_PERM_EXECUTE,
     ZX_VM_CAN_MAP_EXECUTE},
};
#define RWX     (RW | ZX_VM_PERM_EXECUTE)
#define CAN_RWX (CAN_RW | ZX_VM_CAN_MAP_EXECUTE)

CASE(Vmar, RightsDropTest)
{
    struct space s = space_make();
    zx_handle_t vmo = make_code(PAGE), less;
    zx_vaddr_t addr;

    for (unsigned i = 0; i < 3; i++) {
        ASSERT_OK(zx_handle_duplicate(s.vmar, perms[i].right, &less));
        EXPECT_EQ(try_map(less, RWX, 0, vmo, 0, PAGE), ZX_ERR_ACCESS_DENIED);
        ASSERT_OK(zx_vmar_map(less, perms[i].perm, 0, vmo, 0, PAGE, &addr));
        EXPECT_EQ(zx_vmar_protect(less, RWX, addr, PAGE), ZX_ERR_ACCESS_DENIED);
        EXPECT_OK(zx_vmar_unmap(less, addr, PAGE));
        EXPECT_EQ(try_allocate(less, CAN_RWX, 0, 10 * PAGE), ZX_ERR_ACCESS_DENIED);
        EXPECT_OK(zx_handle_close(less));
    }
    EXPECT_OK(zx_handle_close(vmo));
    space_drop(&s);
}

/* What the VMO's handle did not allow when it was mapped is not to be had later. */
CASE(Vmar, ProtectTest)
{
    struct space s = space_make();
    zx_handle_t vmo = make_code(PAGE), less;
    zx_vaddr_t addr;

    for (unsigned i = 0; i < 3; i++) {
        ASSERT_OK(zx_handle_duplicate(vmo, perms[i].right | ZX_RIGHT_MAP, &less));
        EXPECT_EQ(try_map(s.vmar, RWX, 0, less, 0, PAGE), ZX_ERR_ACCESS_DENIED);
        ASSERT_OK(zx_vmar_map(s.vmar, perms[i].perm, 0, less, 0, PAGE, &addr));
        EXPECT_EQ(zx_vmar_protect(s.vmar, RWX, addr, PAGE), ZX_ERR_ACCESS_DENIED);
        EXPECT_OK(zx_handle_close(less));
        EXPECT_EQ(zx_vmar_protect(s.vmar, RWX, addr, PAGE), ZX_ERR_ACCESS_DENIED);
        EXPECT_OK(zx_vmar_unmap(s.vmar, addr, PAGE));
    }
    EXPECT_OK(zx_handle_close(vmo));
    space_drop(&s);
}

/* Without CAN_MAP_SPECIFIC the kernel chooses. */
static void perms_of_places(zx_handle_t region, zx_handle_t vmo)
{
    const uint32_t places[] = {ZX_VM_SPECIFIC, ZX_VM_SPECIFIC_OVERWRITE,
                               ZX_VM_OFFSET_IS_UPPER_LIMIT};

    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQ(try_map(region, ZX_VM_PERM_READ | places[i], PAGE, vmo, 0, PAGE),
                  ZX_ERR_ACCESS_DENIED);
}

CASE(Vmar, NestedRegionPermsTest)
{
    static const uint32_t without[][2] = {{ZX_VM_CAN_MAP_READ, ZX_VM_PERM_READ},
                                          {ZX_VM_CAN_MAP_WRITE, ZX_VM_PERM_WRITE},
                                          {ZX_VM_CAN_MAP_EXECUTE, ZX_VM_PERM_EXECUTE}};
    struct space s = space_make();
    zx_handle_t vmo = make_code(PAGE), region;
    zx_vaddr_t addr;

    for (unsigned i = 0; i < 3; i++) {
        uint32_t can = CAN_RWX & ~without[i][0], perm = RWX & ~without[i][1];

        ASSERT_OK(zx_vmar_allocate(s.vmar, can, 0, 10 * PAGE, &region, &addr));
        EXPECT_EQ(try_allocate(region, CAN_RWX, 0, PAGE), ZX_ERR_ACCESS_DENIED);
        EXPECT_EQ(try_map(region, RWX, 0, vmo, 0, PAGE), ZX_ERR_ACCESS_DENIED);
        if (perm & ZX_VM_PERM_READ) /* the others need it */
            EXPECT_OK(try_map(region, perm, 0, vmo, 0, PAGE));
        EXPECT_OK(try_allocate(region, can, 0, PAGE));
        EXPECT_OK(zx_vmar_destroy(region));
        EXPECT_OK(zx_handle_close(region));
    }
    ASSERT_OK(zx_vmar_allocate(s.vmar, CAN_RWX, 0, 10 * PAGE, &region, &addr));
    perms_of_places(region, vmo);
    EXPECT_OK(zx_handle_close(region));
    EXPECT_OK(zx_handle_close(vmo));
    space_drop(&s);
}
