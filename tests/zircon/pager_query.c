/*
 * pager_query.c - what a pager can ask of its VMOs: what is dirty, and whether it was modified.
 */
#include "tests/zircon/paged.h"

static uint32_t modified(struct paged *p)
{
    zx_pager_vmo_stats_t stats = {9};

    EXPECT_OK(zx_pager_query_vmo_stats(p->pager, p->vmo, ZX_PAGER_RESET_VMO_STATS, &stats,
                                       sizeof(stats)));
    return stats.modified;
}

static void modified_by(enum paged_how how, uint32_t trap, uint32_t expected)
{
    zx_pager_vmo_stats_t stats = {9};
    struct paged_reader w;
    struct paged p;

    ASSERT_TRUE(paged_make_supplied(&p, 1, trap));
    for (unsigned i = 0; i < 2; i++) {
        if (trap)
            EXPECT_OK(paged_op(&p, ZX_PAGER_OP_DIRTY, 0, 1));
        EXPECT_EQ(modified(&p), 0);
        paged_read(&w, &p, how, 0, 1);
        EXPECT_OK(paged_done(&w));
        EXPECT_OK(zx_pager_query_vmo_stats(p.pager, p.vmo, 0, &stats, sizeof(stats)));
        EXPECT_EQ(stats.modified, expected);
        EXPECT_EQ(modified(&p), expected);
    }
    paged_drop(&p);
}

TRAP_OR_NOT(ModifiedOnVmoWrite)
{
    modified_by(PAGED_WRITE, trap, ZX_PAGER_VMO_STATS_MODIFIED);
}

TRAP_OR_NOT(ModifiedOnMappingWrite)
{
    modified_by(PAGED_STORE, trap, ZX_PAGER_VMO_STATS_MODIFIED);
}

TRAP_OR_NOT(ModifiedOnOpZero)
{
    modified_by(PAGED_ZERO, trap, ZX_PAGER_VMO_STATS_MODIFIED);
}

TRAP_OR_NOT(NotModifiedOnVmoRead)
{
    modified_by(PAGED_READ, trap, 0);
}

TRAP_OR_NOT(NotModifiedOnMappingRead)
{
    modified_by(PAGED_TOUCH, trap, 0);
}

TRAP_OR_NOT(ModifiedOnResize)
{
    struct paged p;

    ASSERT_TRUE(paged_make_supplied(&p, 1, ZX_VMO_RESIZABLE | trap));
    EXPECT_EQ(modified(&p), 0);
    EXPECT_OK(zx_vmo_set_size(p.vmo, 0));
    EXPECT_EQ(modified(&p), ZX_PAGER_VMO_STATS_MODIFIED);
    EXPECT_OK(zx_vmo_set_size(p.vmo, PAGE));
    EXPECT_EQ(modified(&p), ZX_PAGER_VMO_STATS_MODIFIED);
    EXPECT_EQ(modified(&p), 0);
    EXPECT_RANGES(&p, {0, 1, ZX_VMO_DIRTY_RANGE_IS_ZERO});
    paged_drop(&p);
}

CASE(PagerWriteback, NotModifiedOnFailedDirtyRequest)
{
    struct paged_reader w;
    struct paged p;

    ASSERT_TRUE(paged_make_supplied(&p, 1, ZX_VMO_TRAP_DIRTY));
    paged_read(&w, &p, PAGED_WRITE, 0, 1);
    paged_expect_dirty(&p, 0, 1);
    EXPECT_OK(paged_op(&p, ZX_PAGER_OP_FAIL, 0, 1));
    EXPECT_EQ(paged_done(&w), ZX_ERR_IO);
    EXPECT_EQ(modified(&p), 0);
    paged_drop(&p);
}

/* A buffer that is too small, ranges of bytes, and nowhere to count. */
CASE(PagerDirty, QueryDirtyRanges)
{
    zx_vmo_dirty_range_t got[3] = {0};
    size_t actual = 9, avail = 9;
    struct paged p;

    ASSERT_TRUE(paged_make_supplied(&p, 6, 0));
    for (uint64_t i = 0; i < 6; i += 2)
        paged_set_word(p.vmo, i, 5);
    EXPECT_OK(zx_pager_query_dirty_ranges(p.pager, p.vmo, 0, 6 * PAGE, got,
                                          2 * sizeof(got[0]) + 1, &actual, &avail));
    EXPECT_EQ(actual, 2);
    EXPECT_EQ(avail, 3);
    EXPECT_EQ(got[1].offset, 2 * PAGE);
    EXPECT_EQ(got[2].length, 0);
    EXPECT_OK(
        zx_pager_query_dirty_ranges(p.pager, p.vmo, 3 * PAGE, 3 * PAGE, NULL, 0, NULL, &avail));
    EXPECT_EQ(avail, 1);
    EXPECT_OK(zx_pager_query_dirty_ranges(p.pager, p.vmo, 2 * PAGE + 9, 1, got, sizeof(got),
                                          &actual, NULL));
    EXPECT_EQ(actual, 1);
    EXPECT_EQ(got[0].offset, 2 * PAGE);
    EXPECT_EQ(got[0].length, PAGE);
    paged_drop(&p);
}

/* Neither call speaks of a clone, or of another pager's VMO. */
CASE(PagerDirty, InvalidQuery)
{
    zx_vmo_dirty_range_t range;
    zx_pager_vmo_stats_t stats;
    zx_handle_t clone;
    struct paged p;

    ASSERT_TRUE(paged_make_supplied(&p, 1, 0));
    ASSERT_OK(
        zx_vmo_create_child(p.vmo, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, 0, PAGE, &clone));
#define RANGES(pager, vmo, size) \
    zx_pager_query_dirty_ranges(pager, vmo, 0, size, &range, sizeof(range), NULL, NULL)
#define STATS(pager, vmo, options, size) \
    zx_pager_query_vmo_stats(pager, vmo, options, &stats, size)
    EXPECT_EQ(RANGES(p.pager, clone, PAGE), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(RANGES(0, p.vmo, PAGE), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(RANGES(p.pager, 0, PAGE), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(RANGES(p.vmo, p.vmo, PAGE), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(RANGES(p.pager, p.port, PAGE), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(RANGES(p.pager, p.vmo, PAGE + 1), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(STATS(p.pager, clone, 0, sizeof(stats)), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(STATS(p.pager, p.vmo, 2, sizeof(stats)), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(STATS(p.pager, p.vmo, 0, sizeof(stats) - 1), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(STATS(0, p.vmo, 0, sizeof(stats)), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(STATS(p.pager, p.pager, 0, sizeof(stats)), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pager_query_vmo_stats(p.pager, p.vmo, 0, NULL, sizeof(stats)),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(clone));
    paged_drop(&p);
}
