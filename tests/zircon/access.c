/*
 * access.c - programs' bad pointers, their stacks and their floating point.
 */
#include <stdatomic.h>

#include "tests/zircon/stopped.h"

/* What a program may not touch the kernel does not touch for it. */
static const zx_vaddr_t kernel_address = 0xffffff8000000000ull;

CASE(BadAccessTest, KernelMappedAddressChannelWriteFails)
{
    zx_handle_t a, b;

    ASSERT_OK(zx_channel_create(0, &a, &b));
    EXPECT_EQ(zx_channel_write(a, 0, (void *)kernel_address, 1, NULL, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_channel_write(a, 0, (void *)(kernel_address - 1), 4096, NULL, 0),
              ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CASE(BadAccessTest, NormalMappedAddressChannelWriteSucceeds)
{
    zx_handle_t a, b, vmo;
    zx_vaddr_t at;

    ASSERT_OK(zx_vmo_create(4096, 0, &vmo));
    ASSERT_OK(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, vmo, 0,
                          4096, &at));
    ASSERT_OK(zx_channel_create(0, &a, &b));
    EXPECT_OK(zx_channel_write(a, 0, (void *)at, 4096, NULL, 0));
    EXPECT_OK(zx_vmar_unmap(ztest_root_vmar(), at, 4096));
    EXPECT_OK(zx_handle_close(vmo));
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CASE(BadAccessTest, ChannelReadHandle)
{
    zx_handle_t a, b, event;
    uint32_t bytes, handles;

    ASSERT_OK(zx_channel_create(0, &a, &b));
    ASSERT_OK(zx_event_create(0, &event));
    EXPECT_OK(zx_channel_write(a, 0, NULL, 0, &event, 1));
    EXPECT_EQ(
        zx_channel_read(b, 0, NULL, (zx_handle_t *)kernel_address, 0, 1, &bytes, &handles),
        ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(a));
    EXPECT_OK(zx_handle_close(b));
}

CASE(BadAccessTest, InvalidMappedAddressFails)
{
    static const zx_vaddr_t places[] = {1ull << 47, 0xffffff8000000000ull};
    zx_handle_t vmo;
    zx_vaddr_t at;

    ASSERT_OK(zx_vmo_create(4096, 0, &vmo));
    for (unsigned i = 0; i < 2; i++)
        EXPECT_NE(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ | ZX_VM_SPECIFIC, places[i],
                              vmo, 0, 4096, &at),
                  ZX_OK);
    EXPECT_OK(zx_handle_close(vmo));
}

/* --- stacks: all of one can be used --- */

static void use_stack(void *arg)
{
    volatile unsigned char bytes[ZTEST_STACK / 2];

    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)i;
    *(int *)arg = bytes[77] == 77;
}

CASE(StackTest, ThreadStack)
{
    struct ztest_thread t;
    int good = 0;

    ASSERT_OK(ztest_thread_start(&t, use_stack, &good));
    ztest_thread_join(&t);
    EXPECT_TRUE(good);
}

CASE(StackTest, MainThreadStack)
{
    volatile unsigned char bytes[4096];

    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)i;
    EXPECT_EQ(bytes[77], 77);
}

/* --- several threads compute at once: each has its own registers --- */

enum { COMPUTERS = 4, ROUNDS = 200000 };

struct computer {
    struct ztest_thread thread;
    double start, result;
};

static double compute(double x)
{
    double sum = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        x = x * 1.000001 + 0.5;
        sum += 1.0 / x;
    }
    return sum;
}

static void compute_one(void *arg)
{
    struct computer *c = arg;

    c->result = compute(c->start);
}

CASE(FPUTest, LongComputeLoop)
{
    static struct computer computers[COMPUTERS];

    for (unsigned i = 0; i < COMPUTERS; i++) {
        computers[i].start = 1.25 * (i + 1);
        ASSERT_OK(ztest_thread_start(&computers[i].thread, compute_one, &computers[i]));
    }
    for (unsigned i = 0; i < COMPUTERS; i++) {
        ztest_thread_join(&computers[i].thread);
        EXPECT_TRUE(computers[i].result == compute(computers[i].start));
    }
}

/* --- jobs made and killed while processes are made in them --- */

static _Atomic zx_handle_t race_job;
static atomic_int race_over;

static void make_processes(void *arg)
{
    zx_handle_t process, vmar;
    zx_status_t st;

    (void)arg;
    while (!atomic_load(&race_over)) {
        st = zx_process_create(atomic_load(&race_job), "race", 4, 0, &process, &vmar);
        if (st == ZX_OK) {
            EXPECT_OK(zx_handle_close(process));
            EXPECT_OK(zx_handle_close(vmar));
        } else {
            EXPECT_TRUE(st == ZX_ERR_BAD_HANDLE || st == ZX_ERR_BAD_STATE);
            zx_nanosleep(0);
        }
    }
}

CASE(ProcessTest, CreateAndKillJobRaceStress)
{
    struct ztest_thread makers[2];
    zx_handle_t job;

    atomic_store(&race_over, 0);
    for (unsigned i = 0; i < 2; i++)
        ASSERT_OK(ztest_thread_start(&makers[i], make_processes, NULL));
    for (unsigned i = 0; i < 50; i++) {
        EXPECT_OK(zx_job_create(ztest_job(), 0, &job));
        atomic_store(&race_job, job);
        zx_nanosleep(ztest_after(ZTEST_MSEC(1)));
        EXPECT_OK(zx_task_kill(job));
        EXPECT_OK(zx_handle_close(job));
    }
    atomic_store(&race_over, 1);
    for (unsigned i = 0; i < 2; i++)
        ztest_thread_join(&makers[i]);
}

/* --- handles of a task are not what keeps it alive --- */

CHILD(waits_for_a_word)
{
    zx_signals_t seen;

    zx_object_wait_one(channel, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, &seen);
    return 5;
}

CASE(ProcessTest, ProcessNotKilledViaThreadClose)
{
    struct ztest_child c;

    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "waits_for_a_word"));
    EXPECT_OK(zx_handle_close(c.thread));
    c.thread = ZX_HANDLE_INVALID;
    EXPECT_EQ(
        zx_object_wait_one(c.process, ZX_TASK_TERMINATED, ztest_after(ZTEST_MSEC(1)), NULL),
        ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_object_signal_peer(c.channel, 0, ZX_USER_SIGNAL_0));
    EXPECT_EQ(ztest_child_join(&c), 5);
}

CASE(ProcessTest, ProcessNotKilledViaProcessClose)
{
    struct ztest_child c;
    zx_handle_t copy;

    ASSERT_TRUE(ztest_child_run(&c, ztest_job(), "waits_for_a_word"));
    EXPECT_OK(zx_handle_replace(c.process, ZX_RIGHT_SAME_RIGHTS, &copy));
    EXPECT_EQ(
        zx_object_wait_one(c.thread, ZX_TASK_TERMINATED, ztest_after(ZTEST_MSEC(1)), NULL),
        ZX_ERR_TIMED_OUT);
    c.process = copy;
    EXPECT_OK(zx_object_signal_peer(c.channel, 0, ZX_USER_SIGNAL_0));
    EXPECT_EQ(ztest_child_join(&c), 5);
}

/* Two processes that hold each other: their job ends both. */
CASE(ProcessTest, KillChannelHandleCycle)
{
    struct ztest_child a, b;
    zx_handle_t job, of_a, of_b;

    ASSERT_OK(zx_job_create(ztest_job(), 0, &job));
    ASSERT_TRUE(ztest_child_run(&a, job, "waits_for_a_word"));
    ASSERT_TRUE(ztest_child_run(&b, job, "waits_for_a_word"));
    EXPECT_OK(zx_handle_duplicate(a.process, ZX_RIGHT_SAME_RIGHTS, &of_a));
    EXPECT_OK(zx_handle_duplicate(b.process, ZX_RIGHT_SAME_RIGHTS, &of_b));
    EXPECT_OK(zx_channel_write(a.channel, 0, NULL, 0, &of_b, 1));
    EXPECT_OK(zx_channel_write(b.channel, 0, NULL, 0, &of_a, 1));
    EXPECT_OK(zx_task_kill(job));
    EXPECT_EQ(ztest_child_join(&a), ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_EQ(ztest_child_join(&b), ZX_TASK_RETCODE_SYSCALL_KILL);
    EXPECT_OK(zx_handle_close(job));
}

/* --- what debuggers and dynamic linkers agree on --- */

static zx_status_t set(zx_handle_t process, uint32_t property, uint64_t value)
{
    return zx_object_set_property(process, property, &value, sizeof(value));
}

static uint64_t get(zx_handle_t process, uint32_t property)
{
    uint64_t value = ~0ull;

    EXPECT_OK(zx_object_get_property(process, property, &value, sizeof(value)));
    return value;
}

CASE(ProcessProperties, DebugAddress)
{
    zx_handle_t process, vmar;

    ASSERT_OK(zx_process_create(ztest_job(), "p", 1, 0, &process, &vmar));
    EXPECT_EQ(get(process, ZX_PROP_PROCESS_DEBUG_ADDR), 0);
    EXPECT_EQ(set(process, ZX_PROP_PROCESS_DEBUG_ADDR, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(set(process, ZX_PROP_PROCESS_DEBUG_ADDR, ZX_PROCESS_DEBUG_ADDR_BREAK_ON_SET));
    EXPECT_OK(set(process, ZX_PROP_PROCESS_DEBUG_ADDR, 0x1234));
    EXPECT_EQ(set(process, ZX_PROP_PROCESS_DEBUG_ADDR, 0x5678), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(get(process, ZX_PROP_PROCESS_DEBUG_ADDR), 0x1234);
    EXPECT_OK(set(process, ZX_PROP_PROCESS_BREAK_ON_LOAD, 1));
    EXPECT_EQ(get(process, ZX_PROP_PROCESS_BREAK_ON_LOAD), 1);
    EXPECT_EQ(get(process, ZX_PROP_PROCESS_VDSO_BASE_ADDRESS), 0);
    EXPECT_EQ(set(vmar, ZX_PROP_PROCESS_BREAK_ON_LOAD, 1), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_handle_close(process));
}
