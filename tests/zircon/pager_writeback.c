/*
 * pager_writeback.c - dirty pages of a pager's VMO are written back; what it grows by is zero
 * and dirty.
 */
#include "tests/zircon/paged.h"

#define IS_ZERO                ZX_VMO_DIRTY_RANGE_IS_ZERO
#define BEGIN(p, first, count) paged_op((p), ZX_PAGER_OP_WRITEBACK_BEGIN, first, count)
#define END(p, first, count)   paged_op((p), ZX_PAGER_OP_WRITEBACK_END, first, count)

/* Pages are written, once the pager has let them be if it is asked. */
static void write_pages(struct paged *p, uint32_t trap, enum paged_how how, uint64_t first,
                        uint64_t count)
{
    struct paged_reader w;

    paged_read(&w, p, how, first, count);
    if (trap) {
        paged_expect_dirty(p, first, count);
        EXPECT_OK(paged_op(p, ZX_PAGER_OP_DIRTY, first, count));
    }
    EXPECT_OK(paged_done(&w));
    EXPECT_EQ(paged_word(p->vmo, first), how == PAGED_ZERO ? 0 : PAGED_WRITTEN);
    paged_expect_none(p);
}

static void write_back(struct paged *p, uint64_t first, uint64_t count)
{
    EXPECT_OK(BEGIN(p, first, count));
    EXPECT_OK(END(p, first, count));
}

/* So many pages, supplied; then it grows. */
static int make_grown(struct paged *p, uint64_t pages, uint32_t trap, uint64_t grown)
{
    if (!paged_make(p, grown, ZX_VMO_RESIZABLE | trap))
        return 0;
    EXPECT_OK(zx_vmo_set_size(p->vmo, pages * PAGE));
    if (pages)
        paged_supply(p, 0, pages);
    EXPECT_OK(zx_vmo_set_size(p->vmo, grown * PAGE));
    return 1;
}

TRAP_OR_NOT(SimpleWriteback)
{
    struct paged p;

    ASSERT_TRUE(paged_make_supplied(&p, 1, trap));
    write_pages(&p, trap, PAGED_WRITE, 0, 1);
    EXPECT_RANGES(&p, {0, 1, 0});
    EXPECT_OK(BEGIN(&p, 0, 1));
    EXPECT_RANGES(&p, {0, 1, 0});
    EXPECT_OK(END(&p, 0, 1));
    EXPECT_NO_RANGES(&p);
    write_pages(&p, trap, PAGED_WRITE, 0, 1);
    EXPECT_RANGES(&p, {0, 1, 0});
    paged_drop(&p);
}

CASE(PagerWriteback, DirtyDuringWriteback)
{
    struct paged_reader w;
    struct paged p;

    ASSERT_TRUE(paged_make_supplied(&p, 1, ZX_VMO_TRAP_DIRTY));
    EXPECT_OK(paged_op(&p, ZX_PAGER_OP_DIRTY, 0, 1));
    EXPECT_OK(BEGIN(&p, 0, 1));
    paged_read(&w, &p, PAGED_WRITE, 0, 1);
    paged_expect_dirty(&p, 0, 1);
    EXPECT_OK(END(&p, 0, 1));
    EXPECT_NO_RANGES(&p);
    EXPECT_OK(paged_op(&p, ZX_PAGER_OP_DIRTY, 0, 1));
    EXPECT_OK(paged_done(&w));
    EXPECT_OK(BEGIN(&p, 0, 1));
    write_pages(&p, ZX_VMO_TRAP_DIRTY, PAGED_WRITE, 0, 1);
    EXPECT_OK(END(&p, 0, 1));
    EXPECT_RANGES(&p, {0, 1, 0});
    paged_drop(&p);
}

TRAP_OR_NOT(WritebackWithMapping)
{
    struct paged p;

    ASSERT_TRUE(paged_make_supplied(&p, 1, trap));
    write_pages(&p, trap, PAGED_STORE, 0, 1);
    *(volatile uint64_t *)p.addr = 5;
    EXPECT_OK(BEGIN(&p, 0, 1));
    write_pages(&p, trap, PAGED_STORE, 0, 1);
    EXPECT_OK(END(&p, 0, 1));
    EXPECT_RANGES(&p, {0, 1, 0});
    write_back(&p, 0, 1);
    EXPECT_NO_RANGES(&p);
    write_pages(&p, trap, PAGED_STORE, 0, 1);
    EXPECT_RANGES(&p, {0, 1, 0});
    paged_drop(&p);
}

/* The right to write that a mapping gains does not reach its pages. */
TRAP_OR_NOT(DirtyAfterMapProtect)
{
    struct paged p;

    ASSERT_TRUE(paged_make_supplied(&p, 1, trap));
    EXPECT_OK(zx_vmar_protect(ztest_root_vmar(), ZX_VM_PERM_READ, p.addr, PAGE));
    EXPECT_EQ(*(volatile uint64_t *)p.addr, 1);
    EXPECT_OK(
        zx_vmar_protect(ztest_root_vmar(), ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, p.addr, PAGE));
    write_pages(&p, trap, PAGED_STORE, 0, 1);
    EXPECT_RANGES(&p, {0, 1, 0});
    paged_drop(&p);
}

static void write_stream(void *arg)
{
    uint64_t words[2] = {PAGED_WRITTEN, PAGED_WRITTEN};
    zx_iovec_t vector = {.buffer = words, .capacity = sizeof(words)};
    size_t actual = 0;

    EXPECT_OK(zx_stream_writev(*(zx_handle_t *)arg, 0, &vector, 1, &actual));
    EXPECT_EQ(actual, sizeof(words));
}

/* A stream asks for each page that it writes. */
CASE(PagerDirty, StreamWrites)
{
    struct ztest_thread writer;
    zx_handle_t stream;
    struct paged p;

    ASSERT_TRUE(paged_make_supplied(&p, 2, ZX_VMO_TRAP_DIRTY));
    ASSERT_OK(zx_stream_create(ZX_STREAM_MODE_WRITE, p.vmo, PAGE - 8, &stream));
    ASSERT_OK(ztest_thread_start(&writer, write_stream, &stream));
    for (uint64_t i = 0; i < 2; i++) {
        paged_expect_dirty(&p, i, 1);
        EXPECT_OK(paged_op(&p, ZX_PAGER_OP_DIRTY, i, 1));
    }
    ztest_thread_join(&writer);
    EXPECT_EQ(paged_word(p.vmo, 1), PAGED_WRITTEN);
    EXPECT_RANGES(&p, {0, 2, 0});
    EXPECT_OK(zx_handle_close(stream));
    paged_drop(&p);
}

/* ---- what a VMO grows by ---- */

TRAP_OR_NOT(ResizeSupplyZero)
{
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 2, trap, 4));
    EXPECT_EQ(paged_word(p.vmo, 2), 0);
    EXPECT_EQ(*(volatile uint64_t *)(p.addr + 3 * PAGE), 0);
    EXPECT_EQ(paged_info(p.vmo).committed_bytes, 2 * PAGE);
    paged_supply(&p, 2, 2);
    EXPECT_EQ(paged_word(p.vmo, 2), 0);
    EXPECT_EQ(paged_info(p.vmo).committed_bytes, 2 * PAGE);
    EXPECT_RANGES(&p, {2, 2, IS_ZERO});
    write_pages(&p, trap, PAGED_WRITE, 2, 2);
    EXPECT_EQ(paged_info(p.vmo).committed_bytes, 4 * PAGE);
    EXPECT_EQ(*(volatile uint64_t *)(p.addr + 3 * PAGE), PAGED_WRITTEN);
    EXPECT_RANGES(&p, {2, 2, 0});
    paged_drop(&p);
}

CASE(PagerWriteback, ResizeDirtyRequest)
{
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 2, ZX_VMO_TRAP_DIRTY, 6));
    write_pages(&p, ZX_VMO_TRAP_DIRTY, PAGED_WRITE, 1, 2);
    write_pages(&p, ZX_VMO_TRAP_DIRTY, PAGED_STORE, 4, 1);
    EXPECT_RANGES(&p, {1, 2, 0}, {3, 1, IS_ZERO}, {4, 1, 0}, {5, 1, IS_ZERO});
    paged_drop(&p);
}

CASE(PagerWriteback, ResizeWithOutstandingDirtyRequests)
{
    struct paged_reader a, b, c;
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 5, ZX_VMO_TRAP_DIRTY, 6));
    paged_read(&a, &p, PAGED_WRITE, 3, 1);
    paged_expect_dirty(&p, 3, 1);
    paged_read(&b, &p, PAGED_WRITE, 5, 1);
    paged_expect_dirty(&p, 5, 1);
    paged_read(&c, &p, PAGED_WRITE, 1, 1);
    paged_expect_dirty(&p, 1, 1);
    EXPECT_OK(zx_vmo_set_size(p.vmo, PAGE));
    EXPECT_EQ(paged_done(&a), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(paged_done(&b), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(paged_done(&c), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(paged_op(&p, ZX_PAGER_OP_DIRTY, 1, 1), ZX_ERR_OUT_OF_RANGE);
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}

/* Zeroes that are written back are the pager's to supply. */
CASE(PagerWriteback, ResizeWritebackNewDirtyRequests)
{
    struct paged_reader w;
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 1, ZX_VMO_TRAP_DIRTY, 3));
    write_pages(&p, ZX_VMO_TRAP_DIRTY, PAGED_WRITE, 2, 1);
    EXPECT_EQ(*(volatile uint64_t *)(p.addr + PAGE), 0);
    EXPECT_RANGES(&p, {1, 1, IS_ZERO}, {2, 1, 0});
    write_back(&p, 1, 2);
    EXPECT_NO_RANGES(&p);
    paged_read(&w, &p, PAGED_STORE, 1, 1);
    paged_expect(&p, 1, 1);
    paged_supply(&p, 1, 1);
    paged_expect_dirty(&p, 1, 1);
    EXPECT_OK(paged_op(&p, ZX_PAGER_OP_DIRTY, 1, 1));
    EXPECT_OK(paged_done(&w));
    EXPECT_RANGES(&p, {1, 1, 0});
    paged_drop(&p);
}

TRAP_OR_NOT(ResizeWritebackIntersectingWrite)
{
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 1, trap, 4));
    EXPECT_RANGES(&p, {1, 3, IS_ZERO});
    EXPECT_OK(BEGIN(&p, 1, 3));
    write_pages(&p, trap, PAGED_WRITE, 2, 1);
    EXPECT_RANGES(&p, {1, 1, IS_ZERO}, {2, 1, 0}, {3, 1, IS_ZERO});
    EXPECT_OK(END(&p, 1, 3));
    EXPECT_RANGES(&p, {2, 1, 0}, {3, 1, IS_ZERO});
    EXPECT_OK(BEGIN(&p, 2, 2));
    write_pages(&p, trap, PAGED_WRITE, 3, 1);
    EXPECT_OK(END(&p, 2, 2));
    EXPECT_RANGES(&p, {3, 1, 0});
    write_back(&p, 0, 4);
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}

TRAP_OR_NOT(ResizeWritebackNonIntersectingWrite)
{
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 1, trap, 4));
    EXPECT_OK(BEGIN(&p, 1, 2));
    write_pages(&p, trap, PAGED_WRITE, 3, 1);
    write_pages(&p, trap, PAGED_WRITE, 0, 1);
    EXPECT_RANGES(&p, {0, 1, 0}, {1, 2, IS_ZERO}, {3, 1, 0});
    EXPECT_OK(END(&p, 1, 2));
    EXPECT_RANGES(&p, {0, 1, 0}, {3, 1, 0});
    write_back(&p, 0, 4);
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}

TRAP_OR_NOT(ResizeWritebackIntersectingResize)
{
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 1, trap, 3));
    EXPECT_OK(BEGIN(&p, 1, 2));
    EXPECT_OK(zx_vmo_set_size(p.vmo, 2 * PAGE));
    EXPECT_RANGES(&p, {1, 1, IS_ZERO});
    EXPECT_EQ(END(&p, 1, 2), ZX_ERR_OUT_OF_RANGE);
    EXPECT_RANGES(&p, {1, 1, IS_ZERO});
    EXPECT_OK(END(&p, 1, 1));
    EXPECT_NO_RANGES(&p);
    EXPECT_OK(zx_vmo_set_size(p.vmo, 3 * PAGE));
    EXPECT_RANGES(&p, {2, 1, IS_ZERO});
    EXPECT_OK(BEGIN(&p, 2, 1));
    EXPECT_OK(zx_vmo_set_size(p.vmo, PAGE));
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}

/* Only the first stretch of zeroes, and what follows it, can be written back. */
TRAP_OR_NOT(ResizeWritebackMulipleGaps)
{
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 1, trap, 5));
    write_pages(&p, trap, PAGED_WRITE, 2, 1);
    write_pages(&p, trap, PAGED_WRITE, 4, 1);
    write_back(&p, 4, 1);
    EXPECT_RANGES(&p, {1, 1, IS_ZERO}, {2, 1, 0}, {3, 1, IS_ZERO}, {4, 1, 0});
    write_back(&p, 1, 4);
    EXPECT_RANGES(&p, {3, 1, IS_ZERO}, {4, 1, 0});
    write_pages(&p, trap, PAGED_WRITE, 3, 2);
    EXPECT_RANGES(&p, {3, 2, 0});
    paged_drop(&p);
}

TRAP_OR_NOT(ResizeWritebackPartialEnd)
{
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 1, trap, 5));
    write_back(&p, 1, 1);
    EXPECT_RANGES(&p, {2, 3, IS_ZERO});
    write_back(&p, 2, 1);
    EXPECT_RANGES(&p, {3, 2, IS_ZERO});
    write_back(&p, 3, 2);
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}

TRAP_OR_NOT(ResizeWritebackRepeated)
{
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 1, trap, 5));
    EXPECT_OK(BEGIN(&p, 1, 4));
    EXPECT_OK(BEGIN(&p, 1, 2));
    for (unsigned i = 0; i < 2; i++) {
        EXPECT_OK(END(&p, 1, 4));
        EXPECT_RANGES(&p, {3, 2, IS_ZERO});
    }
    EXPECT_OK(BEGIN(&p, 1, 4));
    EXPECT_OK(BEGIN(&p, 1, 4));
    EXPECT_RANGES(&p, {3, 2, IS_ZERO});
    for (unsigned i = 0; i < 2; i++) {
        EXPECT_OK(END(&p, 1, 4));
        EXPECT_NO_RANGES(&p);
    }
    paged_drop(&p);
}

TRAP_OR_NOT(WritebackResizedRangeAfterDetach)
{
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 1, trap, 3));
    write_pages(&p, trap, PAGED_WRITE, 2, 1);
    EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    paged_expect_complete(&p);
    EXPECT_RANGES(&p, {1, 1, IS_ZERO}, {2, 1, 0});
    EXPECT_EQ(paged_word(p.vmo, 1), 0);
    EXPECT_EQ(*(volatile uint64_t *)(p.addr + 2 * PAGE), PAGED_WRITTEN);
    write_back(&p, 1, 2);
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}

TRAP_OR_NOT(OpZeroDecommit)
{
    struct paged_reader w;
    struct paged p;

    ASSERT_TRUE(make_grown(&p, 1, trap, 3));
    write_pages(&p, trap, PAGED_WRITE, 2, 1);
    paged_read(&w, &p, PAGED_ZERO, 0, 3);
    if (trap) {
        paged_expect_dirty(&p, 0, 1);
        EXPECT_OK(paged_op(&p, ZX_PAGER_OP_DIRTY, 0, 1));
    }
    EXPECT_OK(paged_done(&w));
    EXPECT_EQ(paged_word(p.vmo, 0), 0);
    EXPECT_EQ(paged_word(p.vmo, 2), 0);
    EXPECT_EQ(paged_info(p.vmo).committed_bytes, PAGE);
    EXPECT_RANGES(&p, {0, 1, 0}, {1, 2, IS_ZERO});
    paged_drop(&p);
}

TRAP_OR_NOT(WritebackDirtyPagesAfterDetach)
{
    struct paged p;

    ASSERT_TRUE(paged_make_supplied(&p, 1, trap));
    write_pages(&p, trap, PAGED_WRITE, 0, 1);
    EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    paged_expect_complete(&p);
    EXPECT_RANGES(&p, {0, 1, 0});
    EXPECT_EQ(*(volatile uint64_t *)p.addr, PAGED_WRITTEN);
    write_back(&p, 0, 1);
    EXPECT_NO_RANGES(&p);
    paged_drop(&p);
}
