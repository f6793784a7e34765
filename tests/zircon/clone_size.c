/*
 * clone_size.c - clones and originals that change their size, are zeroed, or may not be.
 */
#include "tests/zircon/clones.h"

enum target { PARENT, CHILD_TARGET };

static void resize(enum target target)
{
    zx_handle_t vmo = clone_tagged(4);
    zx_handle_t child = clone_with(vmo, ZX_VMO_CHILD_RESIZABLE, 0, 4);
    zx_handle_t cut = target == PARENT ? vmo : child, whole = target == PARENT ? child : vmo;
    uint64_t owns[2] = {target == PARENT ? 1 : 4, target == PARENT ? 3 : 0};

    paged_set_word(vmo, 1, 5);
    paged_set_word(child, 2, 5);
    EXPECT_EQ(clone_owns(vmo), 4);
    EXPECT_EQ(clone_owns(child), 2);
    ASSERT_OK(zx_vmo_set_size(cut, PAGE));
    for (unsigned i = 0; i < 4; i++)
        EXPECT_EQ(paged_word(whole, i), i == (target == PARENT ? 2 : 1) ? 5 : i + 1);
    EXPECT_EQ(paged_word(cut, 0), 1);
    EXPECT_EQ(clone_owns(vmo), owns[0]);
    EXPECT_EQ(clone_owns(child), owns[1]);
    EXPECT_OK(zx_vmo_set_size(cut, 2 * PAGE));
    EXPECT_EQ(paged_word(cut, 1), 0);
    paged_set_word(whole, 3, 6);
    EXPECT_EQ(clone_owns(vmo), owns[0]);
    EXPECT_EQ(clone_owns(child), owns[1]);
    clone_drop(whole);
    EXPECT_EQ(paged_word(cut, 0), 1);
    EXPECT_EQ(clone_owns(cut), 1);
    clone_drop(cut);
}

CASE(VmoCloneResizeTests, ResizeChild)
{
    resize(CHILD_TARGET);
}

CASE(VmoCloneResizeTests, ResizeOriginal)
{
    resize(PARENT);
}

CASE(VmoClone2TestCase, ResizeGrow)
{
    zx_handle_t vmo = clone_tagged(2), child = clone_with(vmo, ZX_VMO_CHILD_RESIZABLE, 0, 1);

    EXPECT_EQ(paged_word(child, 0), 1);
    EXPECT_OK(zx_vmo_set_size(child, 2 * PAGE));
    EXPECT_EQ(paged_word(child, 1), 0);
    paged_set_word(vmo, 1, 3);
    EXPECT_EQ(paged_word(child, 1), 0);
    EXPECT_EQ(clone_owns(vmo), 2);
    EXPECT_EQ(clone_owns(child), 0);
    clone_drop(child);
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, ResizeOffsetChild)
{
    zx_handle_t vmo = clone_tagged(3), child = clone_of(vmo, 1, 1);

    EXPECT_OK(zx_vmo_set_size(vmo, 0));
    EXPECT_EQ(paged_word(child, 0), 2);
    EXPECT_EQ(clone_owns(vmo), 0);
    EXPECT_EQ(clone_owns(child), 1);
    clone_drop(child);
    clone_drop(vmo);
}

static void cut_disjoint(const unsigned order[3])
{
    zx_handle_t vmo = clone_tagged(3), child[3];

    for (unsigned i = 0; i < 3; i++) {
        child[i] = clone_with(vmo, ZX_VMO_CHILD_RESIZABLE, i, 1);
        EXPECT_EQ(paged_word(child[i], 0), i + 1);
        EXPECT_EQ(clone_owns(child[i]), 0);
    }
    EXPECT_EQ(clone_owns(vmo), 3);
    EXPECT_OK(zx_vmo_set_size(child[order[0]], 0));
    EXPECT_OK(zx_vmo_set_size(child[order[1]], 0));
    EXPECT_OK(zx_vmo_set_size(vmo, 0));
    EXPECT_EQ(paged_word(child[order[2]], 0), order[2] + 1);
    EXPECT_EQ(clone_owns(vmo), 0);
    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQ(clone_owns(child[order[i]]), i == 2);
    EXPECT_OK(zx_vmo_set_size(child[order[2]], 0));
    EXPECT_EQ(clone_owns(child[order[2]]), 0);
    for (unsigned i = 0; i < 3; i++)
        clone_drop(child[i]);
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, ResizeDisjointChild)
{
    clone_permute(3, cut_disjoint);
}

CASE(VmoClone2TestCase, ResizeMultipleProgressive)
{
    zx_handle_t vmo = clone_tagged(3), one = clone_with(vmo, ZX_VMO_CHILD_RESIZABLE, 0, 2), two;

    paged_set_word(vmo, 0, 4);
    paged_set_word(one, 1, 5);
    two = clone_of(vmo, 0, 1);
    EXPECT_OK(zx_vmo_set_size(one, 0));
    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQ(paged_word(vmo, i), i ? i + 1 : 4);
    EXPECT_EQ(paged_word(two, 0), 4);
    EXPECT_EQ(clone_owns(vmo), 3);
    EXPECT_EQ(clone_owns(one), 0);
    EXPECT_EQ(clone_owns(two), 0);
    EXPECT_OK(zx_vmo_set_size(vmo, 0));
    EXPECT_EQ(paged_word(two, 0), 4);
    EXPECT_EQ(clone_owns(vmo), 0);
    EXPECT_EQ(clone_owns(one) + clone_owns(two), 1);
    clone_drop(two);
    clone_drop(one);
    clone_drop(vmo);
}

/* What comes back when a VMO has been cut and grown is new, whoever else has the old. */
CASE(VmoClone2TestCase, ResizeOverSiblingRange)
{
    zx_handle_t vmo = clone_tagged(4), all = clone_of(vmo, 0, 4);
    zx_handle_t sibling = clone_with(vmo, ZX_VMO_CHILD_RESIZABLE, 2, 1);

    EXPECT_OK(zx_vmo_set_size(vmo, PAGE));
    EXPECT_OK(zx_vmo_set_size(vmo, 4 * PAGE));
    EXPECT_EQ(paged_word(vmo, 0), 1);
    for (unsigned i = 1; i < 4; i++) {
        EXPECT_EQ(paged_word(vmo, i), 0);
        paged_set_word(vmo, i, i + 10);
        EXPECT_EQ(paged_word(all, i), i + 1);
    }
    EXPECT_EQ(paged_word(sibling, 0), 3);
    clone_drop(sibling);
    clone_drop(all);
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, Uncached)
{
    zx_handle_t vmo = clone_make(1, 0), child;
    volatile uint64_t *at;

    ASSERT_OK(zx_vmo_set_cache_policy(vmo, ZX_CACHE_POLICY_UNCACHED));
    at = (uint64_t *)paged_map(vmo, PAGE);
    *at = 7;
    EXPECT_EQ(zx_vmo_create_child(vmo, CLONE, 0, PAGE, &child), ZX_ERR_BAD_STATE);
    EXPECT_EQ(*at, 7);
    paged_unmap((zx_vaddr_t)at, PAGE);
    clone_drop(vmo);
}

/* ---- zeroes ---- */

static void zero(zx_handle_t vmo, uint64_t page)
{
    EXPECT_OK(zx_vmo_op_range(vmo, ZX_VMO_OP_ZERO, page * PAGE, PAGE, NULL, 0));
}

CASE(VmoZeroTestCase, ContentInParentAndChild)
{
    zx_handle_t vmo = clone_tagged(2), child = clone_of(vmo, 0, 2);

    paged_set_word(child, 0, 7);
    zero(child, 0);
    EXPECT_EQ(paged_word(child, 0), 0);
    EXPECT_EQ(paged_word(vmo, 0), 1);
    clone_drop(child);
    clone_drop(vmo);
}

CASE(VmoZeroTestCase, EmptyCowChildren)
{
    zx_handle_t vmo = clone_make(2, 0), child;

    paged_set_word(vmo, 0, 1);
    child = clone_of(vmo, 0, 2);
    EXPECT_EQ(paged_word(child, 0), 1);
    zero(child, 0);
    EXPECT_EQ(paged_word(child, 0), 0);
    EXPECT_EQ(clone_owns(vmo), 1);
    EXPECT_EQ(clone_owns(child), 0);
    zero(vmo, 0);
    EXPECT_EQ(paged_word(vmo, 0), 0);
    EXPECT_EQ(clone_owns(vmo), 0);
    EXPECT_EQ(clone_owns(child), 0);
    clone_drop(child);
    clone_drop(vmo);
}

CASE(VmoZeroTestCase, MergeZeroChildren)
{
    zx_handle_t vmo = clone_make(2, 0), child;

    paged_set_word(vmo, 0, 1);
    child = clone_of(vmo, 0, 1);
    EXPECT_EQ(clone_owns(vmo), 1);
    EXPECT_EQ(clone_owns(child), 0);
    zero(vmo, 0);
    EXPECT_EQ(clone_owns(vmo), 0);
    EXPECT_EQ(clone_owns(child), 1);
    clone_drop(child);
    EXPECT_EQ(clone_owns(vmo), 0);
    clone_drop(vmo);
}

/* What two clones have left of their parent is one page, which is the elder's. */
CASE(VmoZero, TwoClonesKeepThePage)
{
    zx_handle_t vmo = clone_make(2, 0), one, two;

    paged_set_word(vmo, 0, 1);
    one = clone_of(vmo, 0, 1);
    two = clone_of(vmo, 0, 1);
    EXPECT_EQ(clone_owns(vmo), 1);
    EXPECT_EQ(clone_owns(one) + clone_owns(two), 0);
    zero(vmo, 0);
    EXPECT_EQ(clone_owns(vmo), 0);
    EXPECT_EQ(paged_word(vmo, 0), 0);
    EXPECT_EQ(paged_word(one, 0), 1);
    EXPECT_EQ(paged_word(two, 0), 1);
    EXPECT_EQ(clone_owns(one), 1);
    EXPECT_EQ(clone_owns(two), 0);
    clone_drop(one);
    clone_drop(two);
    clone_drop(vmo);
}

/* What a clone sees as zero stays that, though the VMO it was made of becomes smaller. */
CASE(VmoZeroTestCase, ResizeOverHiddenMarkers)
{
    zx_handle_t vmo = clone_make(4, ZX_VMO_RESIZABLE), between, sibling;

    paged_set_word(vmo, 2, 1);
    between = clone_of(vmo, 0, 4);
    zero(vmo, 2);
    sibling = clone_of(vmo, 2, 1);
    EXPECT_EQ(paged_word(sibling, 0), 0);
    EXPECT_OK(zx_vmo_set_size(vmo, PAGE));
    EXPECT_EQ(paged_word(sibling, 0), 0);
    paged_set_word(sibling, 0, 2);
    EXPECT_EQ(paged_word(sibling, 0), 2);
    EXPECT_EQ(paged_word(between, 2), 1);
    clone_drop(sibling);
    clone_drop(between);
    clone_drop(vmo);
}

CASE(VmoZeroTestCase, AllocateAfterMerge)
{
    zx_handle_t vmo = clone_tagged(2), child = clone_of(vmo, 0, 2);

    EXPECT_EQ(clone_owns(vmo) + clone_owns(child), 2);
    zero(child, 0);
    EXPECT_EQ(clone_owns(vmo) + clone_owns(child), 2);
    clone_drop(vmo);
    EXPECT_EQ(clone_owns(child), 1);
    EXPECT_EQ(paged_word(child, 0), 0);
    EXPECT_EQ(paged_word(child, 1), 2);
    clone_drop(child);
}

CASE(VmoZeroTestCase, AllocateAfterMergeHiddenChild)
{
    zx_handle_t vmo = clone_tagged(3), one = clone_of(vmo, 0, 3), two;

    zero(vmo, 0);
    EXPECT_EQ(clone_owns(vmo) + clone_owns(one), 3);
    two = clone_of(vmo, 0, 3);
    zero(one, 1);
    EXPECT_EQ(clone_owns(vmo) + clone_owns(one) + clone_owns(two), 3);
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_EQ(paged_word(two, i), i ? i + 1 : 0);
        EXPECT_EQ(paged_word(one, i), i == 1 ? 0 : i + 1);
    }
    clone_drop(one);
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_EQ(paged_word(vmo, i), i ? i + 1 : 0);
        EXPECT_EQ(paged_word(two, i), i ? i + 1 : 0);
    }
    EXPECT_EQ(clone_owns(vmo) + clone_owns(two), 2);
    EXPECT_OK(zx_vmo_write(vmo, "x", 64, 1));
    EXPECT_EQ(paged_word(vmo, 0), 0);
    EXPECT_EQ(clone_owns(vmo) + clone_owns(two), 3);
    EXPECT_OK(zx_vmo_write(two, "x", PAGE + 64, 1));
    EXPECT_EQ(paged_word(two, 1), 2);
    EXPECT_EQ(paged_word(vmo, 1), 2);
    EXPECT_EQ(clone_owns(vmo) + clone_owns(two), 4);
    clone_drop(two);
    clone_drop(vmo);
}
