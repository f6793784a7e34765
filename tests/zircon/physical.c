/*
 * physical.c - VMOs of physical addresses, and what resources allow.
 */
#include "tests/zircon/clones.h"
#include "uapi/zircon/syscalls/bti.h"
#include "uapi/zircon/syscalls/resource.h"

static zx_handle_t bti;

void ztest_setup(void)
{
    zx_iommu_desc_dummy_t desc = {0};
    zx_handle_t iommu;

    EXPECT_OK(zx_iommu_create(ztest_root_resource(), ZX_IOMMU_TYPE_DUMMY, &desc, sizeof(desc),
                              &iommu));
    EXPECT_OK(zx_bti_create(iommu, 0, 0, &bti));
    EXPECT_OK(zx_handle_close(iommu));
}

/* Memory that is ours as long as it is pinned, by its address. */
struct borrowed {
    zx_handle_t row, pmt, vmo;
};

static struct borrowed borrow(uint64_t pages)
{
    const uint32_t options = ZX_BTI_PERM_WRITE | ZX_BTI_CONTIGUOUS;
    struct borrowed b = {0};
    zx_paddr_t addr = 0;

    EXPECT_OK(zx_vmo_create_contiguous(bti, pages * PAGE, 0, &b.row));
    EXPECT_OK(zx_bti_pin(bti, options, b.row, 0, pages * PAGE, &addr, 1, &b.pmt));
    EXPECT_OK(zx_vmo_create_physical(ztest_root_resource(), addr, pages * PAGE, &b.vmo));
    return b;
}

static void give_back(const struct borrowed *b)
{
    clone_drop(b->vmo);
    EXPECT_OK(zx_pmt_unpin(b->pmt));
    clone_drop(b->row);
}

CASE(VmoTestCase, PhysicalSlice)
{
    struct borrowed b = borrow(2);
    volatile uint64_t *all, *part;
    zx_handle_t slice;

    EXPECT_OK(zx_vmo_set_cache_policy(b.vmo, ZX_CACHE_POLICY_CACHED));
    ASSERT_OK(zx_vmo_create_child(b.vmo, ZX_VMO_CHILD_SLICE, PAGE, PAGE, &slice));
    all = (uint64_t *)paged_map(b.vmo, 2 * PAGE);
    part = (uint64_t *)paged_map(slice, PAGE);
    EXPECT_NE(all + PAGE / 8, part);
    all[0] = 0;
    all[PAGE / 8] = 1;
    EXPECT_EQ(*part, 1);
    *part = 42;
    EXPECT_EQ(all[PAGE / 8], 42);
    EXPECT_EQ(all[0], 0);
    EXPECT_EQ(paged_word(b.row, 1), 42);
    paged_unmap((zx_vaddr_t)part, PAGE);
    paged_unmap((zx_vaddr_t)all, 2 * PAGE);
    clone_drop(slice);
    give_back(&b);
}

CASE(VmoSliceTestCase, RoundUpSizePhysical)
{
    struct borrowed b = borrow(2);
    zx_handle_t slice;

    ASSERT_OK(zx_vmo_create_child(b.vmo, ZX_VMO_CHILD_SLICE, 0, PAGE / 2, &slice));
    EXPECT_EQ(paged_info(slice).size_bytes, PAGE);
    clone_drop(slice);
    EXPECT_EQ(zx_vmo_create_child(b.vmo, ZX_VMO_CHILD_SLICE, 0, 3 * PAGE, &slice),
              ZX_ERR_INVALID_ARGS);
    give_back(&b);
}

CASE(VmoClone2TestCase, NoPhysical)
{
    struct borrowed b = borrow(1);
    zx_handle_t child;

    EXPECT_EQ(zx_vmo_create_child(b.vmo, CLONE, 0, PAGE, &child), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_vmo_set_size(b.vmo, 0), ZX_ERR_UNAVAILABLE);
    EXPECT_FALSE(paged_info(b.vmo).flags & ZX_INFO_VMO_TYPE_PAGED);
    give_back(&b);
}

/* ---- what a resource allows ---- */

#define MMIO 0x4000000000ull

static zx_handle_t resource(uint32_t kind, uint64_t base, uint64_t size)
{
    zx_handle_t handle = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_resource_create(ztest_root_resource(), kind, base, size, "test", 4, &handle));
    return handle;
}

static zx_status_t try_physical(zx_handle_t handle, uint64_t base, uint64_t size)
{
    zx_handle_t vmo;
    zx_status_t st = zx_vmo_create_physical(handle, base, size, &vmo);

    if (st == ZX_OK)
        clone_drop(vmo);
    return st;
}

CASE(Resource, VmoCreation)
{
    zx_handle_t mmio = resource(ZX_RSRC_KIND_MMIO, MMIO, 4 * PAGE), vmo;

    ASSERT_OK(zx_vmo_create_physical(mmio, MMIO, PAGE, &vmo));
    EXPECT_EQ(ztest_rights(vmo), ZX_DEFAULT_VMO_RIGHTS | ZX_RIGHT_EXECUTE);
    clone_drop(vmo);
    EXPECT_EQ(try_physical(mmio, MMIO, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(try_physical(mmio, MMIO + 1, PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_NE(try_physical(mmio, MMIO + 2 * PAGE, 3 * PAGE), ZX_OK);
    EXPECT_EQ(try_physical(bti, MMIO, PAGE), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(mmio));
}

/* Memory goes by whole pages, whatever the resource says. */
CASE(Resource, VmoCreationSmaller)
{
    zx_handle_t mmio = resource(ZX_RSRC_KIND_MMIO, MMIO, PAGE / 2);

    EXPECT_OK(try_physical(mmio, MMIO, PAGE));
    EXPECT_OK(zx_handle_close(mmio));
}

CASE(Resource, VmoCreationUnaligned)
{
    zx_handle_t mmio = resource(ZX_RSRC_KIND_MMIO, MMIO + 0x7800, 0x2000);

    EXPECT_OK(try_physical(mmio, MMIO + 0x7000, 0x2000));
    EXPECT_OK(zx_handle_close(mmio));
}

CASE(Resource, VmoReplaceAsExecutable)
{
    zx_handle_t vmex = resource(ZX_RSRC_KIND_VMEX, 0, 0), vmo = clone_make(1, 0), other;
    zx_handle_t mmio = resource(ZX_RSRC_KIND_MMIO, MMIO, PAGE);

    ASSERT_OK(zx_handle_duplicate(vmo, ZX_RIGHT_SAME_RIGHTS, &other));
    ASSERT_OK(zx_vmo_replace_as_executable(other, vmex, &other));
    EXPECT_EQ(ztest_rights(other), ztest_rights(vmo) | ZX_RIGHT_EXECUTE);
    clone_drop(other);
    /* The handle is consumed in any case. */
    ASSERT_OK(zx_handle_duplicate(vmo, ZX_RIGHT_SAME_RIGHTS, &other));
    EXPECT_EQ(zx_vmo_replace_as_executable(other, mmio, &other), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_handle_close(other), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_vmo_replace_as_executable(mmio, vmex, &other), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_handle_close(mmio), ZX_ERR_BAD_HANDLE);
    EXPECT_OK(zx_handle_close(vmex));
    clone_drop(vmo);
}

CASE(VmoTestCase, Info)
{
    const uint32_t always = ZX_INFO_VMO_TYPE_PAGED | ZX_INFO_VMO_VIA_HANDLE;
    zx_handle_t vmo = clone_make(4, 0);
    zx_info_vmo_t info = paged_info(vmo);

    EXPECT_EQ(info.size_bytes, 4 * PAGE);
    EXPECT_EQ(info.flags, always);
    EXPECT_EQ(info.cache_policy, ZX_CACHE_POLICY_CACHED);
    clone_drop(vmo);

    vmo = clone_make(8, ZX_VMO_RESIZABLE);
    EXPECT_OK(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_UNCACHED));
    info = paged_info(vmo);
    EXPECT_EQ(info.size_bytes, 8 * PAGE);
    EXPECT_EQ(info.flags, always | ZX_INFO_VMO_RESIZABLE);
    EXPECT_EQ(info.cache_policy, ZX_CACHE_POLICY_UNCACHED);
    clone_drop(vmo);

    ASSERT_OK(zx_vmo_create_contiguous(bti, 12 * PAGE, 0, &vmo));
    info = paged_info(vmo);
    EXPECT_EQ(info.size_bytes, 12 * PAGE);
    EXPECT_EQ(info.flags, always | ZX_INFO_VMO_CONTIGUOUS);
    EXPECT_EQ(info.cache_policy, ZX_CACHE_POLICY_CACHED);
    clone_drop(vmo);
}

/* Ranges in a VMO, over its end, and past that of the VMO that it is a slice of: each `size`
 * pages, which `more` follow in the root. */
static void pin_ranges(zx_handle_t vmo, uint64_t size, uint64_t more)
{
    zx_paddr_t addrs[8];
    zx_handle_t pmt;

    for (uint64_t first = 0; first <= size + more; first++)
        for (uint64_t end = first + 1; end <= size + more + 1; end++) {
            uint64_t count = end - first < 6 ? end - first : 6;
            zx_status_t st = zx_bti_pin(bti, ZX_BTI_PERM_READ, vmo, first * PAGE,
                                        (end - first) * PAGE, addrs, count, &pmt);

            EXPECT_EQ(st, end <= size ? ZX_OK : ZX_ERR_OUT_OF_RANGE);
            if (st == ZX_OK)
                EXPECT_OK(zx_pmt_unpin(pmt));
        }
}

/* A VMO of 6 pages; 4 of them as a slice, and 2 of those. */
static void pin_slices(zx_handle_t vmo)
{
    zx_handle_t four = ZX_HANDLE_INVALID, two = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SLICE, PAGE, 4 * PAGE, &four));
    EXPECT_OK(zx_vmo_create_child(four, ZX_VMO_CHILD_SLICE, PAGE, 2 * PAGE, &two));
    pin_ranges(vmo, 6, 0);
    pin_ranges(four, 4, 1);
    pin_ranges(two, 2, 2);
    clone_drop(two);
    clone_drop(four);
}

CASE(VmoTestCase, PinTests)
{
    struct borrowed b = borrow(6);
    zx_handle_t vmo = clone_make(6, 0);

    pin_slices(vmo);
    pin_slices(b.row);
    pin_slices(b.vmo);
    clone_drop(vmo);
    give_back(&b);
}
