/*
 * vmo_map.c - VMOs that are mapped, read into one another, named; slices that are given back.
 */
#include "tests/zircon/clones.h"
#include "tests/zircon/stopped.h"

#define RW (ZX_VM_PERM_READ | ZX_VM_PERM_WRITE)

static zx_vaddr_t map(zx_handle_t vmo, uint32_t options, uint64_t pages)
{
    zx_vaddr_t addr = 0;

    EXPECT_OK(zx_vmar_map(ztest_root_vmar(), options, 0, vmo, 0, pages * PAGE, &addr));
    return addr;
}

CASE(VmoTestCase, Map)
{
    zx_handle_t vmo = clone_make(4, 0);
    zx_vaddr_t addr = UINT64_MAX, other;

    ASSERT_OK(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ, 0, vmo, 0, PAGE, &addr));
    EXPECT_NE(addr, 0);
    EXPECT_EQ(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ | ZX_VM_SPECIFIC, UINT64_MAX, vmo,
                          0, PAGE, &other),
              ZX_ERR_INVALID_ARGS);
    clone_drop(vmo);
    paged_unmap(addr, PAGE);
}

/* Into a mapping of its own. */
CASE(VmoTestCase, MapRead)
{
    zx_handle_t vmo = clone_make(2, 0);
    zx_vaddr_t addr = map(vmo, RW, 1);

    paged_set_word(vmo, 1, 7);
    EXPECT_OK(zx_vmo_read(vmo, (void *)addr, PAGE, PAGE));
    EXPECT_EQ(paged_word(vmo, 0), 7);
    paged_unmap(addr, PAGE);
    clone_drop(vmo);
}

enum { HALF = 512 };

struct reader {
    struct ztest_thread thread;
    zx_handle_t vmo;
    zx_vaddr_t into;
    zx_status_t status;
};

static void read_half(void *arg)
{
    struct reader *r = arg;

    r->status = zx_vmo_read(r->vmo, (void *)r->into, HALF * PAGE, HALF * PAGE);
}

/* Each into a mapping of the other's. */
CASE(VmoTestCase, ParallelRead)
{
    zx_handle_t one = clone_make(2 * HALF, 0), two = clone_make(2 * HALF, 0);
    zx_vaddr_t in_one = map(one, RW, HALF), in_two = map(two, RW, HALF);
    struct reader r = {.vmo = one, .into = in_two};

    ASSERT_OK(ztest_thread_start(&r.thread, read_half, &r));
    EXPECT_OK(zx_vmo_read(two, (void *)in_one, HALF * PAGE, HALF * PAGE));
    ztest_thread_join(&r.thread);
    EXPECT_OK(r.status);
    paged_unmap(in_one, HALF * PAGE);
    paged_unmap(in_two, HALF * PAGE);
    clone_drop(one);
    clone_drop(two);
}

CASE(VmoTestCase, ReadWriteBadLen)
{
    static char buffer[4 * PAGE];
    zx_handle_t vmo = clone_make(4, 0);

    for (uint64_t i = 1; i <= 2; i++) {
        EXPECT_EQ(zx_vmo_read(vmo, buffer, 0, UINT64_MAX - PAGE / i), ZX_ERR_OUT_OF_RANGE);
        EXPECT_EQ(zx_vmo_write(vmo, buffer, 0, UINT64_MAX - PAGE / i), ZX_ERR_OUT_OF_RANGE);
    }
    EXPECT_OK(zx_vmo_read(vmo, buffer, 0, sizeof(buffer)));
    EXPECT_OK(zx_vmo_write(vmo, buffer, 0, sizeof(buffer)));
    clone_drop(vmo);
}

/* ---- what may be done by way of a mapping ---- */

static void read_word(void *arg)
{
    (void)*(volatile uint64_t *)arg;
}

static void write_word(void *arg)
{
    *(volatile uint64_t *)arg = *(volatile uint64_t *)arg;
}

/* A thread does it; if it faults, that is its end. */
static int can(void (*what)(void *arg), zx_vaddr_t addr)
{
    zx_wait_item_t items[2] = {{.waitfor = ZX_THREAD_TERMINATED},
                               {.waitfor = ZX_CHANNEL_READABLE}};
    struct ztest_thread t;

    EXPECT_OK(zx_task_create_exception_channel(ztest_process(), 0, &items[1].handle));
    EXPECT_OK(ztest_thread_start(&t, what, (void *)addr));
    items[0].handle = t.handle;
    EXPECT_OK(zx_object_wait_many(items, 2, ZX_TIME_INFINITE));
    if (items[1].pending & ZX_CHANNEL_READABLE)
        end_exception(take_exception(items[1].handle, ZX_EXCP_FATAL_PAGE_FAULT),
                      ZX_EXCEPTION_STATE_THREAD_EXIT);
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(items[1].handle));
    return !(items[1].pending & ZX_CHANNEL_READABLE);
}

CASE(VmoTestCase, ReadOnlyMap)
{
    zx_handle_t vmo = clone_make(1, 0);
    zx_vaddr_t addr = map(vmo, ZX_VM_PERM_READ, 1);

    EXPECT_TRUE(can(read_word, addr));
    EXPECT_FALSE(can(write_word, addr));
    paged_unmap(addr, PAGE);
    clone_drop(vmo);
}

CASE(VmoTestCase, NoPermMap)
{
    zx_handle_t vmo = clone_make(1, 0);
    zx_vaddr_t addr = map(vmo, ZX_VM_PERM_READ, 1);

    EXPECT_OK(zx_vmar_protect(ztest_root_vmar(), 0, addr, PAGE));
    EXPECT_FALSE(can(read_word, addr));
    EXPECT_FALSE(can(write_word, addr));
    paged_unmap(addr, PAGE);
    clone_drop(vmo);
}

CASE(VmoTestCase, NoPermProtect)
{
    zx_handle_t vmo = clone_make(1, 0);
    zx_vaddr_t addr = map(vmo, 0, 1);

    EXPECT_FALSE(can(read_word, addr));
    EXPECT_FALSE(can(write_word, addr));
    EXPECT_OK(zx_vmar_protect(ztest_root_vmar(), ZX_VM_PERM_READ, addr, PAGE));
    EXPECT_TRUE(can(read_word, addr));
    EXPECT_FALSE(can(write_word, addr));
    paged_unmap(addr, PAGE);
    clone_drop(vmo);
}

CASE(VmoTestCase, ResizeHazard)
{
    zx_handle_t vmo = clone_make(2, ZX_VMO_RESIZABLE);
    zx_vaddr_t addr = map(vmo, RW, 2);

    EXPECT_EQ(*(volatile uint64_t *)addr, 0);
    EXPECT_OK(zx_vmo_set_size(vmo, 0));
    EXPECT_FALSE(can(read_word, addr));
    EXPECT_FALSE(can(write_word, addr));
    clone_drop(vmo);
    paged_unmap(addr, 2 * PAGE);
}

/* What is read before anything was written is what is written later, in all mappings. */
CASE(VmoTestCase, ZeroPage)
{
    zx_handle_t vmo = clone_make(4, 0);
    volatile uint64_t *at[3];

    for (unsigned i = 0; i < 3; i++)
        at[i] = (uint64_t *)map(vmo, RW, 4);
    EXPECT_EQ(*at[0], 0);
    *at[1] = 99;
    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQ(*at[i], 99);
    EXPECT_EQ(at[0][PAGE / 8], 0);
    paged_set_word(vmo, 1, 100);
    EXPECT_EQ(at[0][PAGE / 8], 100);
    EXPECT_EQ(at[0][2 * PAGE / 8], 0);
    EXPECT_OK(zx_vmo_op_range(vmo, ZX_VMO_OP_COMMIT, 2 * PAGE, PAGE, NULL, 0));
    paged_set_word(vmo, 2, 100);
    EXPECT_EQ(at[0][2 * PAGE / 8], 100);
    for (unsigned i = 0; i < 3; i++)
        paged_unmap((zx_vaddr_t)at[i], 4 * PAGE);
    clone_drop(vmo);
}

/* ---- names, rights, sizes and children ---- */

static void expect_name(zx_handle_t vmo, const char *name)
{
    char got[ZX_MAX_NAME_LEN];
    unsigned i = 0;

    EXPECT_OK(zx_object_get_property(vmo, ZX_PROP_NAME, got, sizeof(got)));
    while (name[i] && got[i] == name[i])
        i++;
    EXPECT_EQ(got[i], name[i]);
}

CASE(VmoCloneTestCase, NameProperty)
{
    zx_handle_t vmo = clone_make(4, 0), child[2];

    EXPECT_OK(zx_object_set_property(vmo, ZX_PROP_NAME, "test1", 5));
    child[0] = clone_of(vmo, 0, 4);
    expect_name(child[0], "test1");
    ASSERT_OK(zx_handle_replace(vmo, ZX_DEFAULT_VMO_RIGHTS & ~ZX_RIGHTS_PROPERTY, &vmo));
    child[1] = clone_of(vmo, 0, 4);
    expect_name(child[1], "test1");
    clone_drop(vmo);
    clone_drop(child[0]);
    clone_drop(child[1]);
}

CASE(VmoCloneTestCase, Rights)
{
    const zx_rights_t few = ZX_RIGHT_READ | ZX_RIGHT_DUPLICATE;
    zx_handle_t vmo = clone_make(1, 0), less, child;

    EXPECT_OK(zx_object_set_property(vmo, ZX_PROP_NAME, "original", 9));
    ASSERT_OK(zx_handle_duplicate(vmo, few, &less));
    child = clone_of(less, 0, 1);
    EXPECT_OK(zx_handle_close(less));
    EXPECT_OK(zx_object_set_property(child, ZX_PROP_NAME, "clone", 6));
    expect_name(vmo, "original");
    expect_name(child, "clone");
    clone_drop(vmo);
    EXPECT_EQ(ztest_rights(child), few | ZX_RIGHT_WRITE | ZX_RIGHTS_PROPERTY);
    clone_drop(child);
}

CASE(VmoCloneTestCase, SizeAlign)
{
    zx_handle_t vmo = clone_make(0, 0), child;

    for (uint64_t size = 0; size < 4 * PAGE; size += 517) {
        ASSERT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, size, &child));
        EXPECT_EQ(paged_info(child).size_bytes, (size + PAGE - 1) / PAGE * PAGE);
        clone_drop(child);
    }
    clone_drop(vmo);
}

static void expect_children(zx_handle_t vmo, int some)
{
    EXPECT_EQ(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN, 0, NULL),
              some ? ZX_ERR_TIMED_OUT : ZX_OK);
}

static zx_handle_t slice(zx_handle_t vmo, uint64_t first, uint64_t count)
{
    zx_handle_t child = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SLICE, first * PAGE, count * PAGE, &child));
    return child;
}

CASE(VmoSliceTestCase, ZeroChildren)
{
    zx_handle_t vmo = clone_make(1, 0), child;

    expect_children(vmo, 0);
    child = slice(vmo, 0, 1);
    expect_children(vmo, 1);
    clone_drop(child);
    EXPECT_OK(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN, ZX_TIME_INFINITE, NULL));
    clone_drop(vmo);
}

static void decommit_one(int parent)
{
    zx_handle_t vmo = clone_make(1, 0), child;

    paged_set_word(vmo, 0, 42);
    child = slice(vmo, 0, 1);
    EXPECT_EQ(paged_word(child, 0), 42);
    EXPECT_OK(zx_vmo_op_range(parent ? vmo : child, ZX_VMO_OP_DECOMMIT, 0, PAGE, NULL, 0));
    EXPECT_EQ(paged_word(parent ? child : vmo, 0), 0);
    clone_drop(child);
    clone_drop(vmo);
}

CASE(VmoSliceTestCase, DecommitParent)
{
    decommit_one(1);
}

CASE(VmoSliceTestCase, DecommitChild)
{
    decommit_one(0);
}

CASE(VmoSliceTestCase, ZeroSized)
{
    zx_handle_t vmo = clone_make(1, 0), at[2] = {slice(vmo, 0, 0), slice(vmo, 1, 0)};
    char byte = 42;

    for (unsigned i = 0; i < 2; i++) {
        EXPECT_EQ(zx_vmo_read(at[i], &byte, 0, 1), ZX_ERR_OUT_OF_RANGE);
        EXPECT_EQ(zx_vmo_write(at[i], &byte, 0, 1), ZX_ERR_OUT_OF_RANGE);
        clone_drop(at[i]);
    }
    clone_drop(vmo);
}

CASE(VmoSliceTestCase, CowPageSourceThroughSlices)
{
    zx_handle_t vmo = clone_make(1, 0), child, part, inner;

    EXPECT_OK(zx_vmo_op_range(vmo, ZX_VMO_OP_COMMIT, 0, PAGE, NULL, 0));
    child = clone_of(vmo, 0, 1);
    part = slice(child, 0, 1);
    ASSERT_OK(zx_vmo_create_child(part, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE, &inner));
    paged_set_word(inner, 0, 7);
    EXPECT_EQ(paged_word(part, 0), 0);
    EXPECT_EQ(paged_word(vmo, 0), 0);
    clone_drop(inner);
    clone_drop(part);
    clone_drop(child);
    clone_drop(vmo);
}

/* Some of what is zeroed was the clone's own, and is freed; some hides what it shares. */
CASE(VmoZeroTestcase, ZeroFreesAndAllocates)
{
    zx_handle_t vmo = clone_tagged(3), child = clone_of(vmo, 0, 3);

    paged_set_word(child, 0, 7);
    paged_set_word(child, 2, 8);
    EXPECT_EQ(clone_owns(child), 2);
    EXPECT_OK(zx_vmo_op_range(child, ZX_VMO_OP_ZERO, 0, 3 * PAGE, NULL, 0));
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_EQ(paged_word(child, i), 0);
        EXPECT_EQ(paged_word(vmo, i), i + 1);
        paged_set_word(child, i, i + 20);
        EXPECT_EQ(paged_word(child, i), i + 20);
    }
    EXPECT_EQ(clone_owns(vmo), 3);
    clone_drop(child);
    clone_drop(vmo);
}

/* A mapping keeps a clone. */
CASE(VmoSignalTestCase, ChildSignalMap)
{
    zx_handle_t vmo = clone_make(2, 0), child;
    zx_vaddr_t addr;

    for (unsigned i = 0; i < 10; i++) {
        expect_children(vmo, 0);
        child = clone_of(vmo, 0, 1);
        addr = paged_map(child, PAGE);
        expect_children(vmo, 1);
        clone_drop(child);
        expect_children(vmo, 1);
        EXPECT_OK(zx_vmar_unmap(ztest_root_vmar(), addr, PAGE));
    }
    expect_children(vmo, 0);
    clone_drop(vmo);
}
