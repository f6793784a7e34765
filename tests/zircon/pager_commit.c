/*
 * pager_commit.c - requests for many pages at once.
 */
#include "tests/zircon/paged.h"

CASE(Pager, SimpleCommitTest)
{
    enum { PAGES = 555 };
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_asked(&p, &r, PAGED_COMMIT, PAGES));
    paged_supply(&p, 0, PAGES);
    EXPECT_OK(paged_done(&r));
    EXPECT_EQ(paged_info(p.vmo).committed_bytes, PAGES * PAGE);
    paged_drop(&p);
}

CASE(Pager, SplitCommitTest)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 33, 0));
    paged_supply(&p, 16, 1);
    paged_read(&r, &p, PAGED_COMMIT, 0, 33);
    paged_expect(&p, 0, 16);
    paged_supply(&p, 0, 16);
    paged_expect(&p, 17, 16);
    paged_supply(&p, 17, 16);
    EXPECT_OK(paged_done(&r));
    paged_drop(&p);
}

/* No page is asked for twice. */
CASE(Pager, OverlapCommitTest)
{
    struct paged_reader a, b;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 32, 0));
    paged_read(&a, &p, PAGED_COMMIT, 8, 16);
    paged_expect(&p, 8, 16);
    paged_read(&b, &p, PAGED_COMMIT, 0, 32);
    paged_expect(&p, 0, 8);
    paged_supply(&p, 0, 24);
    paged_expect(&p, 24, 8);
    paged_supply(&p, 24, 8);
    EXPECT_OK(paged_done(&a));
    EXPECT_OK(paged_done(&b));
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(Pager, OverlapCommitSupplyTest)
{
    enum { SUPPLY = 3, A = 7, B = 5, PAGES = SUPPLY * A * B };
    struct paged_reader a[PAGES / A], b[PAGES / B];
    struct paged p;

    ASSERT_TRUE(paged_make(&p, PAGES, 0));
    for (unsigned i = 0; i < PAGES / A; i++) {
        paged_read(&a[i], &p, PAGED_COMMIT, i * A, A);
        paged_expect(&p, i * A, A);
    }
    for (unsigned i = 0; i < PAGES / B; i++)
        paged_read(&b[i], &p, PAGED_COMMIT, i * B, B);
    for (unsigned i = 0; i < PAGES / SUPPLY; i++)
        paged_supply(&p, i * SUPPLY, SUPPLY);
    for (unsigned i = 0; i < PAGES / A; i++)
        EXPECT_OK(paged_done(&a[i]));
    for (unsigned i = 0; i < PAGES / B; i++)
        EXPECT_OK(paged_done(&b[i]));
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(Pager, MultisupplyCommitTest)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_asked(&p, &r, PAGED_COMMIT, 32));
    for (unsigned i = 0; i < 32; i++)
        paged_supply(&p, i, 1);
    EXPECT_OK(paged_done(&r));
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(Pager, MulticommitSupplyTest)
{
    enum { COMMITS = 5, SUPPLIES = 7 };
    struct paged_reader r[COMMITS];
    struct paged p;

    ASSERT_TRUE(paged_make(&p, COMMITS * SUPPLIES, 0));
    for (unsigned i = 0; i < COMMITS; i++) {
        paged_read(&r[i], &p, PAGED_COMMIT, i * SUPPLIES, SUPPLIES);
        paged_expect(&p, i * SUPPLIES, SUPPLIES);
    }
    for (unsigned i = 0; i < SUPPLIES; i++)
        paged_supply(&p, i * COMMITS, COMMITS);
    for (unsigned i = 0; i < COMMITS; i++)
        EXPECT_OK(paged_done(&r[i]));
    paged_drop(&p);
}

CASE(Pager, CommitRedundantSupplyTest)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_asked(&p, &r, PAGED_COMMIT, 8));
    for (unsigned i = 1; i <= 8; i++)
        paged_supply(&p, 0, i);
    EXPECT_OK(paged_done(&r));
    paged_drop(&p);
}

/* What is cut off is waited for no more; what is left still is. */
CASE(Pager, ResizeCommitTest)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 3, ZX_VMO_RESIZABLE));
    paged_read(&r, &p, PAGED_COMMIT, 0, 3);
    paged_expect(&p, 0, 3);
    paged_supply(&p, 2, 1);
    EXPECT_OK(zx_vmo_set_size(p.vmo, PAGE));
    EXPECT_EQ(zx_object_wait_one(r.thread.handle, ZX_THREAD_TERMINATED,
                                 ztest_after(ZTEST_MSEC(5)), NULL),
              ZX_ERR_TIMED_OUT);
    paged_supply(&p, 0, 1);
    EXPECT_OK(paged_done(&r));
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(Pager, SuspendCommitTest)
{
    struct paged_reader r;
    struct paged p;
    zx_handle_t token;

    ASSERT_TRUE(paged_asked(&p, &r, PAGED_COMMIT, 1));
    ASSERT_OK(zx_task_suspend_token(r.thread.handle, &token));
    EXPECT_OK(zx_object_wait_one(r.thread.handle, ZX_THREAD_SUSPENDED,
                                 ztest_after(ZTEST_MSEC(5000)), NULL));
    EXPECT_OK(zx_handle_close(token));
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    EXPECT_OK(paged_done(&r));
    paged_drop(&p);
}
