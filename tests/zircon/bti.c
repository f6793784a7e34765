/*
 * bti.c - memory for devices: pinned, in quarantine, in a row.
 */
#include <stdatomic.h>

#include "tests/zircon/clones.h"
#include "uapi/zircon/syscalls/bti.h"

static zx_handle_t bti;

static zx_handle_t make_iommu(void)
{
    zx_iommu_desc_dummy_t desc = {0};
    zx_handle_t iommu = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_iommu_create(ztest_root_resource(), ZX_IOMMU_TYPE_DUMMY, &desc, sizeof(desc),
                              &iommu));
    return iommu;
}

void ztest_setup(void)
{
    zx_handle_t iommu = make_iommu();

    EXPECT_OK(zx_bti_create(iommu, 0, 0xdeadbeef, &bti));
    EXPECT_OK(zx_handle_close(iommu));
}

static zx_status_t pin(zx_handle_t vmo, uint32_t options, uint64_t pages, zx_paddr_t addrs[],
                       uint64_t count, zx_handle_t *pmt)
{
    return zx_bti_pin(bti, options, vmo, 0, pages * PAGE, addrs, count, pmt);
}

static zx_handle_t pinned(zx_handle_t vmo, uint64_t pages, zx_paddr_t addrs[])
{
    zx_handle_t pmt = ZX_HANDLE_INVALID;

    EXPECT_OK(pin(vmo, ZX_BTI_PERM_READ, pages, addrs, pages, &pmt));
    return pmt;
}

static zx_handle_t row(uint64_t pages)
{
    zx_handle_t vmo = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create_contiguous(bti, pages * PAGE, 0, &vmo));
    return vmo;
}

static void expect_row(const zx_paddr_t addrs[], unsigned count)
{
    for (unsigned i = 1; i < count; i++)
        EXPECT_EQ(addrs[i], addrs[0] + i * PAGE);
}

CASE(Bti, Create)
{
    zx_iommu_desc_dummy_t desc = {0};
    zx_handle_t root = ztest_root_resource(), iommu = make_iommu(), other;

    EXPECT_EQ(ztest_rights(iommu), ZX_DEFAULT_IOMMU_RIGHTS);
    EXPECT_EQ(ztest_rights(bti), ZX_DEFAULT_BTI_RIGHTS);
    EXPECT_EQ(zx_bti_create(iommu, 1, 0, &other), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_bti_create(bti, 0, 0, &other), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_iommu_create(bti, ZX_IOMMU_TYPE_DUMMY, &desc, sizeof(desc), &other),
              ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_iommu_create(root, 77, &desc, sizeof(desc), &other), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(
        zx_iommu_create(root, ZX_IOMMU_TYPE_DUMMY, &desc, ZX_IOMMU_MAX_DESC_LEN + 1, &other),
        ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(iommu));
}

CASE(Bti, GetInfoTest)
{
    zx_info_bti_t info = {0};
    uint64_t actual = 0, avail = 0;

    EXPECT_OK(zx_object_get_info(bti, ZX_INFO_BTI, &info, sizeof(info), &actual, &avail));
    EXPECT_EQ(actual, 1);
    EXPECT_EQ(avail, 1);
    EXPECT_GE(info.minimum_contiguity, PAGE);
    EXPECT_NE(info.aspace_size, 0);
}

enum { MANY = 256 };
static zx_paddr_t addrs[MANY], others[MANY];

CASE(Bti, Pin)
{
    zx_handle_t vmo = clone_make(MANY, 0), pmt = pinned(vmo, MANY, addrs);

    EXPECT_EQ(ztest_rights(pmt), ZX_DEFAULT_PMT_RIGHTS);
    EXPECT_EQ(clone_owns(vmo), MANY);
    for (unsigned i = 1; i < MANY; i++) {
        EXPECT_EQ(addrs[i] % PAGE, 0);
        EXPECT_NE(addrs[i], addrs[0]);
    }
    EXPECT_OK(zx_pmt_unpin(pmt));
    EXPECT_EQ(zx_pmt_unpin(pmt), ZX_ERR_BAD_HANDLE);
    clone_drop(vmo);
}

CASE(Bti, PinContiguous)
{
    zx_handle_t vmo = row(MANY), pmt = pinned(vmo, MANY, addrs);

    EXPECT_OK(zx_pmt_unpin(pmt));
    expect_row(addrs, MANY);
    clone_drop(vmo);
}

CASE(Bti, PinContigFlag)
{
    const uint32_t options = ZX_BTI_PERM_READ | ZX_BTI_CONTIGUOUS;
    zx_handle_t vmo = row(MANY), pmt;

    ASSERT_OK(pin(vmo, options, MANY, addrs, 1, &pmt));
    EXPECT_OK(zx_pmt_unpin(pmt));
    EXPECT_EQ(pin(vmo, options, MANY, addrs, 2, &pmt), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(pin(vmo, options | ZX_BTI_COMPRESS, MANY, addrs, 1, &pmt), ZX_ERR_INVALID_ARGS);
    clone_drop(vmo);
    vmo = clone_make(1, 0);
    EXPECT_EQ(pin(vmo, options, 1, addrs, 1, &pmt), ZX_ERR_INVALID_ARGS);
    clone_drop(vmo);
}

CASE(Bti, PinArguments)
{
    volatile zx_vaddr_t nowhere = 8;
    zx_handle_t vmo = clone_make(2, 0), pmt = ZX_HANDLE_INVALID, less;

    EXPECT_EQ(pin(vmo, 0, 1, addrs, 1, &pmt), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(pin(vmo, 1u << 5 | ZX_BTI_PERM_READ, 1, addrs, 1, &pmt), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(pin(vmo, ZX_BTI_PERM_READ, 2, addrs, 1, &pmt), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(pin(vmo, ZX_BTI_PERM_READ, 0, addrs, 0, &pmt), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_bti_pin(bti, ZX_BTI_PERM_READ, vmo, 1, PAGE, addrs, 1, &pmt),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(pin(vmo, ZX_BTI_PERM_READ, 3, addrs, 3, &pmt), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(pin(bti, ZX_BTI_PERM_READ, 1, addrs, 1, &pmt), ZX_ERR_WRONG_TYPE);
    less = ztest_without(vmo, ZX_RIGHT_WRITE);
    EXPECT_EQ(pin(less, ZX_BTI_PERM_WRITE, 1, addrs, 1, &pmt), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(less));
    less = ztest_without(vmo, ZX_RIGHT_MAP);
    EXPECT_EQ(pin(less, ZX_BTI_PERM_READ, 1, addrs, 1, &pmt), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(less));
    EXPECT_EQ(pin(vmo, ZX_BTI_PERM_READ, 1, (zx_paddr_t *)nowhere, 1, &pmt),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(pin(vmo, ZX_BTI_PERM_READ, 1, addrs, 1, (zx_handle_t *)nowhere),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_vmo_op_range(vmo, ZX_VMO_OP_DECOMMIT, 0, PAGE, NULL, 0)); /* nothing is left */
    clone_drop(vmo);
}

/* Pinned pages are neither given back, nor shared. */
CASE(Bti, Resize)
{
    zx_handle_t vmo = clone_make(2, ZX_VMO_RESIZABLE), pmt = pinned(vmo, 1, addrs);

    EXPECT_EQ(zx_vmo_set_size(vmo, 0), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_vmo_set_size(vmo, PAGE));
    EXPECT_EQ(zx_vmo_op_range(vmo, ZX_VMO_OP_DECOMMIT, 0, PAGE, NULL, 0), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_vmo_op_range(vmo, ZX_VMO_OP_ZERO, 0, PAGE, NULL, 0));
    EXPECT_EQ(clone_owns(vmo), 1);
    EXPECT_OK(zx_pmt_unpin(pmt));
    EXPECT_OK(zx_vmo_set_size(vmo, 0));
    clone_drop(vmo);
}

CASE(Bti, Clone)
{
    zx_handle_t vmo = clone_make(1, ZX_VMO_RESIZABLE), child = clone_of(vmo, 0, 1);
    zx_handle_t pmt = pinned(child, 1, addrs);

    clone_drop(child);
    EXPECT_EQ(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN, 0, NULL), ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_pmt_unpin(pmt));
    EXPECT_OK(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN, ZX_TIME_INFINITE, NULL));
    clone_drop(vmo);
}

CASE(Bti, QuarantineHoldsPages)
{
    zx_handle_t vmo = clone_make(1, ZX_VMO_RESIZABLE), pmt = pinned(vmo, 1, addrs), less;

    EXPECT_OK(zx_handle_close(pmt));
    EXPECT_EQ(zx_vmo_set_size(vmo, 0), ZX_ERR_BAD_STATE);
    less = ztest_without(bti, ZX_RIGHT_WRITE);
    EXPECT_EQ(zx_bti_release_quarantine(less), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(less));
    EXPECT_OK(zx_bti_release_quarantine(bti));
    EXPECT_OK(zx_vmo_set_size(vmo, 0));
    clone_drop(vmo);
}

/* ---- somebody else wants the pages back ---- */

struct decommitter {
    struct ztest_thread thread;
    zx_handle_t vmo;
    atomic_int running;
};

static void give_back(void *arg)
{
    struct decommitter *d = arg;

    while (atomic_load(&d->running)) {
        zx_status_t st = zx_vmo_op_range(d->vmo, ZX_VMO_OP_DECOMMIT, 0, 8 * PAGE, NULL, 0);

        if (st != ZX_OK)
            EXPECT_EQ(st, ZX_ERR_BAD_STATE);
    }
}

/* What has been pinned is what is read, until it is unpinned. */
CASE(Bti, DecommitRace)
{
    struct decommitter d = {.vmo = clone_make(8, 0), .running = 1};

    ASSERT_OK(ztest_thread_start(&d.thread, give_back, &d));
    for (uint64_t round = 1; round < 200; round++) {
        zx_handle_t pmt = pinned(d.vmo, 8, addrs);

        paged_set_word(d.vmo, round % 8, round);
        EXPECT_EQ(paged_word(d.vmo, round % 8), round);
        EXPECT_EQ(clone_owns(d.vmo), 8);
        EXPECT_OK(zx_pmt_unpin(pmt));
    }
    atomic_store(&d.running, 0);
    ztest_thread_join(&d.thread);
    clone_drop(d.vmo);
}

/* Those who look at all VMOs of a process do not keep one pinned. */
static void look_at_vmos(void *arg)
{
    static zx_info_vmo_t vmos[64];
    struct decommitter *d = arg;
    uint64_t actual, avail;

    while (atomic_load(&d->running))
        zx_object_get_info(ztest_process(), ZX_INFO_PROCESS_VMOS, vmos, sizeof(vmos), &actual,
                           &avail);
}

CASE(Bti, NoDelayedUnpin)
{
    struct decommitter d = {.vmo = clone_make(4, 0), .running = 1};

    ASSERT_OK(ztest_thread_start(&d.thread, look_at_vmos, &d));
    for (unsigned i = 0; i < 500; i++) {
        EXPECT_OK(zx_pmt_unpin(pinned(d.vmo, 4, addrs)));
        clone_drop(clone_of(d.vmo, 0, 4));
    }
    atomic_store(&d.running, 0);
    ztest_thread_join(&d.thread);
    clone_drop(d.vmo);
}

/* ---- clones and slices ---- */

CASE(VmoClone2TestCase, ForbidContiguousVmo)
{
    zx_handle_t vmo = row(1), child, pmt;

    EXPECT_EQ(zx_vmo_create_child(vmo, CLONE, 0, PAGE, &child), ZX_ERR_INVALID_ARGS);
    pmt = pinned(vmo, 1, addrs);
    EXPECT_OK(zx_pmt_unpin(pmt));
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, PinBeforeCreateFailure)
{
    zx_handle_t vmo = clone_make(1, 0), pmt = pinned(vmo, 1, addrs), child;

    EXPECT_EQ(zx_vmo_create_child(vmo, CLONE, 0, PAGE, &child), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_pmt_unpin(pmt));
    clone_drop(clone_of(vmo, 0, 1));
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, PinClonePages)
{
    zx_handle_t vmo = clone_tagged(4), child = clone_of(vmo, 0, 4), pmt[2];

    pmt[0] = pinned(vmo, 4, addrs);
    pmt[1] = pinned(child, 4, others);
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned j = 0; j < 4; j++)
            EXPECT_NE(addrs[i], others[j]);
        EXPECT_EQ(paged_word(vmo, i), i + 1);
        EXPECT_EQ(paged_word(child, i), i + 1);
    }
    EXPECT_OK(zx_pmt_unpin(pmt[0]));
    EXPECT_OK(zx_pmt_unpin(pmt[1]));
    clone_drop(child);
    clone_drop(vmo);
}

static zx_handle_t slice(zx_handle_t vmo, uint64_t first, uint64_t count)
{
    zx_handle_t child = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SLICE, first * PAGE, count * PAGE, &child));
    return child;
}

CASE(VmoSliceTestCase, ChildSliceOfContiguousParentIsContiguous)
{
    zx_handle_t vmo = row(1), child = slice(vmo, 0, 1);

    EXPECT_TRUE(paged_info(child).flags & ZX_INFO_VMO_CONTIGUOUS);
    clone_drop(child);
    clone_drop(vmo);
}

/* A pin by way of a slice holds the parent's pages. */
CASE(VmoSliceTestCase, Pin)
{
    zx_handle_t vmo = clone_make(2, 0), child = slice(vmo, 1, 1), pmt = pinned(child, 1, addrs);

    EXPECT_OK(zx_vmo_op_range(vmo, ZX_VMO_OP_DECOMMIT, 0, PAGE, NULL, 0));
    EXPECT_EQ(zx_vmo_op_range(vmo, ZX_VMO_OP_DECOMMIT, PAGE, PAGE, NULL, 0), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_vmo_op_range(child, ZX_VMO_OP_DECOMMIT, 0, PAGE, NULL, 0), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_pmt_unpin(pmt));
    EXPECT_OK(zx_vmo_op_range(vmo, ZX_VMO_OP_DECOMMIT, PAGE, PAGE, NULL, 0));
    clone_drop(child);
    clone_drop(vmo);
}

CASE(VmoZeroTestCase, Contiguous)
{
    const uint32_t options = ZX_BTI_PERM_WRITE | ZX_BTI_CONTIGUOUS;
    zx_handle_t vmo = row(2), pmt;

    EXPECT_EQ(clone_owns(vmo), 2);
    ASSERT_OK(pin(vmo, options, 2, addrs, 1, &pmt));
    EXPECT_OK(zx_pmt_unpin(pmt));
    paged_set_word(vmo, 0, 7);
    paged_set_word(vmo, 1, 8);
    EXPECT_OK(zx_vmo_op_range(vmo, ZX_VMO_OP_ZERO, 0, PAGE, NULL, 0));
    EXPECT_EQ(clone_owns(vmo), 2);
    EXPECT_EQ(paged_word(vmo, 0), 0);
    EXPECT_EQ(paged_word(vmo, 1), 8);
    ASSERT_OK(pin(vmo, options, 2, others, 1, &pmt));
    EXPECT_OK(zx_pmt_unpin(pmt));
    EXPECT_EQ(addrs[0], others[0]);
    clone_drop(vmo);
}

CASE(VmoTestCase, CompressedContiguous)
{
    zx_handle_t vmo = row(8), pmt;

    ASSERT_OK(pin(vmo, ZX_BTI_COMPRESS | ZX_BTI_PERM_READ, 8, addrs, 8, &pmt));
    EXPECT_OK(zx_pmt_unpin(pmt));
    expect_row(addrs, 8);
    clone_drop(vmo);
}

CASE(VmoTestCase, ContiguousArguments)
{
    zx_handle_t vmo;

    EXPECT_EQ(zx_vmo_create_contiguous(bti, 0, 0, &vmo), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmo_create_contiguous(bti, PAGE, 11, &vmo), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmo_create_contiguous(bti, PAGE, 64, &vmo), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmo_create_contiguous(bti, 1ull << 40, 0, &vmo), ZX_ERR_NO_MEMORY);
    ASSERT_OK(zx_vmo_create_contiguous(bti, 3 * PAGE - 5, 16, &vmo));
    EXPECT_EQ(paged_info(vmo).size_bytes, 3 * PAGE);
    EXPECT_TRUE(paged_info(vmo).flags & ZX_INFO_VMO_CONTIGUOUS);
    EXPECT_EQ(zx_vmo_op_range(vmo, ZX_VMO_OP_DECOMMIT, 0, PAGE, NULL, 0), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_vmo_set_size(vmo, PAGE), ZX_ERR_UNAVAILABLE);
    clone_drop(vmo);
}

CASE(VmoTestCase, UncachedContiguous)
{
    zx_handle_t vmo = row(4), child;

    paged_set_word(vmo, 0, 7);
    ASSERT_OK(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_UNCACHED));
    EXPECT_EQ(paged_info(vmo).cache_policy, ZX_CACHE_POLICY_UNCACHED);
    EXPECT_NE(zx_vmo_create_child(vmo, CLONE, 0, PAGE, &child), ZX_OK);
    clone_drop(vmo);
}
