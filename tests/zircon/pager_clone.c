/*
 * pager_clone.c - clones of a pager's VMO.
 */
#include "tests/zircon/paged.h"

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

struct writer {
    enum paged_how how;
    struct clone clone;
};

static void write_word(void *arg)
{
    const struct writer *w = arg;

    if (w->how == PAGED_READ)
        paged_set_word(w->clone.vmo, 0, 0xdeadbeef);
    else
        *(volatile uint64_t *)w->clone.addr = 0xdeadbeef;
}

BOTH(CloneWriteToCloneTest)
{
    struct writer w = {.how = how};
    struct ztest_thread t;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    w.clone = clone_make(&p);
    ASSERT_OK(ztest_thread_start(&t, write_word, &w));
    paged_expect(&p, 0, 1);
    paged_supply(&p, 0, 1);
    ztest_thread_join(&t);
    EXPECT_EQ(paged_word(w.clone.vmo, 0), 0xdeadbeef);
    EXPECT_EQ(*(volatile uint64_t *)p.addr, 1);
    EXPECT_EQ(paged_word(p.vmo, 0), 1);
    clone_drop(&w.clone, &p);
    paged_drop(&p);
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
