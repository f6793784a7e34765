/*
 * vmo.c - VMOs: size, reading and writing, ranges, zeroes, slices and signals.
 */
#include "tests/zircon/paged.h"

static zx_handle_t make(uint64_t size, uint32_t options)
{
    zx_handle_t vmo = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create(size, options, &vmo));
    return vmo;
}

static uint64_t size_of(zx_handle_t vmo)
{
    uint64_t size = UINT64_MAX;

    EXPECT_OK(zx_vmo_get_size(vmo, &size));
    return size;
}

static zx_status_t op(zx_handle_t vmo, uint32_t what, uint64_t offset, uint64_t size)
{
    return zx_vmo_op_range(vmo, what, offset, size, NULL, 0);
}

static uint64_t committed(zx_handle_t vmo)
{
    return paged_info(vmo).committed_bytes;
}

CASE(VmoTestCase, Create)
{
    zx_handle_t vmos[16];

    for (unsigned i = 0; i < 16; i++)
        vmos[i] = make(i * PAGE, 0);
    for (unsigned i = 0; i < 16; i++)
        EXPECT_OK(zx_handle_close(vmos[i]));
}

CASE(VmoTestCase, SizeAlign)
{
    for (uint64_t size = 0; size < 4 * PAGE; size += 517) {
        zx_handle_t vmo = make(size, 0);

        EXPECT_EQ(size_of(vmo), (size + PAGE - 1) / PAGE * PAGE);
        EXPECT_OK(zx_handle_close(vmo));
    }
}

CASE(VmoTestCase, ResizeAlign)
{
    zx_handle_t vmo = make(0, ZX_VMO_RESIZABLE);

    for (uint64_t size = 0; size < 4 * PAGE; size += 517) {
        EXPECT_OK(zx_vmo_set_size(vmo, size));
        EXPECT_EQ(size_of(vmo), (size + PAGE - 1) / PAGE * PAGE);
    }
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoTestCase, Resize)
{
    zx_handle_t vmo = make(4 * PAGE, ZX_VMO_RESIZABLE);

    paged_set_word(vmo, 3, 7);
    EXPECT_OK(zx_vmo_set_size(vmo, 3 * PAGE));
    EXPECT_EQ(size_of(vmo), 3 * PAGE);
    EXPECT_OK(zx_vmo_set_size(vmo, 5 * PAGE));
    EXPECT_EQ(paged_word(vmo, 3), 0);
    EXPECT_EQ(zx_vmo_set_size(vmo, UINT64_MAX), ZX_ERR_OUT_OF_RANGE);
    EXPECT_OK(zx_vmo_set_size(vmo, 0));
    EXPECT_EQ(size_of(vmo), 0);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoTestCase, NoResize)
{
    zx_handle_t vmo = make(PAGE, 0);

    EXPECT_EQ(zx_vmo_set_size(vmo, 2 * PAGE), ZX_ERR_UNAVAILABLE);
    EXPECT_EQ(zx_vmo_set_size(vmo, 0), ZX_ERR_UNAVAILABLE);
    EXPECT_EQ(size_of(vmo), PAGE);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoTestCase, ReadWrite)
{
    zx_handle_t vmo = make(2 * PAGE, 0);
    char text[16] = "across the pages", back[16];

    EXPECT_OK(zx_vmo_write(vmo, text, PAGE - 8, sizeof(text)));
    EXPECT_OK(zx_vmo_read(vmo, back, PAGE - 8, sizeof(back)));
    for (unsigned i = 0; i < sizeof(text); i++)
        EXPECT_EQ(back[i], text[i]);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoTestCase, ReadWriteRange)
{
    zx_handle_t vmo = make(PAGE, 0);
    char bytes[16] = {0};

    EXPECT_EQ(zx_vmo_read(vmo, bytes, PAGE - 8, sizeof(bytes)), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_vmo_write(vmo, bytes, PAGE - 8, sizeof(bytes)), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_vmo_read(vmo, bytes, UINT64_MAX - 4, sizeof(bytes)), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_vmo_write(vmo, bytes, UINT64_MAX - 4, sizeof(bytes)), ZX_ERR_OUT_OF_RANGE);
    EXPECT_OK(zx_vmo_read(vmo, bytes, PAGE, 0));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoTestCase, Commit)
{
    zx_handle_t vmo = make(16 * PAGE, 0);

    EXPECT_EQ(committed(vmo), 0);
    EXPECT_OK(op(vmo, ZX_VMO_OP_COMMIT, 0, 0));
    EXPECT_OK(op(vmo, ZX_VMO_OP_COMMIT, 2 * PAGE, 4 * PAGE));
    EXPECT_EQ(committed(vmo), 4 * PAGE);
    paged_set_word(vmo, 3, 9);
    EXPECT_OK(op(vmo, ZX_VMO_OP_COMMIT, 0, 16 * PAGE));
    EXPECT_EQ(committed(vmo), 16 * PAGE);
    EXPECT_EQ(paged_word(vmo, 3), 9);
    EXPECT_OK(op(vmo, ZX_VMO_OP_DECOMMIT, 0, 8 * PAGE));
    EXPECT_EQ(committed(vmo), 8 * PAGE);
    EXPECT_EQ(paged_word(vmo, 3), 0);
    EXPECT_EQ(op(vmo, ZX_VMO_OP_COMMIT, 0, 17 * PAGE), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(op(vmo, ZX_VMO_OP_DECOMMIT, 16 * PAGE, PAGE), ZX_ERR_OUT_OF_RANGE);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoTestCase, DecommitMisaligned)
{
    zx_handle_t vmo = make(2 * PAGE, 0);

    EXPECT_EQ(op(vmo, ZX_VMO_OP_DECOMMIT, 0x10, 0x20), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoTestCase, DecommitChildSliceTests)
{
    zx_handle_t vmo = make(4 * PAGE, 0), slice;

    for (unsigned i = 0; i < 4; i++)
        paged_set_word(vmo, i, i + 1);
    ASSERT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SLICE, PAGE, 2 * PAGE, &slice));
    EXPECT_OK(op(slice, ZX_VMO_OP_DECOMMIT, PAGE, PAGE));
    EXPECT_EQ(committed(vmo), 3 * PAGE);
    EXPECT_EQ(paged_word(vmo, 1), 2);
    EXPECT_EQ(paged_word(vmo, 2), 0);
    EXPECT_EQ(paged_word(vmo, 3), 4);
    EXPECT_EQ(op(slice, ZX_VMO_OP_DECOMMIT, PAGE, 2 * PAGE), ZX_ERR_OUT_OF_RANGE);
    EXPECT_OK(zx_handle_close(slice));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoTestCase, CacheOp)
{
    static const uint32_t ops[] = {ZX_VMO_OP_CACHE_SYNC, ZX_VMO_OP_CACHE_CLEAN,
                                   ZX_VMO_OP_CACHE_CLEAN_INVALIDATE,
                                   ZX_VMO_OP_CACHE_INVALIDATE};
    zx_handle_t vmo = make(0x8000, 0);

    for (unsigned i = 0; i < 4; i++) {
        EXPECT_EQ(op(vmo, ops[i], 0, 0), ZX_ERR_INVALID_ARGS);
        EXPECT_OK(op(vmo, ops[i], 0, 1));
        EXPECT_OK(op(vmo, ops[i], 1, 1));
        EXPECT_OK(op(vmo, ops[i], 0, 0x5200));
        EXPECT_OK(op(vmo, ops[i], 0x4fff, 2));
        EXPECT_OK(op(vmo, ops[i], 0, 0x8000));
        EXPECT_EQ(op(vmo, ops[i], 0, 0x8001), ZX_ERR_OUT_OF_RANGE);
        EXPECT_EQ(op(vmo, ops[i], 0x8000, 1), ZX_ERR_OUT_OF_RANGE);
        EXPECT_EQ(op(vmo, ops[i], 0x10000, 1), ZX_ERR_OUT_OF_RANGE);
    }
    EXPECT_EQ(op(vmo, 5, 0, 1), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoTestCase, CacheFlush)
{
    zx_handle_t vmo = make(PAGE, 0), read_only;

    read_only = ztest_without(vmo, ZX_RIGHT_WRITE);
    EXPECT_OK(op(read_only, ZX_VMO_OP_CACHE_SYNC, 0, PAGE));
    EXPECT_OK(op(read_only, ZX_VMO_OP_CACHE_CLEAN, 0, PAGE));
    EXPECT_OK(op(read_only, ZX_VMO_OP_CACHE_CLEAN_INVALIDATE, 0, PAGE));
    EXPECT_EQ(op(read_only, ZX_VMO_OP_CACHE_INVALIDATE, 0, PAGE), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(op(read_only, ZX_VMO_OP_COMMIT, 0, PAGE), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(op(read_only, ZX_VMO_OP_ZERO, 0, PAGE), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(read_only));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoTestCase, Rights)
{
    zx_handle_t vmo = make(PAGE, 0), h;
    uint64_t word = 0;
    zx_vaddr_t addr;

    h = ztest_without(vmo, ZX_RIGHT_READ);
    EXPECT_EQ(zx_vmo_read(h, &word, 0, 0), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_vmo_write(h, &word, 0, 0));
    EXPECT_EQ(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ, 0, h, 0, PAGE, &addr),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(h));
    h = ztest_without(vmo, ZX_RIGHT_WRITE);
    EXPECT_EQ(zx_vmo_write(h, &word, 0, 0), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, h, 0, PAGE,
                          &addr),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(h));
    h = ztest_without(vmo, ZX_RIGHT_MAP);
    EXPECT_EQ(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ, 0, h, 0, PAGE, &addr),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(h));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoTestCase, Cache)
{
    zx_handle_t vmo = make(PAGE, 0), child;
    zx_vaddr_t addr;

    EXPECT_EQ(paged_info(vmo).cache_policy, ZX_CACHE_POLICY_CACHED);
    for (uint32_t policy = 0; policy <= ZX_CACHE_POLICY_MASK; policy++) {
        EXPECT_OK(zx_vmo_set_cache_policy(vmo, policy));
        EXPECT_EQ(paged_info(vmo).cache_policy, policy);
    }
    EXPECT_EQ(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_MASK + 1), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &child),
              ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_vmo_read(vmo, &addr, 0, sizeof(addr)), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_CACHED));
    addr = paged_map(vmo, PAGE);
    EXPECT_EQ(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_UNCACHED), ZX_ERR_BAD_STATE);
    paged_unmap(addr, PAGE);
    ASSERT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &child));
    EXPECT_EQ(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_UNCACHED), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_vmo_set_cache_policy(child, ZX_CACHE_POLICY_UNCACHED), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(child));
    paged_set_word(vmo, 0, 1);
    EXPECT_EQ(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_UNCACHED), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(vmo));
}

/* ---- zeroes ---- */

CASE(VmoZeroTestCase, ZeroLengths)
{
    zx_handle_t vmo = make(PAGE, 0);

    paged_set_word(vmo, 0, 1);
    EXPECT_OK(op(vmo, ZX_VMO_OP_ZERO, 0, 0));
    EXPECT_OK(op(vmo, ZX_VMO_OP_ZERO, 10, 0));
    EXPECT_OK(op(vmo, ZX_VMO_OP_ZERO, PAGE, 0));
    EXPECT_EQ(op(vmo, ZX_VMO_OP_ZERO, PAGE + 1, 0), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(paged_word(vmo, 0), 1);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoZeroTestCase, UnalignedSubPage)
{
    zx_handle_t vmo = make(PAGE, 0);
    uint64_t words[4] = {1, 2, 3, 4};

    EXPECT_OK(zx_vmo_write(vmo, words, 64, sizeof(words)));
    EXPECT_OK(op(vmo, ZX_VMO_OP_ZERO, 72, 16));
    EXPECT_OK(zx_vmo_read(vmo, words, 64, sizeof(words)));
    EXPECT_EQ(words[0], 1);
    EXPECT_EQ(words[1], 0);
    EXPECT_EQ(words[2], 0);
    EXPECT_EQ(words[3], 4);
    EXPECT_EQ(committed(vmo), PAGE);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoZeroTestCase, UnalignedCommitted)
{
    zx_handle_t vmo = make(3 * PAGE, 0);
    uint64_t last;

    for (unsigned i = 0; i < 3; i++)
        paged_set_word(vmo, i, i + 1);
    EXPECT_OK(op(vmo, ZX_VMO_OP_ZERO, PAGE / 2, 2 * PAGE));
    EXPECT_EQ(paged_word(vmo, 0), 1);
    EXPECT_EQ(paged_word(vmo, 1), 0);
    EXPECT_EQ(paged_word(vmo, 2), 0);
    EXPECT_OK(zx_vmo_read(vmo, &last, 3 * PAGE - 8, 8));
    EXPECT_EQ(committed(vmo), 2 * PAGE);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoZeroTestCase, UnalignedUnCommitted)
{
    zx_handle_t vmo = make(2 * PAGE, 0);

    EXPECT_OK(op(vmo, ZX_VMO_OP_ZERO, PAGE / 2, PAGE));
    EXPECT_EQ(committed(vmo), 0);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoZeroTestCase, DecommitMiddle)
{
    zx_handle_t vmo = make(3 * PAGE, 0);

    EXPECT_OK(op(vmo, ZX_VMO_OP_COMMIT, 0, 3 * PAGE));
    EXPECT_OK(op(vmo, ZX_VMO_OP_ZERO, PAGE, PAGE));
    EXPECT_EQ(committed(vmo), 2 * PAGE);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoZeroTestCase, WriteCowParent)
{
    zx_handle_t vmo = make(2 * PAGE, 0), child;

    paged_set_word(vmo, 0, 1);
    paged_set_word(vmo, 1, 2);
    ASSERT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, 2 * PAGE, &child));
    EXPECT_OK(op(vmo, ZX_VMO_OP_ZERO, 0, PAGE));
    EXPECT_EQ(paged_word(vmo, 0), 0);
    EXPECT_EQ(paged_word(child, 0), 1);
    EXPECT_OK(op(child, ZX_VMO_OP_ZERO, PAGE, PAGE));
    EXPECT_EQ(paged_word(vmo, 1), 2);
    EXPECT_EQ(paged_word(child, 1), 0);
    EXPECT_OK(zx_handle_close(child));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoZeroTestCase, ChildZeroThenWrite)
{
    zx_handle_t vmo = make(PAGE, 0), child;

    paged_set_word(vmo, 0, 1);
    ASSERT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &child));
    EXPECT_OK(op(child, ZX_VMO_OP_ZERO, 0, PAGE));
    paged_set_word(child, 0, 3);
    EXPECT_EQ(paged_word(vmo, 0), 1);
    EXPECT_EQ(paged_word(child, 0), 3);
    EXPECT_OK(zx_handle_close(child));
    EXPECT_OK(zx_handle_close(vmo));
}

/* ---- slices ---- */

static zx_handle_t slice_of(zx_handle_t vmo, uint64_t offset, uint64_t size)
{
    zx_handle_t slice = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SLICE, offset, size, &slice));
    return slice;
}

CASE(VmoSliceTestCase, WriteThrough)
{
    zx_handle_t vmo = make(4 * PAGE, 0), slice = slice_of(vmo, PAGE, 2 * PAGE);
    zx_vaddr_t addr = paged_map(slice, 2 * PAGE);

    paged_set_word(vmo, 1, 5);
    EXPECT_EQ(paged_word(slice, 0), 5);
    EXPECT_EQ(*(volatile uint64_t *)addr, 5);
    *(volatile uint64_t *)(addr + PAGE) = 6;
    EXPECT_EQ(paged_word(vmo, 2), 6);
    EXPECT_EQ(size_of(slice), 2 * PAGE);
    paged_unmap(addr, 2 * PAGE);
    EXPECT_OK(zx_handle_close(slice));
    EXPECT_OK(zx_handle_close(vmo));
}

/* A mapping that is longer than its slice shows no more than the slice. */
CASE(VmoSlice, AMappingEndsWithItsSlice)
{
    struct paged_toucher t;
    zx_handle_t vmo = make(4 * PAGE, 0), slice = slice_of(vmo, 0, PAGE);

    for (unsigned i = 0; i < 4; i++)
        paged_set_word(vmo, i, i + 1);
    ASSERT_TRUE(paged_touch(&t, slice, 4, 0));
    EXPECT_EQ(paged_touched(&t), 0);
    ASSERT_TRUE(paged_touch(&t, slice, 4, 1));
    EXPECT_EQ(paged_touched(&t), ZX_TASK_RETCODE_EXCEPTION_KILL);
    EXPECT_OK(zx_handle_close(slice));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoSliceTestCase, NonResizable)
{
    zx_handle_t fixed = make(PAGE, 0), vmo = make(PAGE, ZX_VMO_RESIZABLE), slice;

    EXPECT_EQ(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SLICE, 0, PAGE, &slice),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_vmo_create_child(fixed, ZX_VMO_CHILD_SLICE | ZX_VMO_CHILD_RESIZABLE, 0, PAGE,
                                  &slice),
              ZX_ERR_INVALID_ARGS);
    slice = slice_of(fixed, 0, PAGE);
    EXPECT_EQ(zx_vmo_set_size(slice, 0), ZX_ERR_UNAVAILABLE);
    EXPECT_OK(zx_handle_close(slice));
    EXPECT_OK(zx_handle_close(fixed));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoSliceTestCase, NonSlice)
{
    zx_handle_t vmo = make(2 * PAGE, 0), slice;

    EXPECT_EQ(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SLICE, PAGE, 2 * PAGE, &slice),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SLICE, 2 * PAGE, PAGE, &slice),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SLICE, 0, 3 * PAGE, &slice),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoSliceTestCase, RoundUpSize)
{
    zx_handle_t vmo = make(2 * PAGE, 0), slice = slice_of(vmo, 0, PAGE / 2);

    EXPECT_EQ(size_of(slice), PAGE);
    EXPECT_OK(zx_handle_close(slice));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoSliceTestCase, NotCoWType)
{
    zx_handle_t vmo = make(PAGE, 0), slice = slice_of(vmo, 0, PAGE);

    EXPECT_FALSE(paged_info(slice).flags & ZX_INFO_VMO_IS_COW_CLONE);
    EXPECT_EQ(paged_info(slice).parent_koid, ztest_koid(vmo));
    EXPECT_OK(zx_handle_close(slice));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoSliceTestCase, Nested)
{
    zx_handle_t vmo = make(4 * PAGE, 0), outer = slice_of(vmo, PAGE, 3 * PAGE),
                inner = slice_of(outer, PAGE, PAGE);

    paged_set_word(inner, 0, 8);
    EXPECT_EQ(paged_word(vmo, 2), 8);
    EXPECT_EQ(paged_word(outer, 1), 8);
    EXPECT_OK(zx_handle_close(outer));
    paged_set_word(inner, 0, 9);
    EXPECT_EQ(paged_word(vmo, 2), 9);
    EXPECT_OK(zx_handle_close(inner));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoSliceTestCase, CommitChild)
{
    zx_handle_t vmo = make(2 * PAGE, 0), slice = slice_of(vmo, PAGE, PAGE);

    EXPECT_OK(op(slice, ZX_VMO_OP_COMMIT, 0, PAGE));
    EXPECT_EQ(committed(vmo), PAGE);
    EXPECT_EQ(committed(slice), 0);
    EXPECT_OK(zx_handle_close(slice));
    EXPECT_OK(zx_handle_close(vmo));
}

static void expect_children(zx_handle_t vmo, unsigned count)
{
    EXPECT_EQ(paged_info(vmo).num_children, count);
    EXPECT_EQ(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN, 0, NULL),
              count ? ZX_ERR_TIMED_OUT : ZX_OK);
}

/* Slices, then clones: the last one to go counts, whoever its parent was. */
static void children_of(uint32_t kind)
{
    zx_handle_t vmo = make(PAGE, 0), child, grandchild;

    expect_children(vmo, 0);
    ASSERT_OK(zx_vmo_create_child(vmo, kind, 0, PAGE, &child));
    expect_children(vmo, 1);
    ASSERT_OK(zx_vmo_create_child(child, kind, 0, PAGE, &grandchild));
    expect_children(child, 1);
    EXPECT_OK(zx_handle_close(child));
    expect_children(vmo, 1);
    EXPECT_OK(zx_handle_close(grandchild));
    expect_children(vmo, 0);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoSliceTestCase, ZeroChildrenGrandchildClosedLast)
{
    children_of(ZX_VMO_CHILD_SLICE);
}

CASE(VmoSignalTestCase, ChildSignalClone)
{
    children_of(ZX_VMO_CHILD_SNAPSHOT);
    children_of(ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE);
}

CASE(VmoSignalTestCase, SignalSanity)
{
    zx_handle_t vmo = make(PAGE, 0);

    EXPECT_OK(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN, 0, NULL));
    EXPECT_EQ(zx_object_signal(vmo, ZX_VMO_ZERO_CHILDREN, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_object_signal(vmo, 0, ZX_VMO_ZERO_CHILDREN), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_object_signal(vmo, 0, ZX_USER_SIGNAL_0));
    EXPECT_OK(zx_object_wait_one(vmo, ZX_USER_SIGNAL_0, 0, NULL));
    EXPECT_OK(zx_handle_close(vmo));
}

/* ---- clones ---- */

CASE(VmoCloneTestCase, Decommit)
{
    zx_handle_t vmo = make(PAGE, 0), clone;

    paged_set_word(vmo, 0, 1);
    ASSERT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &clone));
    EXPECT_EQ(op(clone, ZX_VMO_OP_DECOMMIT, 0, PAGE), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(op(vmo, ZX_VMO_OP_DECOMMIT, 0, PAGE), ZX_ERR_NOT_SUPPORTED);
    EXPECT_OK(zx_handle_close(clone));
    EXPECT_OK(op(vmo, ZX_VMO_OP_DECOMMIT, 0, PAGE));
    EXPECT_EQ(paged_word(vmo, 0), 0);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoCloneTestCase, NoResize)
{
    zx_handle_t vmo = make(PAGE, ZX_VMO_RESIZABLE), clone;

    ASSERT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &clone));
    EXPECT_EQ(zx_vmo_set_size(clone, 2 * PAGE), ZX_ERR_UNAVAILABLE);
    EXPECT_FALSE(paged_info(clone).flags & ZX_INFO_VMO_RESIZABLE);
    EXPECT_OK(zx_vmo_set_size(vmo, 2 * PAGE));
    EXPECT_OK(zx_handle_close(clone));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoCloneTestCase, Commit)
{
    zx_handle_t vmo = make(2 * PAGE, 0), clone;

    paged_set_word(vmo, 0, 1);
    ASSERT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, 2 * PAGE, &clone));
    EXPECT_OK(op(clone, ZX_VMO_OP_COMMIT, 0, 2 * PAGE));
    EXPECT_EQ(committed(clone), 2 * PAGE);
    EXPECT_EQ(paged_word(clone, 0), 1);
    paged_set_word(clone, 0, 2);
    EXPECT_EQ(paged_word(vmo, 0), 1);
    EXPECT_OK(zx_handle_close(clone));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(VmoClone2TestCase, NoSnapshotPager)
{
    struct paged p;
    zx_handle_t clone, again;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    EXPECT_EQ(zx_vmo_create_child(p.vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &clone),
              ZX_ERR_NOT_SUPPORTED);
    ASSERT_OK(
        zx_vmo_create_child(p.vmo, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, 0, PAGE, &clone));
    EXPECT_EQ(zx_vmo_create_child(clone, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &again),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_OK(zx_handle_close(clone));
    paged_drop(&p);
}

/* ---- ranges of mappings ---- */

CASE(Vmar, RangeOpCommitVmoPages)
{
    zx_handle_t root = ztest_root_vmar(), vmo = make(4 * PAGE, 0);
    zx_vaddr_t addr = paged_map(vmo, 4 * PAGE), fixed;

    EXPECT_OK(zx_vmar_op_range(root, ZX_VMAR_OP_COMMIT, addr + PAGE, 2 * PAGE, NULL, 0));
    EXPECT_EQ(committed(vmo), 2 * PAGE);
    EXPECT_OK(zx_vmar_op_range(root, ZX_VMAR_OP_DECOMMIT, addr + PAGE, PAGE, NULL, 0));
    EXPECT_EQ(committed(vmo), PAGE);
    EXPECT_EQ(zx_vmar_op_range(root, ZX_VMAR_OP_COMMIT, addr + 1, PAGE, NULL, 0),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmar_op_range(root, ZX_VMAR_OP_COMMIT, addr, 0, NULL, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmar_op_range(root, ZX_VMAR_OP_COMMIT, addr, PAGE, &addr, 1),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_vmar_unmap(root, addr + PAGE, PAGE));
    EXPECT_EQ(zx_vmar_op_range(root, ZX_VMAR_OP_COMMIT, addr, 3 * PAGE, NULL, 0),
              ZX_ERR_BAD_STATE);
    ASSERT_OK(zx_vmar_map(root, ZX_VM_PERM_READ, 0, vmo, 0, PAGE, &fixed));
    EXPECT_EQ(zx_vmar_op_range(root, ZX_VMAR_OP_COMMIT, fixed, PAGE, NULL, 0),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_vmar_op_range(root, ZX_VMAR_OP_DECOMMIT, fixed, PAGE, NULL, 0),
              ZX_ERR_ACCESS_DENIED);
    paged_unmap(fixed, PAGE);
    paged_unmap(addr, 4 * PAGE);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(Vmar, RangeOpMapRange)
{
    zx_handle_t root = ztest_root_vmar(), vmo = make(4 * PAGE, 0);
    zx_vaddr_t addr = paged_map(vmo, 4 * PAGE);

    paged_set_word(vmo, 2, 5);
    EXPECT_OK(zx_vmar_op_range(root, ZX_VMAR_OP_MAP_RANGE, addr, 4 * PAGE, NULL, 0));
    EXPECT_EQ(committed(vmo), PAGE);
    EXPECT_EQ(*(volatile uint64_t *)(addr + 2 * PAGE), 5);
    EXPECT_EQ(zx_vmar_op_range(root, ZX_VMAR_OP_MAP_RANGE + 77, addr, PAGE, NULL, 0),
              ZX_ERR_NOT_SUPPORTED);
    paged_unmap(addr, 4 * PAGE);
    EXPECT_OK(zx_handle_close(vmo));
}

static uint64_t content_size(zx_handle_t vmo)
{
    uint64_t size = 42;

    EXPECT_OK(zx_object_get_property(vmo, ZX_PROP_VMO_CONTENT_SIZE, &size, sizeof(size)));
    return size;
}

static void set_content_size(zx_handle_t vmo, uint64_t size)
{
    EXPECT_OK(zx_object_set_property(vmo, ZX_PROP_VMO_CONTENT_SIZE, &size, sizeof(size)));
    EXPECT_EQ(content_size(vmo), size);
}

/* Nothing but a number, at first the size. */
CASE(VmoTestCase, ContentSize)
{
    zx_handle_t vmo = make(4 * PAGE - 5, ZX_VMO_RESIZABLE);

    EXPECT_EQ(content_size(vmo), 4 * PAGE - 5);
    set_content_size(vmo, 4 * PAGE / 3);
    set_content_size(vmo, 4 * PAGE + 15643);
    set_content_size(vmo, 4 * PAGE);
    EXPECT_OK(zx_vmo_set_size(vmo, PAGE));
    EXPECT_EQ(content_size(vmo), PAGE);
    EXPECT_OK(zx_handle_close(vmo));
}
