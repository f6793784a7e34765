/*
 * counters.c - the kernel's counters, which programs read where the kernel writes them.
 */
#include "uapi/zircon/counters.h"
#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/memory.h"

enum { COUNTERS_MAX = 256, ROUNDS_MAX = 1000 };

static zx_handle_t names_vmo, rows_vmo;
static struct {
    struct counter_names head;
    struct counter_descriptor counters[COUNTERS_MAX];
} names;
static uint64_t count;
static const volatile int64_t *rows; /* mapped for good */

/* They are told apart by their names, not by their places. */
static void find(const char *name, zx_handle_t *out)
{
    char text[ZX_MAX_NAME_LEN] = "";

    for (uint32_t i = 1; i < 16; i++) {
        zx_handle_t h = startup_handle(PA_HND(PA_VMO_KERNEL_FILE, i));

        if (h && zx_object_get_property(h, ZX_PROP_NAME, text, sizeof(text)) == ZX_OK &&
            strcmp(text, name) == 0)
            *out = h;
    }
}

void ztest_setup(void)
{
    zx_vaddr_t at = 0;
    uint64_t size = 0;

    find(COUNTERS_NAMES_VMO, &names_vmo);
    find(COUNTERS_VMO, &rows_vmo);
    zx_vmo_read(names_vmo, &names.head, 0, sizeof(names.head));
    if (names.head.size <= sizeof(names.counters))
        zx_vmo_read(names_vmo, names.counters, sizeof(names.head), names.head.size);
    count = names.head.size / sizeof(names.counters[0]);
    zx_vmo_get_size(rows_vmo, &size);
    zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ, 0, rows_vmo, 0, size, &at);
    rows = (const volatile int64_t *)at;
}

/* Of all CPUs; -1, and a failure, if there is none of that name. */
static int64_t value(const char *name)
{
    int64_t sum = 0;

    for (uint64_t i = 0; i < count; i++) {
        if (strcmp(names.counters[i].name, name) != 0)
            continue;
        for (uint64_t cpu = 0; cpu < names.head.max_cpus; cpu++)
            sum += rows[cpu * count + i];
        return sum;
    }
    FAIL(name);
    return -1;
}

CASE(Counters, Names)
{
    uint64_t size = 0;

    EXPECT_EQ(names.head.magic, COUNTERS_MAGIC);
    EXPECT_GE(names.head.max_cpus, zx_system_get_num_cpus());
    ASSERT_GT(count, 0);
    ASSERT_TRUE(count <= COUNTERS_MAX);
    EXPECT_EQ(names.head.size % sizeof(names.counters[0]), 0);
    for (uint64_t i = 0; i < count; i++) {
        EXPECT_EQ(names.counters[i].type, COUNTER_TYPE_SUM);
        EXPECT_EQ(names.counters[i].name[sizeof(names.counters[i].name) - 1], 0);
        if (i)
            EXPECT_LT(strcmp(names.counters[i - 1].name, names.counters[i].name), 0);
    }
    EXPECT_OK(zx_vmo_get_size(rows_vmo, &size));
    EXPECT_GE(size, names.head.max_cpus * count * sizeof(rows[0]));
}

/* The program looks, and may no more. */
CASE(Counters, AreTheKernels)
{
    int64_t number = 0;
    zx_vaddr_t at;

    ASSERT_NE((zx_vaddr_t)rows, 0);
    EXPECT_EQ(zx_vmo_write(rows_vmo, &number, 0, sizeof(number)), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_vmo_write(names_vmo, &number, 0, sizeof(number)), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, rows_vmo, 0,
                          PAGE, &at),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_vmo_op_range(rows_vmo, ZX_VMO_OP_DECOMMIT, 0, PAGE, NULL, 0),
              ZX_ERR_ACCESS_DENIED);
}

/* Each message is counted; others may be writing too. */
CASE(Counters, Grow)
{
    int64_t before = value("messages");
    zx_handle_t a, b;

    ASSERT_OK(zx_channel_create(0, &a, &b));
    for (int i = 0; i < 100; i++)
        EXPECT_OK(zx_channel_write(a, 0, NULL, 0, NULL, 0));
    EXPECT_GE(value("messages"), before + 100);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

struct alive {
    int64_t objects, handles, vmos;
};

static struct alive alive(void)
{
    return (struct alive){value("objects"), value("handles"), value("vmos")};
}

/* What ran before this program may still be ending, which disturbs a round; the last counts. */
CASE(Counters, CountWhatIsAlive)
{
    struct alive before, amid, after;
    zx_handle_t h[3];

    for (unsigned round = 0; round < ROUNDS_MAX; round++) {
        before = alive();
        ASSERT_OK(zx_event_create(0, &h[0]));
        ASSERT_OK(zx_handle_duplicate(h[0], ZX_RIGHT_SAME_RIGHTS, &h[1]));
        ASSERT_OK(zx_vmo_create(PAGE, 0, &h[2]));
        amid = alive();
        EXPECT_OK(zx_handle_close_many(h, 3));
        after = alive();
        if (memcmp(&before, &after, sizeof(before)) == 0)
            break;
        zx_nanosleep(ztest_after(ZTEST_MSEC(1)));
    }
    EXPECT_EQ(amid.objects, before.objects + 2);
    EXPECT_EQ(amid.handles, before.handles + 3);
    EXPECT_EQ(amid.vmos, before.vmos + 1);
    EXPECT_EQ(after.objects, before.objects);
    EXPECT_EQ(after.handles, before.handles);
    EXPECT_EQ(after.vmos, before.vmos);
}

CASE(Counters, ThisProcessIsAmongThem)
{
    EXPECT_GT(value("processes"), 0);
    EXPECT_GT(value("tasks"), 0);
}
