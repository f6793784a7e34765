/*
 * clone_many.c - many clones of one VMO: mapped, disjoint, going in any order.
 */
#include "tests/zircon/clones.h"

/* A VMO with two clones, and a clone of one of these. */
static void four(zx_handle_t vmo[4], uint64_t pages)
{
    vmo[1] = clone_of(vmo[0], 0, pages);
    vmo[2] = clone_of(vmo[0], pages - 1, 1);
    vmo[3] = clone_of(vmo[1], 0, pages);
}

static void write_mapped(const unsigned order[4])
{
    volatile uint64_t *at[4];
    zx_handle_t vmo[4];
    unsigned written = 0;

    vmo[0] = clone_tagged(1);
    four(vmo, 1);
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint64_t *)paged_map(vmo[i], PAGE);
        EXPECT_EQ(*at[i], 1);
    }
    for (unsigned i = 0; i < 4; i++) {
        *at[order[i]] = 7;
        written |= 1u << order[i];
        for (unsigned j = 0; j < 4; j++)
            EXPECT_EQ(*at[j], written >> j & 1 ? 7 : 1);
    }
    for (unsigned i = 0; i < 4; i++) {
        paged_unmap((zx_vaddr_t)at[i], PAGE);
        clone_drop(vmo[i]);
    }
}

CASE(VmoClone2TestCase, ManyCloneMapping)
{
    clone_permute(4, write_mapped);
}

CASE(VmoClone2TestCase, ManyCloneOffset)
{
    zx_handle_t vmo = clone_tagged(1), one = clone_of(vmo, 0, 1), two = clone_of(one, 1, 1);

    paged_set_word(one, 0, 1);
    clone_drop(one);
    EXPECT_EQ(paged_word(vmo, 0), 1);
    clone_drop(two);
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, ManyCloneMappingOffset)
{
    volatile uint64_t *at[4];
    zx_handle_t vmo[4];

    vmo[0] = clone_make(2, 0);
    paged_set_word(vmo[0], 0, 1);
    vmo[1] = clone_of(vmo[0], 0, 2);
    vmo[2] = clone_of(vmo[0], 1, 1);
    vmo[3] = clone_of(vmo[0], 0, 2);
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint64_t *)paged_map(vmo[i], PAGE);
        EXPECT_EQ(*at[i], i != 2);
    }
    paged_set_word(vmo[3], 0, 2);
    paged_set_word(vmo[1], 0, 3);
    EXPECT_EQ(*at[0], 1);
    EXPECT_EQ(*at[1], 3);
    EXPECT_EQ(*at[3], 2);
    for (unsigned i = 0; i < 4; i++) {
        EXPECT_EQ(clone_owns(vmo[i]), i != 2);
        paged_unmap((zx_vaddr_t)at[i], PAGE);
    }
    for (unsigned i = 0; i < 4; i++)
        clone_drop(vmo[i]);
}

/* ---- clones smaller than what they are of ---- */

CASE(VmoClone2TestCase, SmallClone)
{
    zx_handle_t vmo = clone_tagged(3), child = clone_of(vmo, 1, 1);

    EXPECT_EQ(paged_word(child, 0), 2);
    paged_set_word(vmo, 0, 4);
    paged_set_word(vmo, 2, 5);
    EXPECT_EQ(clone_owns(vmo), 3);
    EXPECT_EQ(clone_owns(child), 0);
    clone_drop(vmo);
    EXPECT_EQ(paged_word(child, 0), 2);
    EXPECT_EQ(clone_owns(child), 1);
    clone_drop(child);
}

CASE(VmoClone2TestCase, SmallCloneChild)
{
    zx_handle_t vmo = clone_tagged(3), child = clone_of(vmo, 1, 1), inner;

    EXPECT_EQ(paged_word(child, 0), 2);
    inner = clone_of(child, 0, 2);
    EXPECT_EQ(paged_word(inner, 0), 2);
    EXPECT_EQ(paged_word(inner, 1), 0);
    clone_drop(inner);
    clone_drop(child);
    clone_drop(vmo);
}

/* What the original alone showed goes with it; what is left counts once. */
CASE(VmoClone2TestCase, SmallClones)
{
    zx_handle_t vmo = clone_tagged(3), one = clone_of(vmo, 0, 2), two;

    paged_set_word(one, 1, 4);
    two = clone_of(vmo, 0, 1);
    EXPECT_EQ(clone_owns(vmo), 3);
    EXPECT_EQ(clone_owns(one), 1);
    EXPECT_EQ(clone_owns(two), 0);
    clone_drop(vmo);
    EXPECT_EQ(clone_owns(one), 2);
    EXPECT_EQ(clone_owns(two), 0);
    clone_drop(one);
    EXPECT_EQ(clone_owns(two), 1);
    EXPECT_EQ(paged_word(two, 0), 1);
    clone_drop(two);
}

/* A page each of a VMO of four: two of them by way of another clone. */
struct disjoint {
    zx_handle_t vmo, middle, leaf[4];
};

static struct disjoint disjoint_make(void)
{
    struct disjoint d = {.vmo = clone_tagged(4)};

    d.middle = clone_of(d.vmo, 1, 2);
    d.leaf[0] = clone_of(d.vmo, 0, 1);
    d.leaf[1] = clone_of(d.middle, 0, 1);
    d.leaf[2] = clone_of(d.middle, 1, 1);
    d.leaf[3] = clone_of(d.vmo, 3, 1);
    return d;
}

static void disjoint_close(const struct disjoint *d)
{
    clone_drop(d->vmo);
    clone_drop(d->middle);
}

enum when { EARLY, LATE };

static void disjoint_clones(enum when close)
{
    struct disjoint d = disjoint_make();

    if (close == EARLY)
        disjoint_close(&d);
    for (unsigned i = 0; i < 4; i++) {
        EXPECT_EQ(paged_word(d.leaf[i], 0), i + 1);
        paged_set_word(d.leaf[i], 0, i + 5);
    }
    if (close == LATE)
        disjoint_close(&d);
    for (unsigned i = 0; i < 4; i++) {
        EXPECT_EQ(paged_word(d.leaf[i], 0), i + 5);
        EXPECT_EQ(clone_owns(d.leaf[i]), 1);
    }
    for (unsigned i = 0; i < 4; i++)
        clone_drop(d.leaf[i]);
}

CASE(VmoCloneDisjointClonesTests, DisjointCloneEarlyClose)
{
    disjoint_clones(EARLY);
}

CASE(VmoCloneDisjointClonesTests, DisjointCloneLateClose)
{
    disjoint_clones(LATE);
}

static void close_disjoint(const unsigned order[4])
{
    struct disjoint d = disjoint_make();
    unsigned closed = 0;

    disjoint_close(&d);
    for (unsigned i = 0; i < 4; i++) {
        clone_drop(d.leaf[order[i]]);
        closed |= 1u << order[i];
        for (unsigned j = 0; j < 4; j++) {
            if (closed >> j & 1)
                continue;
            EXPECT_EQ(paged_word(d.leaf[j], 0), j + 1);
            EXPECT_EQ(clone_owns(d.leaf[j]), 1);
        }
    }
}

CASE(VmoClone2TestCase, DisjointCloneTest2)
{
    clone_permute(4, close_disjoint);
}

static void expect_tags(zx_handle_t vmo, uint64_t pages, uint64_t but, uint64_t word)
{
    for (uint64_t i = 0; i < pages; i++)
        EXPECT_EQ(paged_word(vmo, i), i == but ? word : i + 1);
}

CASE(VmoClone2TestCase, DisjointCloneProgressive)
{
    zx_handle_t vmo = clone_tagged(6), main = clone_of(vmo, 1, 5), part[4], last;

    paged_set_word(main, 3, 7);
    part[0] = clone_of(main, 1, 4);
    part[1] = clone_of(main, 4, 1);
    part[2] = clone_of(main, 2, 1);
    part[3] = clone_of(main, 10, 1);
    clone_drop(main);
    clone_drop(part[0]);
    clone_drop(part[2]);
    clone_drop(part[3]);
    clone_drop(part[1]);
    last = clone_of(vmo, 0, 6);
    expect_tags(vmo, 6, 6, 0);
    expect_tags(last, 6, 6, 0);
    paged_set_word(vmo, 4, 8);
    expect_tags(vmo, 6, 4, 8);
    expect_tags(last, 6, 6, 0);
    clone_drop(last);
    clone_drop(vmo);
}

CASE(VmoClone2TestCase, ParentStartLimitRegression)
{
    zx_handle_t r = clone_make(3, 0), m = clone_of(r, 1, 2), c = clone_of(m, 0, 1);
    zx_handle_t s = clone_of(r, 2, 1), h, inner;

    clone_drop(r);
    h = clone_of(m, 1, 1);
    clone_drop(m);
    inner = clone_of(h, 0, 1);
    clone_drop(c);
    EXPECT_EQ(paged_word(inner, 0), 0);
    clone_drop(inner);
    clone_drop(h);
    clone_drop(s);
}

/* ---- one after the other, each with a page of its own ---- */

enum { CLONES = 6 };

static uint64_t total_of(const zx_handle_t vmo[], unsigned from)
{
    uint64_t total = 0;

    for (unsigned i = from; i < CLONES; i++)
        total += clone_owns(vmo[i]);
    return total;
}

enum how { CLOSE, TRUNCATE };

static void end_one(zx_handle_t vmo, enum how how)
{
    if (how == CLOSE)
        clone_drop(vmo);
    else
        EXPECT_OK(zx_vmo_set_size(vmo, 0));
}

static void progressive(enum how how)
{
    zx_handle_t vmo[CLONES];

    vmo[0] = clone_tagged(CLONES);
    EXPECT_EQ(clone_owns(vmo[0]), CLONES);
    for (unsigned i = 1; i < CLONES; i++) {
        vmo[i] = clone_with(vmo[0], ZX_VMO_CHILD_RESIZABLE, 0, CLONES);
        paged_set_word(vmo[i], i, CLONES + 2);
    }
    EXPECT_EQ(total_of(vmo, 0), CLONES + CLONES - 1);
    end_one(vmo[0], how);
    for (unsigned i = 1; i < CLONES; i++)
        expect_tags(vmo[i], CLONES, i, CLONES + 2);
    EXPECT_EQ(total_of(vmo, 1), CLONES + CLONES - 1);
    for (unsigned i = 1; i < CLONES - 2; i++)
        end_one(vmo[i], how);
    for (unsigned i = CLONES - 2; i < CLONES; i++)
        expect_tags(vmo[i], CLONES, i, CLONES + 2);
    EXPECT_EQ(total_of(vmo, CLONES - 2), CLONES + 2);
    for (unsigned i = how == CLOSE ? CLONES - 2 : 0; i < CLONES; i++)
        clone_drop(vmo[i]);
}

CASE(ProgressiveCloneDiscardTests, ProgressiveCloneClose)
{
    progressive(CLOSE);
}

CASE(ProgressiveCloneDiscardTests, ProgressiveCloneTruncate)
{
    progressive(TRUNCATE);
}
