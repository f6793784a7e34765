/*
 * pager_read.c - pages that a pager supplies, read by zx_vmo_read and through mappings.
 */
#include "tests/zircon/paged.h"

enum { MANY = 32 };

BOTH(SinglePageTest)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_asked(&p, &r, how, 1));
    paged_supply(&p, 0, 1);
    EXPECT_OK(paged_done(&r));
    paged_drop(&p);
}

BOTH(UncommittedSinglePageTest)
{
    struct paged_reader r;
    struct paged p;
    zx_handle_t empty;

    ASSERT_TRUE(paged_asked(&p, &r, how, 1));
    ASSERT_OK(zx_vmo_create(PAGE, 0, &empty));
    EXPECT_OK(zx_pager_supply_pages(p.pager, p.vmo, 0, PAGE, empty, 0));
    EXPECT_OK(zx_handle_close(empty));
    EXPECT_EQ(paged_done(&r), ZX_ERR_IO_DATA_LOSS); /* it read a zero */
    EXPECT_EQ(*(volatile uint64_t *)p.addr, 0);
    paged_drop(&p);
}

BOTH(PresupplyTest)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    paged_supply(&p, 0, 1);
    paged_read(&r, &p, how, 0, 1);
    EXPECT_OK(paged_done(&r));
    paged_expect_none(&p);
    paged_drop(&p);
}

/* A request that is answered before its packet is read is not to be seen. */
BOTH(EarlySupplyTest)
{
    struct paged_reader a, b;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 2, 0));
    paged_read(&a, &p, how, 0, 1);
    zx_nanosleep(ztest_after(ZTEST_MSEC(2)));
    paged_supply(&p, 0, 1);
    EXPECT_OK(paged_done(&a));
    paged_read(&b, &p, how, 1, 1);
    paged_expect(&p, 1, 1);
    paged_supply(&p, 1, 1);
    EXPECT_OK(paged_done(&b));
    paged_expect_none(&p);
    paged_drop(&p);
}

BOTH(SequentialMultipageTest)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, MANY, 0));
    paged_read(&r, &p, how, 0, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        paged_expect(&p, i, 1);
        paged_supply(&p, i, 1);
    }
    EXPECT_OK(paged_done(&r));
    paged_expect_none(&p);
    paged_drop(&p);
}

BOTH(ConcurrentMultipageAccessTest)
{
    struct paged_reader a, b;
    uint64_t first, second, count;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 2, 0));
    paged_read(&a, &p, how, 0, 1);
    paged_read(&b, &p, how, 1, 1);
    ASSERT_TRUE(paged_next(&p, &first, &count));
    EXPECT_EQ(count, 1);
    ASSERT_TRUE(paged_next(&p, &second, &count));
    EXPECT_EQ(count, 1);
    EXPECT_EQ(first + second, 1);
    paged_supply(&p, 0, 2);
    EXPECT_OK(paged_done(&a));
    EXPECT_OK(paged_done(&b));
    paged_drop(&p);
}

BOTH(ConcurrentOverlappingAccessTest)
{
    struct paged_reader r[MANY];
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    for (unsigned i = 0; i < MANY; i++)
        paged_read(&r[i], &p, how, 0, 1);
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    for (unsigned i = 0; i < MANY; i++)
        EXPECT_OK(paged_done(&r[i]));
    paged_expect_none(&p);
    paged_drop(&p);
}

BOTH(BulkSingleSupplyTest)
{
    struct paged_reader r[8];
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 8, 0));
    for (unsigned i = 0; i < 8; i++) {
        paged_read(&r[i], &p, how, i, 1);
        paged_expect(&p, i, 1);
    }
    paged_supply(&p, 0, 8);
    for (unsigned i = 0; i < 8; i++)
        EXPECT_OK(paged_done(&r[i]));
    paged_drop(&p);
}

/* Pages from `shift` of the auxiliary VMO, or from its start. */
static void supply_from(struct paged *p, uint64_t first, uint64_t count, uint64_t shift)
{
    zx_handle_t aux;

    ASSERT_OK(zx_vmo_create((shift + count) * PAGE, 0, &aux));
    for (uint64_t i = 0; i < count; i++)
        paged_set_word(aux, shift + i, first + i + 1);
    EXPECT_OK(
        zx_pager_supply_pages(p->pager, p->vmo, first * PAGE, count * PAGE, aux, shift * PAGE));
    EXPECT_EQ(paged_word(aux, shift), 0); /* they have moved */
    EXPECT_OK(zx_handle_close(aux));
}

static void odd_supplies(enum paged_how how, int shifted)
{
    static const uint8_t lengths[] = {2, 3, 5, 7, 37, 5, 13, 23};
    static struct paged_reader r[37];
    struct paged p;
    uint64_t at = 0;

    ASSERT_TRUE(paged_make(&p, 95, 0));
    for (unsigned n = 0; n < sizeof(lengths); n++) {
        for (unsigned i = 0; i < lengths[n]; i++) {
            paged_read(&r[i], &p, how, at + i, 1);
            paged_expect(&p, at + i, 1);
        }
        supply_from(&p, at, lengths[n], shifted ? at : 0);
        for (unsigned i = 0; i < lengths[n]; i++)
            EXPECT_OK(paged_done(&r[i]));
        at += lengths[n];
    }
    paged_drop(&p);
}

BOTH(BulkOddLengthSupplyTest)
{
    odd_supplies(how, 0);
}

BOTH(BulkOddOffsetSupplyTest)
{
    odd_supplies(how, 1);
}

/* What is there already stays. */
BOTH(OverlapSupplyTest)
{
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 2, 0));
    paged_supply(&p, 0, 1);
    supply_from(&p, 0, 2, 1);
    paged_read(&r, &p, how, 0, 2);
    EXPECT_OK(paged_done(&r));
    paged_set_word(p.vmo, 0, 77);
    paged_supply(&p, 0, 2);
    EXPECT_EQ(paged_word(p.vmo, 0), 77);
    paged_expect_none(&p);
    paged_drop(&p);
}

BOTH(ManyRequestTest)
{
    enum { REQUESTS = 257 };
    static struct paged_reader r[REQUESTS];
    uint64_t first, count;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, REQUESTS, 0));
    for (unsigned i = 0; i < REQUESTS; i++)
        paged_read(&r[i], &p, how, i, 1);
    for (unsigned i = 0; i < REQUESTS; i++) {
        ASSERT_TRUE(paged_next(&p, &first, &count));
        EXPECT_EQ(count, 1);
        paged_supply(&p, first, 1);
        EXPECT_OK(paged_done(&r[first]));
    }
    paged_drop(&p);
}

CASE(Pager, SuccessiveVmoTest)
{
    for (unsigned i = 0; i < 64; i++) {
        struct paged_reader r;
        struct paged p;

        ASSERT_TRUE(paged_asked(&p, &r, PAGED_TOUCH, 1));
        paged_supply(&p, 0, 1);
        EXPECT_OK(paged_done(&r));
        paged_drop(&p);
    }
}

CASE(Pager, MultipleConcurrentVmoTest)
{
    struct paged_reader r[8];
    struct paged p[8];

    for (unsigned i = 0; i < 8; i++) {
        ASSERT_TRUE(paged_make(&p[i], 1, 0));
        paged_read(&r[i], &p[i], PAGED_TOUCH, 0, 1);
        paged_expect(&p[i], 0, 1);
    }
    for (unsigned i = 0; i < 8; i++) {
        paged_supply(&p[i], 0, 1);
        EXPECT_OK(paged_done(&r[i]));
        paged_drop(&p[i]);
    }
}

/* Mapping what is at hand asks for nothing. */
CASE(Pager, VmarMapRangeTest)
{
    struct paged_reader r;
    struct paged p;
    zx_vaddr_t addr;

    ASSERT_TRUE(paged_make(&p, 2, 0));
    paged_supply(&p, 0, 1);
    ASSERT_OK(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ | ZX_VM_MAP_RANGE, 0, p.vmo, 0,
                          2 * PAGE, &addr));
    paged_expect_none(&p);
    EXPECT_EQ(*(volatile uint64_t *)addr, 1);
    paged_read_other(&r, p.vmo, addr, PAGED_TOUCH, 0, 2);
    paged_expect(&p, 1, 1);
    paged_supply(&p, 1, 1);
    EXPECT_OK(paged_done(&r));
    paged_expect_none(&p);
    paged_unmap(addr, 2 * PAGE);
    paged_drop(&p);
}

static zx_vaddr_t root_base(void)
{
    zx_info_vmar_t info = {0};

    EXPECT_OK(
        zx_object_get_info(ztest_root_vmar(), ZX_INFO_VMAR, &info, sizeof(info), NULL, NULL));
    return info.base;
}

/* Those who wait see what is mapped there in the end. */
CASE(Pager, VmarRemapTest)
{
    struct paged_reader r[8];
    uint64_t first, count;
    struct paged old, new;
    zx_vaddr_t addr;

    ASSERT_TRUE(paged_make(&old, 8, 0));
    ASSERT_TRUE(paged_make(&new, 8, 0));
    for (unsigned i = 0; i < 8; i++) {
        paged_read(&r[i], &old, PAGED_TOUCH, i, 1);
        paged_expect(&old, i, 1);
    }
    EXPECT_OK(zx_vmar_map(ztest_root_vmar(),
                          ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_SPECIFIC_OVERWRITE,
                          old.addr - root_base(), new.vmo, 0, 8 * PAGE, &addr));
    EXPECT_EQ(addr, old.addr);
    supply_from(&old, 0, 8, 1);
    for (unsigned i = 0; i < 8; i++) {
        ASSERT_TRUE(paged_next(&new, &first, &count));
        EXPECT_EQ(count, 1);
        paged_supply(&new, first, 1);
        EXPECT_OK(paged_done(&r[first]));
    }
    paged_drop(&old);
    paged_drop(&new);
}

/* A mapping that goes while a read of it waits: the page is supplied, and the read faults. */
CASE(Pager, VmarUnmapTest)
{
    struct paged_toucher t;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    ASSERT_TRUE(paged_touch(&t, p.vmo, 1, 0));
    paged_expect(&p, 0, 1);
    EXPECT_OK(zx_vmar_unmap(t.child.vmar, t.addr, PAGE));
    paged_supply(&p, 0, 1);
    EXPECT_EQ(paged_touched(&t), ZX_TASK_RETCODE_EXCEPTION_KILL);
    paged_drop(&p);
}

BOTH(ReadResizeTest)
{
    struct paged_toucher t;
    struct paged_reader r;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, ZX_VMO_RESIZABLE));
    if (how == PAGED_TOUCH)
        ASSERT_TRUE(paged_touch(&t, p.vmo, 1, 0));
    else
        paged_read(&r, &p, how, 0, 1);
    paged_expect(&p, 0, 1);
    EXPECT_OK(zx_vmo_set_size(p.vmo, 0));
    if (how == PAGED_TOUCH)
        EXPECT_EQ(paged_touched(&t), ZX_TASK_RETCODE_EXCEPTION_KILL);
    else
        EXPECT_EQ(paged_done(&r), ZX_ERR_OUT_OF_RANGE);
    paged_drop(&p);
}

BOTH(SuspendReadTest)
{
    struct paged_reader r;
    struct paged p;
    zx_handle_t token;

    ASSERT_TRUE(paged_asked(&p, &r, how, 1));
    ASSERT_OK(zx_task_suspend_token(r.thread.handle, &token));
    EXPECT_OK(zx_object_wait_one(r.thread.handle, ZX_THREAD_SUSPENDED,
                                 ztest_after(ZTEST_MSEC(5000)), NULL));
    EXPECT_OK(zx_handle_close(token));
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    EXPECT_OK(paged_done(&r));
    paged_drop(&p);
}

CASE(Pager, VmoInfoPagerTest)
{
    struct paged p;
    zx_handle_t plain;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    EXPECT_TRUE(paged_info(p.vmo).flags & ZX_INFO_VMO_PAGER_BACKED);
    ASSERT_OK(zx_vmo_create(PAGE, 0, &plain));
    EXPECT_FALSE(paged_info(plain).flags & ZX_INFO_VMO_PAGER_BACKED);
    EXPECT_OK(zx_handle_close(plain));
    paged_drop(&p);
}
