/*
 * pager_commit.c - requests for many pages, clones of a pager's VMO, and what ends a request.
 */
#include "tests/zircon/paged.h"

/* A case both ways: Pager.NAME_vmo and Pager.NAME_vmar. */
#define BOTH(name)                        \
    static void name(enum paged_how how); \
    CASE(Pager, name##_vmo)               \
    {                                     \
        name(PAGED_READ);                 \
    }                                     \
    CASE(Pager, name##_vmar)              \
    {                                     \
        name(PAGED_TOUCH);                \
    }                                     \
    static void name(enum paged_how how)

CASE(Pager, SimpleCommitTest)
{
    enum { PAGES = 555 };
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, PAGES, 0));
    paged_read(&r, &p, PAGED_COMMIT, 0, PAGES);
    paged_expect(&p, 0, PAGES);
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

    ASSERT_TRUE(paged_make(&p, 32, 0));
    paged_read(&r, &p, PAGED_COMMIT, 0, 32);
    paged_expect(&p, 0, 32);
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

    ASSERT_TRUE(paged_make(&p, 8, 0));
    paged_read(&r, &p, PAGED_COMMIT, 0, 8);
    paged_expect(&p, 0, 8);
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

    ASSERT_TRUE(paged_make(&p, 1, 0));
    paged_read(&r, &p, PAGED_COMMIT, 0, 1);
    paged_expect(&p, 0, 1);
    ASSERT_OK(zx_task_suspend_token(r.thread.handle, &token));
    EXPECT_OK(zx_object_wait_one(r.thread.handle, ZX_THREAD_SUSPENDED,
                                 ztest_after(ZTEST_MSEC(5000)), NULL));
    EXPECT_OK(zx_handle_close(token));
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    EXPECT_OK(paged_done(&r));
    paged_drop(&p);
}

static zx_handle_t clone_of(struct paged *p)
{
    zx_handle_t clone = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create_child(p->vmo, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, 0,
                                  p->pages * PAGE, &clone));
    return clone;
}

struct clone {
    zx_handle_t vmo;
    zx_vaddr_t addr;
};

static struct clone clone_make(struct paged *p)
{
    struct clone c = {.vmo = clone_of(p)};

    c.addr = paged_map(c.vmo, p->pages * PAGE);
    return c;
}

static void clone_drop(struct clone *c, struct paged *p)
{
    paged_unmap(c->addr, p->pages * PAGE);
    EXPECT_OK(zx_handle_close(c->vmo));
}

BOTH(CloneReadFromCloneTest)
{
    struct paged_reader r;
    struct paged p;
    struct clone c;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    c = clone_make(&p);
    paged_read_other(&r, c.vmo, c.addr, how, 0, 1);
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    EXPECT_OK(paged_done(&r));
    clone_drop(&c, &p);
    paged_drop(&p);
}

BOTH(CloneReadFromParentTest)
{
    struct paged_reader r;
    struct paged p;
    struct clone c;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    c = clone_make(&p);
    paged_read(&r, &p, how, 0, 1);
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    EXPECT_OK(paged_done(&r));
    paged_read_other(&r, c.vmo, c.addr, how, 0, 1);
    EXPECT_OK(paged_done(&r));
    paged_expect_none(&p);
    clone_drop(&c, &p);
    paged_drop(&p);
}

/* One request for all: of the VMO and a clone, or of two clones. */
static void simultaneous(enum paged_how how, int children)
{
    struct paged_reader a, b;
    struct paged p;
    struct clone c, d;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    c = clone_make(&p);
    d = clone_make(&p);
    if (children)
        paged_read_other(&a, d.vmo, d.addr, how, 0, 1);
    else
        paged_read(&a, &p, how, 0, 1);
    paged_read_other(&b, c.vmo, c.addr, how, 0, 1);
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    EXPECT_OK(paged_done(&a));
    EXPECT_OK(paged_done(&b));
    paged_expect_none(&p);
    clone_drop(&c, &p);
    clone_drop(&d, &p);
    paged_drop(&p);
}

BOTH(CloneSimultaneousReadTest)
{
    simultaneous(how, 0);
}

BOTH(CloneSimultaneousChildReadTest)
{
    simultaneous(how, 1);
}

static void write_word(void *arg)
{
    *(volatile uint64_t *)(uintptr_t)arg = 0xdeadbeef;
}

static void write_to_clone(enum paged_how how)
{
    struct ztest_thread t;
    struct paged p;
    struct clone c;
    uint64_t word = 0;

    (void)how;
    ASSERT_TRUE(paged_make(&p, 1, 0));
    c = clone_make(&p);
    ASSERT_OK(ztest_thread_start(&t, write_word, (void *)c.addr));
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    ztest_thread_join(&t);
    EXPECT_OK(zx_vmo_read(c.vmo, &word, 0, sizeof(word)));
    EXPECT_EQ(word, 0xdeadbeef);
    EXPECT_EQ(*(volatile uint64_t *)p.addr, 1);
    EXPECT_EQ(paged_word(p.vmo, 0), 1);
    clone_drop(&c, &p);
    paged_drop(&p);
}

BOTH(CloneWriteToCloneTest)
{
    write_to_clone(how);
}

/* What is there can be read when the pager is gone; the rest cannot. */
CASE(Pager, CloneDetachTest)
{
    struct paged_toucher t;
    struct paged_reader r;
    struct paged p;
    struct clone c;

    ASSERT_TRUE(paged_make(&p, 3, 0));
    paged_supply(&p, 1, 1);
    c = clone_make(&p);
    paged_read_other(&r, c.vmo, c.addr, PAGED_TOUCH, 0, 2);
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    EXPECT_OK(paged_done(&r));
    paged_set_word(c.vmo, 0, 9);
    ASSERT_TRUE(paged_touch(&t, c.vmo, 3, 2));
    paged_expect(&p, 2, 1);
    EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    paged_expect_complete(&p);
    EXPECT_EQ(paged_touched(&t), ZX_TASK_RETCODE_EXCEPTION_KILL);
    EXPECT_EQ(paged_word(c.vmo, 0), 9);
    clone_drop(&c, &p);
    paged_drop(&p);
}

CASE(Pager, CloneCommitTest)
{
    struct paged_reader r;
    struct paged p;
    zx_handle_t clone;

    ASSERT_TRUE(paged_make(&p, 32, 0));
    clone = clone_of(&p);
    paged_read_other(&r, clone, 0, PAGED_COMMIT, 0, 32);
    paged_expect(&p, 0, 32);
    paged_supply(&p, 0, 32);
    EXPECT_OK(paged_done(&r));
    EXPECT_EQ(paged_info(clone).committed_bytes, 32 * PAGE);
    EXPECT_OK(zx_handle_close(clone));
    paged_drop(&p);
}

CASE(Pager, CloneSplitCommitTest)
{
    struct paged_reader r;
    struct paged p;
    struct clone c;

    ASSERT_TRUE(paged_make(&p, 4, 0));
    c = clone_make(&p);
    paged_supply(&p, 1, 2);
    EXPECT_EQ(*(volatile uint64_t *)(c.addr + PAGE), 2);
    paged_read_other(&r, c.vmo, 0, PAGED_COMMIT, 0, 4);
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    paged_expect(&p, 3, 1);
    paged_supply(&p, 3, 1);
    EXPECT_OK(paged_done(&r));
    EXPECT_EQ(paged_info(c.vmo).committed_bytes, 4 * PAGE);
    clone_drop(&c, &p);
    paged_drop(&p);
}

CASE(Pager, CloneResizeCloneHazard)
{
    struct paged_toucher t;
    struct paged p;
    zx_handle_t clone;

    ASSERT_TRUE(paged_make(&p, 2, 0));
    paged_supply(&p, 0, 2);
    ASSERT_OK(zx_vmo_create_child(
        p.vmo, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE | ZX_VMO_CHILD_RESIZABLE, 0, 2 * PAGE,
        &clone));
    EXPECT_EQ(paged_word(clone, 1), 2);
    EXPECT_OK(zx_vmo_set_size(clone, 0));
    ASSERT_TRUE(paged_touch(&t, clone, 2, 0));
    EXPECT_EQ(paged_touched(&t), ZX_TASK_RETCODE_EXCEPTION_KILL);
    EXPECT_OK(zx_handle_close(clone));
    paged_drop(&p);
}

CASE(Pager, CloneResizeParentOK)
{
    struct paged p;
    struct clone c;

    ASSERT_TRUE(paged_make(&p, 2, ZX_VMO_RESIZABLE));
    paged_supply(&p, 0, 2);
    c = clone_make(&p);
    EXPECT_EQ(*(volatile uint64_t *)c.addr, 1);
    EXPECT_OK(zx_vmo_set_size(p.vmo, 0));
    EXPECT_EQ(*(volatile uint64_t *)c.addr, 0);
    *(volatile uint64_t *)c.addr = 5;
    EXPECT_EQ(paged_word(c.vmo, 0), 5);
    clone_drop(&c, &p);
    paged_drop(&p);
}

/* What the parent has lost stays zero in a clone when the parent has grown again. */
CASE(Pager, CloneShrinkGrowParent)
{
    static const struct {
        uint8_t pages, clone_at, test_at, shrink_to;
    } configs[] = {{1, 0, 0, 0}, {2, 1, 0, 0}, {3, 1, 1, 2}};

    for (unsigned i = 0; i < 3; i++) {
        uint64_t tested = configs[i].clone_at + configs[i].test_at;
        volatile uint64_t *word;
        struct paged p;
        zx_handle_t clone;
        zx_vaddr_t addr;

        ASSERT_TRUE(paged_make(&p, configs[i].pages, ZX_VMO_RESIZABLE));
        paged_supply(&p, 0, p.pages);
        ASSERT_OK(zx_vmo_create_child(p.vmo, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE,
                                      configs[i].clone_at * PAGE, p.pages * PAGE, &clone));
        addr = paged_map(clone, p.pages * PAGE);
        word = (volatile uint64_t *)(addr + configs[i].test_at * PAGE);
        EXPECT_EQ(*word, tested + 1);
        paged_set_word(p.vmo, tested, 70);
        EXPECT_EQ(*word, 70);
        EXPECT_OK(zx_vmo_set_size(p.vmo, configs[i].shrink_to * PAGE));
        EXPECT_EQ(*word, 0);
        EXPECT_OK(zx_vmo_set_size(p.vmo, p.pages * PAGE));
        paged_supply(&p, 0, p.pages);
        paged_set_word(p.vmo, tested, 71);
        EXPECT_EQ(*word, 0);
        paged_unmap(addr, p.pages * PAGE);
        EXPECT_OK(zx_handle_close(clone));
        paged_drop(&p);
    }
}

/* ---- failures ---- */

static void fail(struct paged *p, uint64_t first, uint64_t count, zx_status_t st)
{
    EXPECT_OK(zx_pager_op_range(p->pager, ZX_PAGER_OP_FAIL, p->vmo, first * PAGE, count * PAGE,
                                (uint64_t)(int64_t)st));
}

BOTH(FailSinglePage)
{
    struct paged_toucher t;
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    if (how == PAGED_TOUCH)
        ASSERT_TRUE(paged_touch(&t, p.vmo, 1, 0));
    else
        paged_read(&r, &p, how, 0, 1);
    paged_expect(&p, 0, 1);
    fail(&p, 0, 1, ZX_ERR_IO);
    if (how == PAGED_TOUCH)
        EXPECT_EQ(paged_touched(&t), ZX_TASK_RETCODE_EXCEPTION_KILL);
    else
        EXPECT_EQ(paged_done(&r), ZX_ERR_IO);
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(Pager, FailExactRange)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 11, 0));
    paged_read(&r, &p, PAGED_COMMIT, 0, 11);
    paged_expect(&p, 0, 11);
    fail(&p, 0, 11, ZX_ERR_IO);
    EXPECT_EQ(paged_done(&r), ZX_ERR_IO);
    paged_expect_none(&p);
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

    ASSERT_TRUE(paged_make(&p, 11, 0));
    paged_read(&r, &p, PAGED_COMMIT, 0, 11);
    paged_expect(&p, 0, 11);
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

    ASSERT_TRUE(paged_make(&p, 11, 0));
    paged_read(&r, &p, PAGED_COMMIT, 0, 11);
    paged_expect(&p, 0, 11);
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

    ASSERT_TRUE(paged_make(&p, 11, 0));
    paged_read(&r, &p, PAGED_COMMIT, 0, 11);
    paged_expect(&p, 0, 11);
    fail(&p, 0, 11, ZX_ERR_IO);
    EXPECT_EQ(paged_done(&r), ZX_ERR_IO);
    paged_expect_none(&p);
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

        ASSERT_TRUE(paged_make(&p, 11, 0));
        paged_read(&commit, &p, PAGED_COMMIT, 0, 11);
        paged_expect(&p, 0, 11);
        paged_read(&read, &p, PAGED_READ, 3, 1);
        EXPECT_EQ(zx_object_wait_one(read.thread.handle, ZX_THREAD_TERMINATED,
                                     ztest_after(ZTEST_MSEC(5)), NULL),
                  ZX_ERR_TIMED_OUT);
        fail(&p, 0, 11, errors[i]);
        EXPECT_EQ(paged_done(&commit), errors[i]);
        EXPECT_EQ(paged_done(&read), errors[i]);
        paged_expect_none(&p);
        paged_drop(&p);
    }
}
