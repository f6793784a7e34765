/*
 * pager_args.c - the end of pagers and of their VMOs, and what the calls refuse.
 */
#include "tests/zircon/paged.h"

CASE(Pager, DetachPageCompleteTest)
{
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    paged_expect_complete(&p);
    paged_drop(&p);
}

CASE(Pager, ClosePageCompleteTest)
{
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    paged_unmap(p.addr, PAGE);
    EXPECT_OK(zx_handle_close(p.vmo));
    paged_expect_complete(&p);
    EXPECT_OK(zx_handle_close(p.port));
    EXPECT_OK(zx_handle_close(p.pager));
}

enum end { DETACH, CLOSE };

/* Somebody waits; his packet has been read, or not. */
static void interrupted(enum paged_how how, enum end end, int late)
{
    struct paged_wanter w;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    ASSERT_TRUE(paged_want(&w, &p, how));
    if (late)
        paged_expect(&p, 0, 1);
    else
        zx_nanosleep(ztest_after(ZTEST_MSEC(2)));
    if (end == DETACH) {
        EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    } else {
        EXPECT_OK(zx_handle_close(p.pager));
        p.pager = ZX_HANDLE_INVALID;
    }
    paged_expect_refused(&w, ZX_ERR_BAD_STATE);
    if (end == DETACH)
        paged_expect_complete(&p);
    paged_expect_none(&p);
    paged_drop(&p);
}

#define INTERRUPTED(name, end, late)         \
    CASE(Pager, name##_vmo)                  \
    {                                        \
        interrupted(PAGED_READ, end, late);  \
    }                                        \
    CASE(Pager, name##_vmar)                 \
    {                                        \
        interrupted(PAGED_TOUCH, end, late); \
    }

INTERRUPTED(ReadCloseInterruptLateTest, CLOSE, 1)
INTERRUPTED(ReadDetachInterruptLateTest, DETACH, 1)
INTERRUPTED(ReadCloseInterruptEarlyTest, CLOSE, 0)
INTERRUPTED(ReadDetachInterruptEarlyTest, DETACH, 0)

CASE(Pager, ClosePagerTest)
{
    struct paged_toucher t;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 2, 0));
    ASSERT_TRUE(paged_touch(&t, p.vmo, 2, 0));
    paged_supply(&p, 1, 1);
    paged_expect(&p, 0, 1);
    EXPECT_OK(zx_handle_close(p.pager));
    p.pager = ZX_HANDLE_INVALID;
    EXPECT_EQ(paged_touched(&t), ZX_TASK_RETCODE_EXCEPTION_KILL);
    EXPECT_EQ(*(volatile uint64_t *)(p.addr + PAGE), 2);
    paged_drop(&p);
}

CASE(Pager, DetachClosePagerTest)
{
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    EXPECT_OK(zx_handle_close(p.pager));
    p.pager = ZX_HANDLE_INVALID;
    paged_drop(&p);
}

CASE(Pager, ClosePortTest)
{
    struct paged_toucher t;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 2, 0));
    ASSERT_TRUE(paged_touch(&t, p.vmo, 2, 0));
    paged_expect(&p, 0, 1);
    EXPECT_OK(zx_handle_close(p.port));
    p.port = ZX_HANDLE_INVALID;
    paged_supply(&p, 1, 1);
    EXPECT_EQ(*(volatile uint64_t *)(p.addr + PAGE), 2);
    EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    EXPECT_EQ(paged_touched(&t), ZX_TASK_RETCODE_EXCEPTION_KILL);
    paged_drop(&p);
}

/* A reader that is killed takes its request along, unless somebody else waits too. */
CASE(Pager, CleanThreadKill)
{
    struct paged_toucher t;
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 2, 0));
    ASSERT_TRUE(paged_touch(&t, p.vmo, 2, 0));
    paged_expect(&p, 0, 1);
    EXPECT_OK(zx_task_kill(t.child.process));
    EXPECT_EQ(paged_touched(&t), ZX_TASK_RETCODE_SYSCALL_KILL);
    paged_expect_none(&p);
    paged_read(&r, &p, PAGED_TOUCH, 0, 1);
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    EXPECT_OK(paged_done(&r));
    paged_drop(&p);
}

/* ---- what is refused ---- */

CASE(Pager, InvalidPagerCreate)
{
    zx_handle_t pager;

    EXPECT_EQ(zx_pager_create(1, &pager), ZX_ERR_INVALID_ARGS);
}

CASE(Pager, InvalidPagerCreateVmo)
{
    zx_handle_t pager, port, read_only, plain, vmo;

    ASSERT_OK(zx_pager_create(0, &pager));
    ASSERT_OK(zx_port_create(0, &port));
    ASSERT_OK(zx_vmo_create(PAGE, 0, &plain));
    read_only = ztest_without(port, ZX_RIGHT_WRITE);
    EXPECT_EQ(zx_pager_create_vmo(pager, ~0u, port, 0, PAGE, &vmo), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pager_create_vmo(0, 0, port, 0, PAGE, &vmo), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_pager_create_vmo(pager, 0, 0, 0, PAGE, &vmo), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_pager_create_vmo(pager, 0, read_only, 0, PAGE, &vmo), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_pager_create_vmo(port, 0, port, 0, PAGE, &vmo), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pager_create_vmo(pager, 0, plain, 0, PAGE, &vmo), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pager_create_vmo(pager, 0, port, 0, UINT64_MAX - PAGE + 2, &vmo),
              ZX_ERR_OUT_OF_RANGE);
    EXPECT_OK(zx_handle_close(read_only));
    EXPECT_OK(zx_handle_close(plain));
    EXPECT_OK(zx_handle_close(port));
    EXPECT_OK(zx_handle_close(pager));
}

CASE(Pager, InvalidPagerDetachVmo)
{
    zx_handle_t other, plain;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    ASSERT_OK(zx_pager_create(0, &other));
    ASSERT_OK(zx_vmo_create(PAGE, 0, &plain));
    EXPECT_EQ(zx_pager_detach_vmo(0, p.vmo), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_pager_detach_vmo(p.pager, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_pager_detach_vmo(p.vmo, p.vmo), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pager_detach_vmo(p.pager, p.pager), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pager_detach_vmo(p.pager, plain), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pager_detach_vmo(other, p.vmo), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(other));
    EXPECT_OK(zx_handle_close(plain));
    paged_drop(&p);
}

static zx_status_t give(struct paged *p, zx_handle_t aux)
{
    return zx_pager_supply_pages(p->pager, p->vmo, 0, PAGE, aux, 0);
}

/* VMOs whose pages cannot be taken. */
static void refused_sources(struct paged *p)
{
    zx_handle_t a, b;
    zx_vaddr_t addr;
    struct paged q;

    ASSERT_OK(zx_vmo_create(PAGE, 0, &a));
    ASSERT_OK(zx_vmo_create_child(a, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &b));
    EXPECT_EQ(give(p, a), ZX_ERR_BAD_STATE);
    EXPECT_EQ(give(p, b), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(b));
    addr = paged_map(a, PAGE);
    EXPECT_EQ(give(p, a), ZX_ERR_BAD_STATE);
    paged_unmap(addr, PAGE);
    EXPECT_OK(zx_handle_close(a));
    ASSERT_TRUE(paged_make(&q, 1, 0));
    paged_supply(&q, 0, 1);
    EXPECT_EQ(give(p, q.vmo), ZX_ERR_BAD_STATE);
    paged_drop(&q);
}

CASE(Pager, InvalidPagerSupplyPages)
{
    zx_handle_t other, aux, narrow;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    ASSERT_OK(zx_pager_create(0, &other));
    ASSERT_OK(zx_vmo_create(PAGE, 0, &aux));
    EXPECT_EQ(zx_pager_supply_pages(0, p.vmo, 0, 0, aux, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_pager_supply_pages(p.pager, 0, 0, 0, aux, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_pager_supply_pages(p.pager, p.vmo, 0, 0, 0, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_pager_supply_pages(p.vmo, p.vmo, 0, 0, aux, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pager_supply_pages(p.pager, p.pager, 0, 0, aux, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pager_supply_pages(p.pager, p.vmo, 0, 0, p.port, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pager_supply_pages(p.pager, aux, 0, 0, aux, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pager_supply_pages(other, p.vmo, 0, 0, 0, 0), ZX_ERR_INVALID_ARGS);
    narrow = ztest_without(aux, ZX_RIGHT_WRITE);
    EXPECT_EQ(give(&p, narrow), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(narrow));
    narrow = ztest_without(aux, ZX_RIGHT_READ);
    EXPECT_EQ(give(&p, narrow), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(narrow));
    EXPECT_EQ(zx_pager_supply_pages(p.pager, p.vmo, 1, 0, aux, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pager_supply_pages(p.pager, p.vmo, 0, 1, aux, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pager_supply_pages(p.pager, p.vmo, 0, 0, aux, 1), ZX_ERR_INVALID_ARGS);
    refused_sources(&p);
    EXPECT_EQ(zx_pager_supply_pages(p.pager, p.vmo, PAGE, PAGE, aux, 0), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_pager_supply_pages(p.pager, p.vmo, 0, PAGE, aux, PAGE), ZX_ERR_OUT_OF_RANGE);
    EXPECT_OK(zx_handle_close(other));
    EXPECT_OK(zx_handle_close(aux));
    paged_drop(&p);
}

CASE(Pager, ResizeNonresizableVmo)
{
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    EXPECT_EQ(zx_vmo_set_size(p.vmo, 2 * PAGE), ZX_ERR_UNAVAILABLE);
    paged_drop(&p);
}

CASE(Pager, DecommitTest)
{
    struct paged p;
    zx_handle_t child;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    EXPECT_EQ(zx_vmo_op_range(p.vmo, ZX_VMO_OP_DECOMMIT, 0, PAGE, NULL, 0),
              ZX_ERR_NOT_SUPPORTED);
    ASSERT_OK(
        zx_vmo_create_child(p.vmo, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, 0, PAGE, &child));
    EXPECT_EQ(zx_vmo_op_range(child, ZX_VMO_OP_DECOMMIT, 0, PAGE, NULL, 0),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_OK(zx_handle_close(child));
    paged_drop(&p);
}

/* Pages that were never made count as zeroes that are supplied. */
CASE(Pager, UncommittedSupply)
{
    struct paged p;
    zx_handle_t empty;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    ASSERT_OK(zx_vmo_create(PAGE, 0, &empty));
    EXPECT_OK(give(&p, empty));
    EXPECT_OK(zx_handle_close(empty));
    EXPECT_EQ(paged_word(p.vmo, 0), 0);
    paged_drop(&p);
}

CASE(Pager, WritingZeroFork)
{
    struct paged p;
    zx_handle_t empty;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    ASSERT_OK(zx_vmo_create(PAGE, 0, &empty));
    EXPECT_OK(give(&p, empty));
    EXPECT_OK(zx_handle_close(empty));
    paged_set_word(p.vmo, 0, 42);
    paged_set_word(p.vmo, 0, 43);
    EXPECT_EQ(*(volatile uint64_t *)p.addr, 43);
    paged_drop(&p);
}

#define FAIL_RANGE(pager, vmo, offset, size, data) \
    zx_pager_op_range(pager, ZX_PAGER_OP_FAIL, vmo, offset, size, (uint64_t)(int64_t)(data))

CASE(Pager, InvalidPagerOpRange)
{
    zx_handle_t other, plain;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    ASSERT_OK(zx_pager_create(0, &other));
    ASSERT_OK(zx_vmo_create(PAGE, 0, &plain));
    EXPECT_EQ(FAIL_RANGE(0, p.vmo, 0, 0, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(FAIL_RANGE(p.pager, 0, 0, 0, 0), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(FAIL_RANGE(p.vmo, p.vmo, 0, 0, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(FAIL_RANGE(p.pager, p.pager, 0, 0, 0), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(FAIL_RANGE(p.pager, plain, 0, 0, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(FAIL_RANGE(other, p.vmo, 0, 0, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(FAIL_RANGE(p.pager, p.vmo, 1, 0, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(FAIL_RANGE(p.pager, p.vmo, 0, 1, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(FAIL_RANGE(p.pager, p.vmo, PAGE, PAGE, ZX_ERR_BAD_STATE), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(FAIL_RANGE(p.pager, p.vmo, 0, 0, 0x11ffffffffll), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(FAIL_RANGE(p.pager, p.vmo, 0, 0, ZX_ERR_INTERNAL), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(FAIL_RANGE(p.pager, p.vmo, 0, 0, 10), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pager_op_range(p.pager, 0, p.vmo, 0, 0, 0), ZX_ERR_NOT_SUPPORTED);
    EXPECT_OK(zx_handle_close(other));
    EXPECT_OK(zx_handle_close(plain));
    paged_drop(&p);
}
