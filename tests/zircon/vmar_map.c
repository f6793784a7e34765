/*
 * vmar_map.c - mappings: over one another, taken away in parts, and their rights changed.
 */
#include "tests/zircon/vmars.h"

#define RW     (ZX_VM_PERM_READ | ZX_VM_PERM_WRITE)
#define CAN_RW (ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE)

enum { PAGES = 4, SIZE = PAGES * PAGE };

/* A space, a VMO of SIZE bytes, and where its mappings are. */
struct field {
    struct space space;
    zx_handle_t vmo;
    zx_vaddr_t base; /* of the root VMAR */
};

static struct field field_make(void)
{
    struct field f = {.space = space_make()};

    EXPECT_OK(zx_vmo_create(SIZE, 0, &f.vmo));
    f.base = space_info(f.space.vmar).base;
    return f;
}

static void field_drop(struct field *f)
{
    EXPECT_OK(zx_handle_close(f->vmo));
    space_drop(&f->space);
}

static zx_vaddr_t put(const struct field *f, uint32_t options, uint64_t offset, zx_handle_t vmo,
                      uint64_t size)
{
    zx_vaddr_t addr = 0;

    EXPECT_OK(zx_vmar_map(f->space.vmar, options, offset, vmo, 0, size, &addr));
    return addr;
}

/* The whole VMO, wherever. */
static zx_vaddr_t put_anywhere(const struct field *f)
{
    return put(f, RW, 0, f->vmo, SIZE);
}

/* ... and at page `page` of the space. */
static zx_vaddr_t put_at(const struct field *f, uint64_t page)
{
    return put(f, RW | ZX_VM_SPECIFIC, page * PAGE, f->vmo, SIZE);
}

static zx_status_t take(const struct field *f, zx_vaddr_t addr, uint64_t pages)
{
    return zx_vmar_unmap(f->space.vmar, addr, pages * PAGE);
}

/* A letter a page from `addr` on: x is mapped, . is not. */
static void expect_map(const struct field *f, zx_vaddr_t addr, const char *pages)
{
    for (; *pages; pages++, addr += PAGE)
        EXPECT_EQ(space_reads(&f->space, addr), *pages == 'x' ? ZX_OK : ZX_ERR_NO_MEMORY);
}

static zx_handle_t region_at(const struct field *f, uint64_t page, uint64_t pages)
{
    zx_handle_t region = ZX_HANDLE_INVALID;
    zx_vaddr_t addr;

    EXPECT_OK(zx_vmar_allocate(f->space.vmar, CAN_RW | ZX_VM_CAN_MAP_SPECIFIC | ZX_VM_SPECIFIC,
                               page * PAGE, pages * PAGE, &region, &addr));
    return region;
}

static void map_in(zx_handle_t region, uint64_t page, zx_handle_t vmo, uint64_t pages)
{
    zx_vaddr_t addr;

    EXPECT_OK(
        zx_vmar_map(region, RW | ZX_VM_SPECIFIC, page * PAGE, vmo, 0, pages * PAGE, &addr));
}

/* ---- over one another ---- */

/* Something is at page 1 and 2 of `region`. */
static void expect_taken(zx_handle_t region, zx_handle_t vmo)
{
    zx_vaddr_t addr;
    zx_handle_t inner;

    for (unsigned pages = 1; pages <= 4; pages++)
        EXPECT_EQ(zx_vmar_map(region, RW | ZX_VM_SPECIFIC, PAGE, vmo, 0, pages * PAGE, &addr),
                  ZX_ERR_NO_MEMORY);
    EXPECT_EQ(zx_vmar_allocate(region, CAN_RW | ZX_VM_SPECIFIC, PAGE, PAGE, &inner, &addr),
              ZX_ERR_NO_MEMORY);
}

CASE(Vmar, OvermappingTest)
{
    struct field f = field_make();
    zx_handle_t region = region_at(&f, 0, 10), inner;
    zx_vaddr_t addr;

    map_in(region, 1, f.vmo, 2);
    expect_taken(region, f.vmo);
    EXPECT_OK(zx_vmar_unmap(region, f.base + PAGE, 2 * PAGE));
    ASSERT_OK(zx_vmar_allocate(region, CAN_RW | ZX_VM_SPECIFIC, PAGE, 2 * PAGE, &inner, &addr));
    expect_taken(region, f.vmo);
    EXPECT_OK(zx_handle_close(inner));
    EXPECT_OK(zx_handle_close(region));
    field_drop(&f);
}

static zx_handle_t tagged(uint8_t tag)
{
    zx_handle_t vmo = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create(2 * SIZE, 0, &vmo));
    for (unsigned i = 0; i < PAGES; i++)
        EXPECT_OK(zx_vmo_write(vmo, &tag, i * PAGE, 1));
    return vmo;
}

CASE(Vmar, MapSpecificOverwriteTest)
{
    struct field f = field_make();
    zx_handle_t one = tagged(1), two = tagged(2), region;
    const uint32_t over = RW | ZX_VM_SPECIFIC_OVERWRITE;
    zx_vaddr_t addr, other;

    addr = put(&f, RW | ZX_VM_SPECIFIC, PAGE, one, SIZE);
    EXPECT_EQ(zx_vmar_map(f.space.vmar, RW | ZX_VM_SPECIFIC, PAGE, two, 0, SIZE, &other),
              ZX_ERR_NO_MEMORY);
    EXPECT_EQ(put(&f, over, PAGE, two, SIZE), addr);
    for (unsigned i = 0; i < PAGES; i++)
        EXPECT_EQ(space_byte(&f.space, addr + i * PAGE), 2);
    EXPECT_EQ(put(&f, over, 2 * PAGE, one, 2 * PAGE), addr + PAGE);
    for (unsigned i = 0; i < PAGES; i++)
        EXPECT_EQ(space_byte(&f.space, addr + i * PAGE), i == 1 || i == 2 ? 1 : 2);
    region = region_at(&f, 1 + PAGES, PAGES);
    EXPECT_EQ(zx_vmar_map(f.space.vmar, over, PAGE, two, 0, 2 * SIZE, &other),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(space_byte(&f.space, addr + PAGE), 1);
    EXPECT_OK(take(&f, addr, 2 * PAGES));
    EXPECT_OK(zx_handle_close(region));
    EXPECT_OK(zx_handle_close(one));
    EXPECT_OK(zx_handle_close(two));
    field_drop(&f);
}

/* ---- unmapping ---- */

CASE(Vmar, UnmapSplitTest)
{
    struct field f = field_make();
    zx_vaddr_t addr[3];

    for (unsigned i = 0; i < 3; i++)
        addr[i] = put_anywhere(&f);
    EXPECT_OK(take(&f, addr[0], 2));
    expect_map(&f, addr[0], "..xx");
    EXPECT_OK(take(&f, addr[0] + 2 * PAGE, 2));
    expect_map(&f, addr[0], "....");
    EXPECT_OK(take(&f, addr[1] + 2 * PAGE, 2));
    expect_map(&f, addr[1], "xx..");
    EXPECT_OK(take(&f, addr[1], 2));
    expect_map(&f, addr[1], "....");
    EXPECT_OK(take(&f, addr[2] + PAGE, 2));
    expect_map(&f, addr[2], "x..x");
    EXPECT_OK(take(&f, addr[2], 1));
    EXPECT_OK(take(&f, addr[2] + 3 * PAGE, 1));
    expect_map(&f, addr[2], "....");
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_EQ(put_at(&f, (addr[i] - f.base) / PAGE), addr[i]);
        expect_map(&f, addr[i], "xxxx");
        EXPECT_OK(take(&f, addr[i], PAGES));
    }
    field_drop(&f);
}

/* The region that was unmapped in passing has been destroyed. */
static void expect_gone(zx_handle_t region, zx_handle_t vmo)
{
    zx_vaddr_t addr;

    EXPECT_EQ(zx_vmar_map(region, RW | ZX_VM_SPECIFIC, PAGE, vmo, 0, PAGE, &addr),
              ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(region));
}

static void unmap_two(const struct field *f)
{
    put_at(f, 0);
    put_at(f, 4);
    EXPECT_OK(take(f, f->base + 2 * PAGE, 3));
    expect_map(f, f->base, "xx...xxx");
    EXPECT_OK(take(f, f->base, 2));
    EXPECT_OK(take(f, f->base + 5 * PAGE, 3));
    expect_map(f, f->base, "........");
    put_at(f, 0);
    put_at(f, 8);
    EXPECT_OK(take(f, f->base, 9));
    expect_map(f, f->base, ".........xxx");
    EXPECT_OK(take(f, f->base + 9 * PAGE, 3));
}

static void unmap_region_between(const struct field *f)
{
    zx_handle_t region = region_at(f, 4, 4);

    put_at(f, 0);
    put_at(f, 8);
    map_in(region, 0, f->vmo, 1);
    expect_map(f, f->base, "xxxxx...xxxx");
    EXPECT_OK(take(f, f->base, 9));
    expect_map(f, f->base, ".........xxx");
    expect_gone(region, f->vmo);
    EXPECT_OK(take(f, f->base + 9 * PAGE, 3));
}

static void unmap_region_after(const struct field *f)
{
    zx_handle_t region = region_at(f, 8, 4);

    put_at(f, 0);
    put_at(f, 4);
    map_in(region, 0, f->vmo, 1);
    EXPECT_EQ(take(f, f->base + PAGE, 10), ZX_ERR_INVALID_ARGS);
    expect_map(f, f->base, "xxxxxxxxx...");
    EXPECT_OK(take(f, f->base + PAGE, 11));
    expect_map(f, f->base, "x...........");
    expect_gone(region, f->vmo);
    EXPECT_OK(take(f, f->base, 1));
}

static void unmap_region_before(const struct field *f)
{
    zx_handle_t region = region_at(f, 0, 4);

    put_at(f, 4);
    put_at(f, 8);
    map_in(region, 3, f->vmo, 1);
    EXPECT_EQ(take(f, f->base + PAGE, 11), ZX_ERR_INVALID_ARGS);
    expect_map(f, f->base, "...xxxxxxxxx");
    EXPECT_OK(take(f, f->base, 12));
    expect_map(f, f->base, "............");
    expect_gone(region, f->vmo);
}

CASE(Vmar, UnmapMultipleTest)
{
    struct field f = field_make();

    unmap_two(&f);
    unmap_region_between(&f);
    unmap_region_after(&f);
    unmap_region_before(&f);
    field_drop(&f);
}

CASE(Vmar, UnmapBaseNotMappedTest)
{
    struct field f = field_make();

    put_at(&f, 1);
    EXPECT_OK(take(&f, f.base, PAGES + 1));
    put_at(&f, 0);
    for (unsigned gap = 1; gap < 3; gap++) {
        zx_vaddr_t addr = put_at(&f, PAGES + gap);

        EXPECT_OK(take(&f, addr - PAGE, PAGES + 1));
        expect_map(&f, addr, "....");
    }
    expect_map(&f, f.base, "xxxx");
    field_drop(&f);
}

/* ---- rights ---- */

static zx_status_t protect(const struct field *f, uint32_t options, uint64_t page,
                           uint64_t pages)
{
    return zx_vmar_protect(f->space.vmar, options, f->base + page * PAGE, pages * PAGE);
}

CASE(Vmar, ProtectSplitTest)
{
    static const uint64_t parts[][2] = {{0, 2}, {2, 2}, {1, 2}};
    struct field f = field_make();

    for (unsigned i = 0; i < 3; i++) {
        put_at(&f, 0);
        EXPECT_OK(protect(&f, ZX_VM_PERM_READ, parts[i][0], parts[i][1]));
        expect_map(&f, f.base, "xxxx");
        EXPECT_OK(take(&f, f.base, PAGES));
        expect_map(&f, f.base, "....");
    }
    field_drop(&f);
}

/* Pages 1 to 10 of twelve: mappings at both ends, and what is between them. */
CASE(Vmar, ProtectMultipleTest)
{
    struct field f = field_make();
    zx_handle_t fixed, region;

    put_at(&f, 0), put_at(&f, 4), put_at(&f, 8);
    EXPECT_OK(protect(&f, ZX_VM_PERM_READ, 1, 10));
    expect_map(&f, f.base, "xxxxxxxxxxxx");
    EXPECT_OK(take(&f, f.base, 12));

    ASSERT_OK(zx_handle_duplicate(f.vmo, ZX_RIGHT_MAP | ZX_RIGHT_READ, &fixed));
    put_at(&f, 0), put_at(&f, 8);
    put(&f, ZX_VM_PERM_READ | ZX_VM_SPECIFIC, 4 * PAGE, fixed, SIZE);
    EXPECT_EQ(protect(&f, RW, 1, 10), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(take(&f, f.base + 4 * PAGE, 4));
    EXPECT_EQ(protect(&f, ZX_VM_PERM_READ, 1, 10), ZX_ERR_NOT_FOUND);
    expect_map(&f, f.base, "xxxx....xxxx");

    region = region_at(&f, 4, 4);
    EXPECT_EQ(protect(&f, ZX_VM_PERM_READ, 1, 10), ZX_ERR_INVALID_ARGS);
    map_in(region, 0, f.vmo, 4);
    EXPECT_EQ(protect(&f, ZX_VM_PERM_READ, 1, 10), ZX_ERR_INVALID_ARGS);
    expect_map(&f, f.base, "xxxxxxxxxxxx");
    EXPECT_OK(take(&f, f.base, 12));
    EXPECT_OK(zx_handle_close(region));
    EXPECT_OK(zx_handle_close(fixed));
    field_drop(&f);
}
