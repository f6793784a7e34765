/*
 * pager_fail.c - requests that the pager answers with an error.
 */
#include "tests/zircon/paged.h"
#include "tests/zircon/stopped.h"

static void fail(struct paged *p, uint64_t first, uint64_t count, zx_status_t st)
{
    EXPECT_OK(zx_pager_op_range(p->pager, ZX_PAGER_OP_FAIL, p->vmo, first * PAGE, count * PAGE,
                                (uint64_t)(int64_t)st));
}

BOTH(FailSinglePage)
{
    struct paged_wanter w;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    ASSERT_TRUE(paged_want(&w, &p, how));
    paged_expect(&p, 0, 1);
    fail(&p, 0, 1, ZX_ERR_IO);
    paged_expect_refused(&w, ZX_ERR_IO);
    paged_expect_none(&p);
    paged_drop(&p);
}

/* A VMO of 11 pages, all of which were asked for and refused. */
static int make_failed(struct paged *p)
{
    struct paged_reader r;

    if (!paged_asked(p, &r, PAGED_COMMIT, 11))
        return 0;
    fail(p, 0, 11, ZX_ERR_IO);
    EXPECT_EQ(paged_done(&r), ZX_ERR_IO);
    paged_expect_none(p);
    return 1;
}

CASE(Pager, FailExactRange)
{
    struct paged p;

    ASSERT_TRUE(make_failed(&p));
    paged_drop(&p);
}

CASE(Pager, FailMultipleCommits)
{
    struct paged_reader r[11];
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 11, 0));
    for (unsigned i = 0; i < 11; i++) {
        paged_read(&r[i], &p, PAGED_COMMIT, i, 1);
        paged_expect(&p, i, 1);
    }
    fail(&p, 0, 11, ZX_ERR_IO);
    for (unsigned i = 0; i < 11; i++)
        EXPECT_EQ(paged_done(&r[i]), ZX_ERR_IO);
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(Pager, FailMultipleVmos)
{
    struct paged_reader a, b;
    struct paged p, q;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    ASSERT_TRUE(paged_make(&q, 1, 0));
    paged_read(&a, &p, PAGED_COMMIT, 0, 1);
    paged_expect(&p, 0, 1);
    paged_expect_none(&q);
    paged_read(&b, &q, PAGED_COMMIT, 0, 1);
    paged_expect(&q, 0, 1);
    fail(&p, 0, 1, ZX_ERR_IO);
    EXPECT_EQ(paged_done(&a), ZX_ERR_IO);
    fail(&q, 0, 1, ZX_ERR_IO);
    EXPECT_EQ(paged_done(&b), ZX_ERR_IO);
    paged_expect_none(&p);
    paged_expect_none(&q);
    paged_drop(&p);
    paged_drop(&q);
}

CASE(Pager, FailOverlappingRange)
{
    static const uint8_t first[] = {0, 9, 5};
    struct paged_reader r[3];
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 11, 0));
    for (unsigned i = 0; i < 3; i++) {
        paged_read(&r[i], &p, PAGED_COMMIT, first[i], 2);
        paged_expect(&p, first[i], 2);
    }
    fail(&p, 1, 9, ZX_ERR_IO);
    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQ(paged_done(&r[i]), ZX_ERR_IO);
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(Pager, FailRedundant)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_asked(&p, &r, PAGED_COMMIT, 11));
    for (unsigned i = 0; i < 11; i++)
        fail(&p, i, 1, ZX_ERR_IO);
    EXPECT_EQ(paged_done(&r), ZX_ERR_IO);
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(Pager, FailAfterDetach)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_asked(&p, &r, PAGED_COMMIT, 11));
    EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    EXPECT_EQ(paged_done(&r), ZX_ERR_BAD_STATE);
    paged_expect_complete(&p);
    fail(&p, 0, 11, ZX_ERR_IO);
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(Pager, SupplyAfterFail)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(make_failed(&p));
    paged_read(&r, &p, PAGED_COMMIT, 0, 11);
    paged_expect(&p, 0, 11);
    paged_supply(&p, 0, 11);
    EXPECT_OK(paged_done(&r));
    paged_drop(&p);
}

CASE(Pager, FailErrorCode)
{
    static const zx_status_t errors[] = {ZX_ERR_IO, ZX_ERR_IO_DATA_INTEGRITY, ZX_ERR_BAD_STATE};

    for (unsigned i = 0; i < 3; i++) {
        struct paged_reader commit, read;
        struct paged p;

        ASSERT_TRUE(paged_asked(&p, &commit, PAGED_COMMIT, 11));
        paged_read(&read, &p, PAGED_READ, 3, 1);
        wait_blocked(read.thread.handle);
        fail(&p, 0, 11, errors[i]);
        EXPECT_EQ(paged_done(&commit), errors[i]);
        EXPECT_EQ(paged_done(&read), errors[i]);
        paged_expect_none(&p);
        paged_drop(&p);
    }
}
