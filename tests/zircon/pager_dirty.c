/*
 * pager_dirty.c - a pager that is asked before a clean page is written (ZX_VMO_TRAP_DIRTY).
 */
#include "tests/zircon/paged.h"

#define DIRTY(p, first, count) EXPECT_OK(paged_op((p), ZX_PAGER_OP_DIRTY, first, count))

/* The pager is asked for just these pages, and lets them be written. */
static void let(struct paged *p, uint64_t first, uint64_t count)
{
    paged_expect_dirty(p, first, count);
    DIRTY(p, first, count);
}

/* One write of just these pages, which the pager is asked about, and lets happen. */
static void write_and_let(struct paged *p, enum paged_how how, uint64_t first, uint64_t count)
{
    struct paged_reader w;

    paged_read(&w, p, how, first, count);
    let(p, first, count);
    EXPECT_OK(paged_done(&w));
}

/* A VMO that traps, all of it supplied. */
static int make_trapping(struct paged *p, uint64_t pages)
{
    return paged_make_supplied(p, pages, ZX_VMO_TRAP_DIRTY);
}

#define WRITE_BOTH(name)                  \
    static void name(enum paged_how how); \
    CASE(PagerWriteback, name##_vmo)      \
    {                                     \
        name(PAGED_WRITE);                \
    }                                     \
    CASE(PagerWriteback, name##_vmar)     \
    {                                     \
        name(PAGED_STORE);                \
    }                                     \
    static void name(enum paged_how how)

WRITE_BOTH(SimpleTrapDirty)
{
    struct paged_reader w;
    struct paged p;
    zx_handle_t plain;

    ASSERT_TRUE(paged_make(&p, 1, ZX_VMO_TRAP_DIRTY));
    paged_read(&w, &p, how, 0, 1);
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    let(&p, 0, 1);
    EXPECT_OK(paged_done(&w));
    EXPECT_RANGES(&p, {0, 1, 0});
    EXPECT_EQ(paged_word(p.vmo, 0), PAGED_WRITTEN);
    EXPECT_EQ(*(volatile uint64_t *)p.addr, PAGED_WRITTEN);
    paged_expect_none(&p);
    paged_drop(&p);
    EXPECT_EQ(zx_vmo_create(PAGE, ZX_VMO_TRAP_DIRTY, &plain), ZX_ERR_INVALID_ARGS);
}

CASE(PagerWriteback, OpDirtyNoWrite)
{
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 1));
    DIRTY(&p, 0, 1);
    EXPECT_RANGES(&p, {0, 1, 0});
    EXPECT_EQ(paged_word(p.vmo, 0), 1);
    paged_set_word(p.vmo, 0, 5);
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(PagerWriteback, DirtyRequestsOnVmoWrite)
{
    static const uint8_t writes[][2] = {{0, 1}, {2, 1}, {4, 1}, {6, 1},
                                        {8, 1}, {3, 1}, {11, 5}};
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 20));
    for (unsigned i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
        write_and_let(&p, PAGED_WRITE, writes[i][0], writes[i][1]);
    EXPECT_RANGES(&p, {0, 1, 0}, {2, 3, 0}, {6, 1, 0}, {8, 1, 0}, {11, 5, 0});
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(PagerWriteback, DirtyRequestsViaMapping)
{
    struct paged_reader w;
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 20));
    for (uint64_t i = 0; i < 10; i += 2)
        write_and_let(&p, PAGED_STORE, i, 1);
    paged_read(&w, &p, PAGED_STORE, 11, 5);
    paged_expect_dirty(&p, 11, 1);
    DIRTY(&p, 11, 5);
    EXPECT_OK(paged_done(&w));
    EXPECT_RANGES(&p, {0, 1, 0}, {2, 1, 0}, {4, 1, 0}, {6, 1, 0}, {8, 1, 0}, {11, 5, 0});
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(PagerWriteback, NoDirtyRequestsOnRead)
{
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 3));
    for (uint64_t i = 0; i < 3; i++) {
        EXPECT_EQ(*(volatile uint64_t *)(p.addr + i * PAGE), i + 1);
        EXPECT_EQ(paged_word(p.vmo, i), i + 1);
    }
    paged_expect_none(&p);
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}

CASE(PagerWriteback, DirtyRequestsOnWriteAfterRead)
{
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 1));
    EXPECT_EQ(*(volatile uint64_t *)p.addr, 1);
    write_and_let(&p, PAGED_STORE, 0, 1);
    EXPECT_EQ(*(volatile uint64_t *)p.addr, PAGED_WRITTEN);
    paged_drop(&p);
}

CASE(PagerWriteback, DirtyRequestsRepeatedWrites)
{
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 1));
    write_and_let(&p, PAGED_STORE, 0, 1);
    *(volatile uint64_t *)p.addr = 5;
    EXPECT_EQ(paged_word(p.vmo, 0), 5);
    paged_expect_none(&p);
    EXPECT_RANGES(&p, {0, 1, 0});
    paged_drop(&p);
}

CASE(PagerWriteback, NoDirtyRequestsForClones)
{
    struct paged_reader w;
    struct paged p;
    zx_handle_t clone;

    ASSERT_TRUE(paged_make(&p, 3, ZX_VMO_TRAP_DIRTY));
    ASSERT_OK(zx_vmo_create_child(p.vmo, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, 0, 3 * PAGE,
                                  &clone));
    paged_read_other(&w, clone, 0, PAGED_WRITE, 0, 3);
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 3);
    EXPECT_OK(paged_done(&w));
    paged_expect_none(&p);
    EXPECT_NO_RANGES(&p);
    EXPECT_EQ(paged_word(p.vmo, 2), 3);
    write_and_let(&p, PAGED_WRITE, 0, 3);
    EXPECT_RANGES(&p, {0, 3, 0});
    EXPECT_OK(zx_handle_close(clone));
    paged_drop(&p);
}

CASE(PagerWriteback, DirtyRequestsOverlap)
{
    struct paged_reader a, b;
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 20));
    paged_read(&a, &p, PAGED_WRITE, 4, 5);
    paged_expect_dirty(&p, 4, 5);
    paged_read(&b, &p, PAGED_WRITE, 2, 7);
    paged_expect_dirty(&p, 2, 2);
    DIRTY(&p, 4, 5);
    EXPECT_OK(paged_done(&a));
    DIRTY(&p, 2, 2);
    EXPECT_OK(paged_done(&b));
    EXPECT_RANGES(&p, {2, 7, 0});
    paged_expect_none(&p);
    paged_drop(&p);
}

CASE(PagerWriteback, FailDirtyRequests)
{
    struct paged_reader w;
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 2));
    paged_read(&w, &p, PAGED_WRITE, 1, 1);
    paged_expect_dirty(&p, 1, 1);
    EXPECT_OK(paged_op(&p, ZX_PAGER_OP_FAIL, 1, 1));
    EXPECT_EQ(paged_done(&w), ZX_ERR_IO);
    EXPECT_NO_RANGES(&p);
    EXPECT_EQ(paged_word(p.vmo, 1), 2);
    paged_drop(&p);
}

CASE(PagerWriteback, PartialFailDirtyRequests)
{
    struct paged_reader w;
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 5));
    write_and_let(&p, PAGED_WRITE, 0, 5);
    EXPECT_OK(paged_op(&p, ZX_PAGER_OP_WRITEBACK_BEGIN, 0, 5));
    EXPECT_OK(paged_op(&p, ZX_PAGER_OP_WRITEBACK_END, 0, 5));
    paged_read(&w, &p, PAGED_WRITE, 0, 5);
    paged_expect_dirty(&p, 0, 5);
    DIRTY(&p, 0, 3);
    EXPECT_OK(paged_op(&p, ZX_PAGER_OP_FAIL, 3, 2));
    paged_expect_dirty(&p, 3, 2);
    EXPECT_OK(paged_op(&p, ZX_PAGER_OP_FAIL, 3, 2));
    EXPECT_EQ(paged_done(&w), ZX_ERR_IO);
    EXPECT_RANGES(&p, {0, 3, 0});
    paged_drop(&p);
}

CASE(PagerWriteback, NoDirtyRequestsOnCommit)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 5, ZX_VMO_TRAP_DIRTY));
    paged_supply(&p, 0, 2);
    paged_read(&r, &p, PAGED_COMMIT, 0, 5);
    paged_expect(&p, 2, 3);
    paged_supply(&p, 2, 3);
    EXPECT_OK(paged_done(&r));
    paged_expect_none(&p);
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}

CASE(PagerWriteback, NoDirtyRequestsOnMapRange)
{
    struct paged_reader w;
    struct paged p;
    zx_vaddr_t addr;

    ASSERT_TRUE(make_trapping(&p, 3));
    ASSERT_OK(
        zx_vmar_map(ztest_root_vmar(),
                    ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_ALLOW_FAULTS | ZX_VM_MAP_RANGE,
                    0, p.vmo, 0, 3 * PAGE, &addr));
    paged_expect_none(&p);
    EXPECT_NO_RANGES(&p);
    paged_read_other(&w, p.vmo, addr, PAGED_STORE, 0, 3);
    for (uint64_t i = 0; i < 3; i++)
        let(&p, i, 1);
    EXPECT_OK(paged_done(&w));
    EXPECT_RANGES(&p, {0, 3, 0});
    paged_unmap(addr, 3 * PAGE);
    paged_drop(&p);
}

/* ---- the end of the pager ---- */

CHILD(writes_a_word)
{
    zx_vaddr_t addr;
    uint32_t size, handles;

    if (zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) != ZX_OK ||
        zx_channel_read(channel, 0, &addr, NULL, sizeof(addr), 0, &size, &handles) != ZX_OK)
        return 1;
    *(volatile uint64_t *)addr = PAGED_WRITTEN;
    return 0;
}

/* A child process that writes the first word of the VMO. */
static int write_in_child(struct ztest_child *child, struct paged *p)
{
    zx_vaddr_t addr;

    if (!ztest_child_run(child, ztest_job(), "writes_a_word"))
        return 0;
    EXPECT_OK(zx_vmar_map(child->vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_ALLOW_FAULTS,
                          0, p->vmo, 0, p->pages * PAGE, &addr));
    EXPECT_OK(zx_channel_write(child->channel, 0, &addr, sizeof(addr), NULL, 0));
    return 1;
}

CASE(PagerWriteback, DetachWithPendingDirtyRequest_vmo)
{
    struct paged_reader w;
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 1));
    paged_read(&w, &p, PAGED_WRITE, 0, 1);
    paged_expect_dirty(&p, 0, 1);
    EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    paged_expect_complete(&p);
    EXPECT_EQ(paged_done(&w), ZX_ERR_BAD_STATE);
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}

CASE(PagerWriteback, DetachWithPendingDirtyRequest_vmar)
{
    struct ztest_child child;
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 1));
    ASSERT_TRUE(write_in_child(&child, &p));
    paged_expect_dirty(&p, 0, 1);
    EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    EXPECT_EQ(ztest_child_join(&child), ZX_TASK_RETCODE_EXCEPTION_KILL);
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}

CASE(PagerWriteback, NoDirtyRequestsAfterDetach_vmo)
{
    uint64_t word = 5;
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 2));
    DIRTY(&p, 1, 1);
    EXPECT_OK(paged_op(&p, ZX_PAGER_OP_WRITEBACK_BEGIN, 1, 1));
    EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    paged_expect_complete(&p);
    EXPECT_EQ(zx_vmo_write(p.vmo, &word, 0, sizeof(word)), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_vmo_write(p.vmo, &word, PAGE, sizeof(word)), ZX_ERR_BAD_STATE);
    EXPECT_RANGES(&p, {1, 1, 0});
    EXPECT_OK(paged_op(&p, ZX_PAGER_OP_WRITEBACK_END, 1, 1));
    EXPECT_NO_RANGES(&p);
    paged_expect_none(&p);
    paged_drop(&p);
}

/* A writer that is killed takes his request along. */
CASE(PagerDirty, WriterIsKilled)
{
    struct ztest_child child;
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 1));
    ASSERT_TRUE(write_in_child(&child, &p));
    paged_expect_dirty(&p, 0, 1);
    EXPECT_OK(zx_task_kill(child.process));
    EXPECT_EQ(ztest_child_join(&child), ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_EQ(paged_word(p.vmo, 0), 1);
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}

CASE(PagerDirty, CloseOfThePagerFailsWriters)
{
    struct paged_reader w;
    struct paged p;

    ASSERT_TRUE(make_trapping(&p, 1));
    paged_read(&w, &p, PAGED_WRITE, 0, 1);
    paged_expect_dirty(&p, 0, 1);
    EXPECT_OK(zx_handle_close(p.pager));
    p.pager = ZX_HANDLE_INVALID;
    EXPECT_EQ(paged_done(&w), ZX_ERR_BAD_STATE);
    paged_drop(&p);
}

CASE(PagerDirty, InvalidDirty)
{
    struct paged p, plain;

    ASSERT_TRUE(paged_make(&p, 2, ZX_VMO_TRAP_DIRTY));
    ASSERT_TRUE(paged_make(&plain, 1, 0));
    paged_supply(&p, 0, 1);
    EXPECT_EQ(paged_op(&p, ZX_PAGER_OP_DIRTY, 0, 2), ZX_ERR_NOT_FOUND);
    EXPECT_NO_RANGES(&p);
    EXPECT_EQ(paged_op(&p, ZX_PAGER_OP_DIRTY, 1, 2), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(paged_op(&p, ZX_PAGER_OP_WRITEBACK_BEGIN, 1, 2), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(paged_op(&p, ZX_PAGER_OP_WRITEBACK_END, 1, 2), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(paged_op(&plain, ZX_PAGER_OP_DIRTY, 0, 1), ZX_ERR_NOT_SUPPORTED);
    paged_drop(&plain);
    paged_drop(&p);
}
