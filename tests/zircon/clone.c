/*
 * clone.c - clones: each sees what was there, and its own writes; and to whom pages count.
 *
 * A page that several VMOs show counts once, for the eldest. Where Zircon's own tests call the
 * split an implementation's business, sums and bounds are checked.
 */
#include "tests/zircon/clones.h"

CASE(VmoClone2TestCase, Info)
{
    zx_handle_t vmo = clone_make(1, 0), child;
    zx_info_vmo_t before = paged_info(vmo), after, its;

    child = clone_of(vmo, 0, 1);
    after = paged_info(vmo);
    its = paged_info(child);
    EXPECT_EQ(after.koid, before.koid);
    EXPECT_NE(its.koid, before.koid);
    EXPECT_EQ(its.parent_koid, before.koid);
    EXPECT_EQ(before.flags, ZX_INFO_VMO_TYPE_PAGED | ZX_INFO_VMO_VIA_HANDLE);
    EXPECT_EQ(after.flags, before.flags);
    EXPECT_EQ(its.flags, before.flags | ZX_INFO_VMO_IS_COW_CLONE);
    clone_drop(child);
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, Read)
{
    zx_handle_t vmo = clone_tagged(1), child = clone_of(vmo, 0, 1);

    EXPECT_EQ(paged_word(vmo, 0), 1);
    EXPECT_EQ(paged_word(child, 0), 1);
    clone_drop(child);
    clone_drop(vmo);
}

enum side { PARENT, CHILD_SIDE };

static void write_one_side(enum side side)
{
    zx_handle_t vmo = clone_tagged(1), child = clone_of(vmo, 0, 1);

    paged_set_word(side == PARENT ? vmo : child, 0, 7);
    EXPECT_EQ(paged_word(vmo, 0), side == PARENT ? 7 : 1);
    EXPECT_EQ(paged_word(child, 0), side == PARENT ? 1 : 7);
    clone_drop(child);
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, CloneVmoWrite)
{
    write_one_side(CHILD_SIDE);
}

CASE(VmoClone2TestCase, ParentVmoWrite)
{
    write_one_side(PARENT);
}

static void write_one_mapping(enum side side)
{
    zx_handle_t vmo = clone_make(1, 0), child;
    volatile uint64_t *at = (uint64_t *)paged_map(vmo, PAGE), *in;

    *at = 1;
    child = clone_of(vmo, 0, 1);
    in = (uint64_t *)paged_map(child, PAGE);
    *(side == PARENT ? at : in) = 7;
    EXPECT_EQ(*at, side == PARENT ? 7 : 1);
    EXPECT_EQ(*in, side == PARENT ? 1 : 7);
    paged_unmap((zx_vaddr_t)in, PAGE);
    paged_unmap((zx_vaddr_t)at, PAGE);
    clone_drop(child);
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, CloneVmarWrite)
{
    write_one_mapping(CHILD_SIDE);
}

CASE(VmoClone2TestCase, ParentVmarWrite)
{
    write_one_mapping(PARENT);
}

static void close_one(enum side side)
{
    zx_handle_t vmo = clone_tagged(1), child = clone_of(vmo, 0, 1);

    clone_drop(side == PARENT ? vmo : child);
    EXPECT_EQ(paged_word(side == PARENT ? child : vmo, 0), 1);
    clone_drop(side == PARENT ? child : vmo);
}

CASE(VmoClone2TestCase, CloseOriginal)
{
    close_one(PARENT);
}

CASE(VmoClone2TestCase, CloseClone)
{
    close_one(CHILD_SIDE);
}

CASE(VmoClone2TestCase, ObjMemAccounting)
{
    zx_handle_t vmo = clone_tagged(2), child;

    EXPECT_EQ(clone_owns(vmo), 2);
    child = clone_of(vmo, 0, 2);
    EXPECT_EQ(clone_owns(vmo), 2);
    EXPECT_EQ(clone_owns(child), 0);
    paged_set_word(vmo, 0, 5);
    EXPECT_EQ(clone_owns(vmo), 2);
    EXPECT_EQ(clone_owns(child), 1);
    paged_set_word(child, 1, 6);
    EXPECT_EQ(clone_owns(vmo), 2);
    EXPECT_EQ(clone_owns(child), 2);
    paged_set_word(vmo, 1, 7);
    paged_set_word(child, 0, 8);
    EXPECT_EQ(clone_owns(vmo), 2);
    EXPECT_EQ(clone_owns(child), 2);
    clone_drop(child);
    clone_drop(vmo);
}

/* Copies of a page that never was cost no more than what is written. */
CASE(VmoClone2TestCase, ZeroPageWrite)
{
    zx_handle_t vmo[4];

    vmo[0] = clone_make(1, 0);
    vmo[1] = clone_of(vmo[0], 0, 1);
    vmo[2] = clone_of(vmo[0], 0, 1);
    vmo[3] = clone_of(vmo[1], 0, 1);
    for (unsigned i = 0; i < 4; i++) {
        paged_set_word(vmo[i], 0, i + 1);
        for (unsigned j = 0; j < 4; j++) {
            EXPECT_EQ(paged_word(vmo[j], 0), j <= i ? j + 1 : 0);
            EXPECT_EQ(clone_owns(vmo[j]), j <= i);
        }
    }
    for (unsigned i = 0; i < 4; i++)
        clone_drop(vmo[i]);
}

CASE(VmoClone2TestCase, SplitPageClosure)
{
    zx_handle_t vmo = clone_tagged(1), one = clone_of(vmo, 0, 1), two = clone_of(one, 0, 1);

    paged_set_word(one, 0, 3);
    paged_set_word(two, 0, 4);
    EXPECT_EQ(clone_owns(vmo), 1);
    EXPECT_EQ(clone_owns(one), 1);
    EXPECT_EQ(clone_owns(two), 1);
    clone_drop(vmo);
    EXPECT_EQ(paged_word(one, 0), 3);
    EXPECT_EQ(paged_word(two, 0), 4);
    EXPECT_EQ(clone_owns(one), 1);
    EXPECT_EQ(clone_owns(two), 1);
    clone_drop(one);
    EXPECT_EQ(paged_word(two, 0), 4);
    EXPECT_EQ(clone_owns(two), 1);
    clone_drop(two);
}

CASE(VmoClone2TestCase, Offset)
{
    zx_handle_t vmo = clone_tagged(3), child = clone_of(vmo, 1, 3);

    EXPECT_EQ(paged_word(child, 0), 2);
    EXPECT_EQ(paged_word(child, 1), 3);
    EXPECT_EQ(paged_word(child, 2), 0);
    paged_set_word(child, 1, 4);
    clone_drop(vmo);
    EXPECT_EQ(paged_word(child, 0), 2);
    EXPECT_EQ(paged_word(child, 1), 4);
    EXPECT_EQ(paged_word(child, 2), 0);
    EXPECT_EQ(clone_owns(child), 2);
    clone_drop(child);
}

CASE(VmoClone2TestCase, OffsetTest2)
{
    zx_handle_t vmo = clone_tagged(4), middle = clone_of(vmo, 1, 3);
    zx_handle_t one = clone_of(middle, 0, 2), two = clone_of(middle, 2, 1);

    EXPECT_EQ(paged_word(one, 0), 2);
    EXPECT_EQ(paged_word(one, 1), 3);
    EXPECT_EQ(paged_word(two, 0), 4);
    paged_set_word(middle, 1, 4);
    clone_drop(middle);
    EXPECT_EQ(paged_word(one, 0), 2);
    EXPECT_EQ(paged_word(one, 1), 3);
    EXPECT_EQ(paged_word(two, 0), 4);
    EXPECT_EQ(clone_owns(vmo), 4);
    EXPECT_LE(clone_owns(one), 2);
    EXPECT_EQ(clone_owns(two), 0);
    clone_drop(one);
    EXPECT_EQ(clone_owns(vmo), 4);
    EXPECT_EQ(clone_owns(two), 0);
    clone_drop(two);
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, OffsetProgressiveWrite)
{
    zx_handle_t vmo = clone_tagged(2), child = clone_of(vmo, 1, 2), inner;

    EXPECT_EQ(paged_word(child, 0), 2);
    paged_set_word(child, 0, 3);
    EXPECT_EQ(paged_word(child, 0), 3);
    EXPECT_EQ(paged_word(vmo, 0), 1);
    EXPECT_EQ(paged_word(vmo, 1), 2);
    inner = clone_of(child, 1, 1);
    paged_set_word(child, 0, 4);
    EXPECT_EQ(clone_owns(vmo), 2);
    EXPECT_EQ(clone_owns(child), 1);
    EXPECT_EQ(clone_owns(inner), 0);
    clone_drop(vmo);
    EXPECT_EQ(paged_word(child, 0), 4);
    clone_drop(inner);
    EXPECT_EQ(paged_word(child, 0), 4);
    EXPECT_EQ(clone_owns(child), 1);
    clone_drop(child);
}

/* A clone that reaches beyond its parent, and one that reaches beyond that. */
CASE(VmoClone2TestCase, Overflow)
{
    zx_handle_t vmo = clone_tagged(1), child = clone_of(vmo, 0, 2), inner;

    EXPECT_EQ(paged_word(child, 0), 1);
    EXPECT_EQ(paged_word(child, 1), 0);
    paged_set_word(child, 1, 2);
    inner = clone_of(child, 0, 3);
    EXPECT_EQ(paged_word(inner, 0), 1);
    EXPECT_EQ(paged_word(inner, 1), 2);
    EXPECT_EQ(paged_word(inner, 2), 0);
    paged_set_word(inner, 2, 3);
    EXPECT_EQ(clone_owns(vmo), 1);
    EXPECT_EQ(clone_owns(child), 1);
    EXPECT_EQ(clone_owns(inner), 1);
    paged_set_word(inner, 0, 4);
    paged_set_word(inner, 1, 5);
    EXPECT_EQ(paged_word(vmo, 0), 1);
    EXPECT_EQ(paged_word(child, 0), 1);
    EXPECT_EQ(paged_word(child, 1), 2);
    EXPECT_EQ(clone_owns(vmo), 1);
    EXPECT_LE(clone_owns(child), 2);
    EXPECT_EQ(clone_owns(inner), 3);
    clone_drop(child);
    EXPECT_EQ(paged_word(vmo, 0), 1);
    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQ(paged_word(inner, i), i == 2 ? 3 : 4 + i);
    EXPECT_EQ(clone_owns(vmo), 1);
    EXPECT_EQ(clone_owns(inner), 3);
    clone_drop(inner);
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, OutOfBounds)
{
    zx_handle_t vmo = clone_tagged(1), child = clone_of(vmo, 2, 2), inner;

    EXPECT_EQ(paged_word(child, 0), 0);
    EXPECT_EQ(paged_word(child, 1), 0);
    paged_set_word(child, 1, 2);
    inner = clone_of(child, 0, 3);
    EXPECT_EQ(paged_word(inner, 0), 0);
    EXPECT_EQ(paged_word(inner, 1), 2);
    EXPECT_EQ(paged_word(inner, 2), 0);
    paged_set_word(inner, 2, 3);
    EXPECT_EQ(paged_word(inner, 2), 3);
    EXPECT_EQ(clone_owns(vmo), 1);
    EXPECT_EQ(clone_owns(child), 1);
    EXPECT_EQ(clone_owns(inner), 1);
    clone_drop(inner);
    clone_drop(child);
    clone_drop(vmo);
}

/* ---- children that are told of, and mappings of many ---- */

static void check_children(zx_handle_t vmo, unsigned count)
{
    EXPECT_EQ(paged_info(vmo).num_children, count);
    EXPECT_EQ(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN, 0, NULL),
              count ? ZX_ERR_TIMED_OUT : ZX_OK);
}

CASE(VmoClone2TestCase, Children)
{
    zx_handle_t vmo = clone_make(1, 0), child;

    check_children(vmo, 0);
    child = clone_of(vmo, 0, 1);
    check_children(vmo, 1);
    check_children(child, 0);
    clone_drop(child);
    check_children(vmo, 0);
    clone_drop(vmo);
}

static void many_children(const unsigned order[5])
{
    zx_handle_t vmo = clone_make(1, 0), child[5];

    for (unsigned i = 0; i < 5; i++) {
        child[i] = clone_of(vmo, 0, 1);
        check_children(vmo, i + 1);
    }
    for (unsigned i = 0; i < 5; i++) {
        clone_drop(child[order[i]]);
        check_children(vmo, 4 - i);
    }
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, ManyChildren)
{
    many_children((const unsigned[]){0, 1, 2, 3, 4});
}

CASE(VmoClone2TestCase, ManyChildrenRevClose)
{
    many_children((const unsigned[]){4, 3, 2, 1, 0});
}
