/*
 * vmo_discard.c - VMOs that may be discarded: how they are locked.
 */
#include "tests/zircon/clones.h"

static zx_status_t op(zx_handle_t vmo, uint32_t what, uint64_t size)
{
    return zx_vmo_op_range(vmo, what, 0, size, NULL, 0);
}

static zx_status_t lock(zx_handle_t vmo, uint64_t size, zx_vmo_lock_state_t *state)
{
    return zx_vmo_op_range(vmo, ZX_VMO_OP_LOCK, 0, size, state, sizeof(*state));
}

CASE(VmoDiscardable, LocksNest)
{
    zx_handle_t vmo = clone_make(3, ZX_VMO_DISCARDABLE);
    zx_vmo_lock_state_t state = {1, 2, 3, 4};

    EXPECT_TRUE(paged_info(vmo).flags & ZX_INFO_VMO_DISCARDABLE);
    EXPECT_EQ(op(vmo, ZX_VMO_OP_UNLOCK, 3 * PAGE), ZX_ERR_BAD_STATE);
    EXPECT_OK(lock(vmo, 3 * PAGE, &state));
    EXPECT_EQ(state.offset, 0);
    EXPECT_EQ(state.size, 3 * PAGE);
    EXPECT_EQ(state.discarded_offset, 0);
    EXPECT_EQ(state.discarded_size, 0);
    paged_set_word(vmo, 2, 5);
    EXPECT_OK(op(vmo, ZX_VMO_OP_TRY_LOCK, 3 * PAGE));
    EXPECT_OK(op(vmo, ZX_VMO_OP_UNLOCK, 3 * PAGE));
    EXPECT_OK(op(vmo, ZX_VMO_OP_UNLOCK, 3 * PAGE));
    EXPECT_EQ(op(vmo, ZX_VMO_OP_UNLOCK, 3 * PAGE), ZX_ERR_BAD_STATE);
    clone_drop(vmo);
}

CASE(VmoDiscardable, LocksAreOfTheWhole)
{
    zx_handle_t vmo = clone_make(3, ZX_VMO_DISCARDABLE), plain = clone_make(3, 0), none;
    zx_vmo_lock_state_t state;

    EXPECT_EQ(op(vmo, ZX_VMO_OP_TRY_LOCK, PAGE), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_vmo_op_range(vmo, ZX_VMO_OP_TRY_LOCK, PAGE, 2 * PAGE, NULL, 0),
              ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(lock(vmo, 4 * PAGE, &state), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(op(vmo, ZX_VMO_OP_LOCK, 3 * PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(lock(vmo, 3 * PAGE, (zx_vmo_lock_state_t *)8), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(op(vmo, ZX_VMO_OP_UNLOCK, 3 * PAGE), ZX_ERR_BAD_STATE);
    EXPECT_EQ(op(plain, ZX_VMO_OP_TRY_LOCK, 3 * PAGE), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(op(plain, ZX_VMO_OP_UNLOCK, 3 * PAGE), ZX_ERR_NOT_SUPPORTED);
    none = ztest_without(vmo, ZX_RIGHT_READ | ZX_RIGHT_WRITE);
    EXPECT_EQ(op(none, ZX_VMO_OP_TRY_LOCK, 3 * PAGE), ZX_ERR_ACCESS_DENIED);
    clone_drop(none);
    clone_drop(plain);
    clone_drop(vmo);
}

/* A mapping of it has to expect faults, and there are no clones. */
CASE(VmoDiscardable, HasNoClones)
{
    zx_handle_t vmo = clone_make(1, ZX_VMO_DISCARDABLE), child;
    const zx_vm_option_t options = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE;
    zx_vaddr_t addr;

    EXPECT_EQ(zx_vmar_map(ztest_root_vmar(), options, 0, vmo, 0, PAGE, &addr),
              ZX_ERR_NOT_SUPPORTED);
    ASSERT_OK(
        zx_vmar_map(ztest_root_vmar(), options | ZX_VM_ALLOW_FAULTS, 0, vmo, 0, PAGE, &addr));
    *(volatile uint64_t *)addr = 3;
    EXPECT_EQ(paged_word(vmo, 0), 3);
    EXPECT_OK(zx_vmar_unmap(ztest_root_vmar(), addr, PAGE));
    EXPECT_EQ(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &child),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_vmo_create_child(vmo, CLONE, 0, PAGE, &child), ZX_ERR_NOT_SUPPORTED);
    clone_drop(vmo);
}
