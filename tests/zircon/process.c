/*
 * process.c - processes: started, suspended, killed, looked into.
 */
#include "tests/zircon/registers.h"

enum { THREADS_MAX = 3 };

/* A process of `count` threads that run without end. */
struct spinner {
    struct ztest_child c;
    zx_vaddr_t text; /* of spin.S, in the process */
    zx_handle_t threads[THREADS_MAX];
    unsigned count;
};

/* A copy: what the process loads need not be this very program (runtime_linux.c). */
static zx_vaddr_t map_text(zx_handle_t vmar)
{
    size_t size = (size_t)(spin_text_end - spin_text);
    zx_vaddr_t at = 0;
    zx_handle_t vmo;

    EXPECT_OK(zx_vmo_create(PAGE, 0, &vmo));
    EXPECT_OK(zx_vmo_write(vmo, spin_text, 0, size));
    EXPECT_OK(zx_vmo_replace_as_executable(vmo, ZX_HANDLE_INVALID, &vmo));
    EXPECT_OK(zx_vmar_map(vmar, ZX_VM_PERM_READ | ZX_VM_PERM_EXECUTE, 0, vmo, 0, PAGE, &at));
    EXPECT_OK(zx_handle_close(vmo));
    return at;
}

static void make_process(struct spinner *s)
{
    *s = (struct spinner){0};
    EXPECT_OK(ztest_child_create(&s->c, ztest_job(), "spinner"));
    s->text = map_text(s->c.vmar);
}

static zx_vaddr_t in_process(const struct spinner *s, const void *place)
{
    return s->text + ((zx_vaddr_t)place - (zx_vaddr_t)spin_text);
}

static void make_threads(struct spinner *s, unsigned count)
{
    s->threads[s->count++] = s->c.thread;
    while (s->count < count)
        EXPECT_OK(zx_thread_create(s->c.process, "t", 1, 0, &s->threads[s->count++]));
}

static void start(struct spinner *s)
{
    zx_vaddr_t at = in_process(s, spin_address);

    EXPECT_OK(
        zx_process_start(s->c.process, s->threads[0], at, s->c.stack + ZTEST_STACK, 0, 0));
    for (unsigned i = 1; i < s->count; i++)
        EXPECT_OK(zx_thread_start(s->threads[i], at, s->c.stack + ZTEST_STACK, 0, 0));
}

static void run(struct spinner *s, unsigned count)
{
    make_process(s);
    make_threads(s, count);
    start(s);
}

static void stop(struct spinner *s)
{
    EXPECT_OK(zx_task_kill(s->c.process));
    for (unsigned i = 1; i < s->count; i++)
        EXPECT_OK(zx_handle_close(s->threads[i]));
    EXPECT_EQ(ztest_child_join(&s->c), ZX_TASK_RETCODE_SYSCALL_KILL);
}

static void all(struct spinner *s, zx_signals_t signal)
{
    for (unsigned i = 0; i < s->count; i++)
        wait_signal(s->threads[i], signal);
}

static void expect_suspended(struct spinner *s)
{
    EXPECT_EQ(
        zx_object_wait_one(s->threads[0], ZX_THREAD_RUNNING, ztest_after(ZTEST_MSEC(5)), NULL),
        ZX_ERR_TIMED_OUT);
}

CASE(ProcessTest, LongNameSucceeds)
{
    static const char text[] = "0123456789012345678901234567890123456789";
    char name[ZX_MAX_NAME_LEN], cut[ZX_MAX_NAME_LEN] = {0};
    zx_handle_t process, vmar;

    memcpy(cut, text, sizeof(cut) - 1);
    ASSERT_OK(zx_process_create(ztest_job(), text, sizeof(text), 0, &process, &vmar));
    EXPECT_OK(zx_object_get_property(process, ZX_PROP_NAME, name, sizeof(name)));
    EXPECT_EQ(strcmp(name, cut), 0);
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_handle_close(process));
}

CASE(ProcessTest, EmptyNameSucceeds)
{
    char name[ZX_MAX_NAME_LEN] = "something";
    zx_handle_t process, vmar;

    ASSERT_OK(zx_process_create(ztest_job(), "", 0, 0, &process, &vmar));
    EXPECT_OK(zx_object_get_property(process, ZX_PROP_NAME, name, sizeof(name)));
    EXPECT_EQ(strlen(name), 0);
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_handle_close(process));
}

CASE(ProcessTest, ProcessStartFail)
{
    zx_handle_t event, thread;
    struct spinner s;

    run(&s, 1);
    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(zx_thread_create(s.c.process, "t", 1, 0, &thread));
    EXPECT_EQ(zx_process_start(s.c.process, thread, 0, 0, event, 0), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_handle_close(event), ZX_ERR_BAD_HANDLE);
    EXPECT_OK(zx_handle_close(thread));
    stop(&s);
}

CASE(ProcessTest, InfoReflectsProcessState)
{
    zx_info_process_t info;
    struct spinner s;

    make_process(&s);
    make_threads(&s, 1);
    EXPECT_OK(
        zx_object_get_info(s.c.process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL));
    EXPECT_FALSE(info.started);
    EXPECT_FALSE(info.exited);
    EXPECT_EQ(info.return_code, 0);
    start(&s);
    EXPECT_OK(
        zx_object_get_info(s.c.process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL));
    EXPECT_TRUE(info.started);
    EXPECT_FALSE(info.exited);
    EXPECT_OK(zx_task_kill(s.c.process));
    wait_signal(s.c.process, ZX_TASK_TERMINATED);
    EXPECT_OK(
        zx_object_get_info(s.c.process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL));
    EXPECT_TRUE(info.started);
    EXPECT_TRUE(info.exited);
    EXPECT_EQ(info.return_code, ZX_TASK_RETCODE_SYSCALL_KILL);
    stop(&s);
}

CASE(ProcessTest, KillProcessViaThreadKill)
{
    struct spinner s;

    run(&s, 1);
    EXPECT_OK(zx_task_kill(s.threads[0]));
    EXPECT_EQ(ztest_child_join(&s.c), 0);
}

CASE(ProcessTest, Suspend)
{
    struct spinner s;
    zx_handle_t token;

    run(&s, 1);
    token = suspend(s.c.process);
    all(&s, ZX_THREAD_SUSPENDED);
    EXPECT_OK(zx_handle_close(token));
    all(&s, ZX_THREAD_RUNNING);
    stop(&s);
}

CASE(ProcessTest, SuspendSelf)
{
    zx_handle_t token;

    EXPECT_EQ(zx_task_suspend(ztest_process(), &token), ZX_ERR_NOT_SUPPORTED);
}

CASE(ProcessTest, SuspendMultipleThreads)
{
    struct spinner s;
    zx_handle_t token;

    run(&s, 3);
    token = suspend(s.c.process);
    all(&s, ZX_THREAD_SUSPENDED);
    EXPECT_OK(zx_handle_close(token));
    all(&s, ZX_THREAD_RUNNING);
    stop(&s);
}

CASE(ProcessTest, SuspendBeforeCreatingThreads)
{
    struct spinner s;
    zx_handle_t token;

    make_process(&s);
    token = suspend(s.c.process);
    make_threads(&s, 2);
    start(&s);
    all(&s, ZX_THREAD_SUSPENDED);
    EXPECT_OK(zx_handle_close(token));
    all(&s, ZX_THREAD_RUNNING);
    stop(&s);
}

CASE(ProcessTest, SuspendBeforeStartingThreads)
{
    struct spinner s;
    zx_handle_t token;

    make_process(&s);
    make_threads(&s, 1);
    token = suspend(s.c.process);
    start(&s);
    all(&s, ZX_THREAD_SUSPENDED);
    EXPECT_OK(zx_handle_close(token));
    all(&s, ZX_THREAD_RUNNING);
    stop(&s);
}

/* Two tokens of one thread, by it or its process: it runs when both are gone. */
static void suspend_by_two(zx_handle_t first, zx_handle_t second, struct spinner *s)
{
    zx_handle_t one = suspend(first), two;

    all(s, ZX_THREAD_SUSPENDED);
    two = suspend(second);
    EXPECT_OK(zx_handle_close(one));
    expect_suspended(s);
    EXPECT_OK(zx_handle_close(two));
    all(s, ZX_THREAD_RUNNING);
}

CASE(ProcessTest, SuspendProcessThenThread)
{
    struct spinner s;

    run(&s, 1);
    suspend_by_two(s.c.process, s.threads[0], &s);
    stop(&s);
}

CASE(ProcessTest, SuspendThreadThenProcess)
{
    struct spinner s;

    run(&s, 1);
    suspend_by_two(s.threads[0], s.c.process, &s);
    stop(&s);
}

CASE(ProcessTest, SuspendTwice)
{
    struct spinner s;

    run(&s, 1);
    suspend_by_two(s.c.process, s.c.process, &s);
    stop(&s);
}

CASE(ProcessTest, SuspendThreadAndProcessBeforeStartingProcess)
{
    zx_handle_t one, two;
    struct spinner s;

    make_process(&s);
    one = suspend(s.c.process);
    make_threads(&s, 1);
    two = suspend(s.threads[0]);
    start(&s);
    all(&s, ZX_THREAD_SUSPENDED);
    EXPECT_OK(zx_handle_close(one));
    expect_suspended(&s);
    EXPECT_OK(zx_handle_close(two));
    all(&s, ZX_THREAD_RUNNING);
    stop(&s);
}

CASE(ProcessTest, SuspendTwiceBeforeCreatingThreads)
{
    zx_handle_t one, two;
    struct spinner s;

    make_process(&s);
    one = suspend(s.c.process);
    two = suspend(s.c.process);
    make_threads(&s, 1);
    start(&s);
    all(&s, ZX_THREAD_SUSPENDED);
    EXPECT_OK(zx_handle_close(one));
    expect_suspended(&s);
    EXPECT_OK(zx_handle_close(two));
    all(&s, ZX_THREAD_RUNNING);
    stop(&s);
}

CASE(ProcessTest, SuspendWithDyingThread)
{
    struct spinner s;
    zx_handle_t token;

    run(&s, 3);
    EXPECT_OK(zx_task_kill(s.threads[0]));
    token = suspend(s.c.process);
    wait_signal(s.threads[1], ZX_THREAD_SUSPENDED);
    wait_signal(s.threads[2], ZX_THREAD_SUSPENDED);
    EXPECT_OK(zx_handle_close(token));
    wait_signal(s.threads[1], ZX_THREAD_RUNNING);
    wait_signal(s.threads[2], ZX_THREAD_RUNNING);
    stop(&s);
}

/* A thread that is suspended before it starts has the base that it is given then: it finds a
 * word there, and copies it beside. */
CASE(ProcessTest, ProcessStartWriteThreadState)
{
    const struct machine_registers *m = &machine_registers;
    const uint64_t word = 0x5a5a1234;
    uint64_t copy = 0;
    union general_regs regs;
    zx_handle_t token, vmo;
    struct spinner s;
    zx_vaddr_t at;

    make_process(&s);
    make_threads(&s, 1);
    token = suspend(s.threads[0]);
    start(&s);
    ASSERT_OK(zx_vmo_create(4096, 0, &vmo));
    EXPECT_OK(zx_vmo_write(vmo, &word, 0, sizeof(word)));
    EXPECT_OK(zx_vmar_map(s.c.vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, vmo, 0, 4096, &at));
    wait_signal(s.threads[0], ZX_THREAD_SUSPENDED);
    EXPECT_OK(zx_thread_read_state(s.threads[0], ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size));
    EXPECT_EQ(regs.word[m->own], 0);
    regs.word[m->own] = at;
    regs.word[m->pc] = in_process(&s, (const void *)swap_thread_words);
    regs.word[m->arg0] = at + sizeof(word);
    regs.word[m->arg1] = 0;
    EXPECT_OK(
        zx_thread_write_state(s.threads[0], ZX_THREAD_STATE_GENERAL_REGS, &regs, m->size));
    EXPECT_OK(zx_handle_close(token));
    while (copy == 0)
        ASSERT_OK(zx_vmo_read(vmo, &copy, sizeof(word), sizeof(copy)));
    EXPECT_EQ(copy, word);
    EXPECT_OK(zx_handle_close(vmo));
    stop(&s);
}

/* --- memory of a process --- */

enum { DATA_SIZE = 3 * 4096 };

static uint32_t xorshift(uint32_t x)
{
    x ^= x << 13;
    x ^= x >> 17;
    return x ^ x << 5;
}

static void fill(uint32_t *words)
{
    uint32_t x = 1;

    for (unsigned i = 0; i < DATA_SIZE / 4; i++)
        words[i] = x = xorshift(x);
}

static int is_filled(const uint32_t *words)
{
    uint32_t x = 1;

    for (unsigned i = 0; i < DATA_SIZE / 4; i++) {
        x = xorshift(x);
        if (words[i] != x)
            return 0;
    }
    return 1;
}

static uint32_t buffer[DATA_SIZE / 4];

/* A region twice as large as the VMO that is mapped at its beginning. */
struct region {
    zx_handle_t vmo, vmar;
    zx_vaddr_t at, base;
};

static void make_region(struct region *r)
{
    EXPECT_OK(zx_vmo_create(DATA_SIZE, 0, &r->vmo));
    EXPECT_OK(zx_vmar_allocate(
        ztest_root_vmar(), ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE | ZX_VM_CAN_MAP_SPECIFIC, 0,
        2 * DATA_SIZE, &r->vmar, &r->base));
    EXPECT_OK(zx_vmar_map(r->vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_SPECIFIC, 0,
                          r->vmo, 0, DATA_SIZE, &r->at));
}

static void end_region(struct region *r)
{
    EXPECT_OK(zx_vmar_destroy(r->vmar));
    EXPECT_OK(zx_handle_close(r->vmar));
    EXPECT_OK(zx_handle_close(r->vmo));
}

CASE(ProcessDebugUtilsTest, XorShiftIsOk)
{
    EXPECT_EQ(xorshift(1), 270369);
    EXPECT_EQ(xorshift(270369), 67634689);
}

CASE(ProcessDebugTest, ReadMemoryAtOffsetIsOk)
{
    struct region r;
    size_t actual = 0;

    make_region(&r);
    fill(buffer);
    EXPECT_OK(zx_vmo_write(r.vmo, buffer, 0, DATA_SIZE));
    memset(buffer, 0, sizeof(buffer));
    EXPECT_OK(zx_process_read_memory(ztest_process(), r.at, buffer, DATA_SIZE, &actual));
    EXPECT_EQ(actual, DATA_SIZE);
    EXPECT_TRUE(is_filled(buffer));
    /* Up to the end of the mapping. */
    EXPECT_OK(
        zx_process_read_memory(ztest_process(), r.at + 4096 + 8, buffer, DATA_SIZE, &actual));
    EXPECT_EQ(actual, DATA_SIZE - 4096 - 8);
    end_region(&r);
}

CASE(ProcessDebugTest, WriteMemoryAtOffsetIsOk)
{
    struct region r;
    size_t actual = 0;

    make_region(&r);
    fill(buffer);
    EXPECT_OK(zx_process_write_memory(ztest_process(), r.at, buffer, DATA_SIZE, &actual));
    EXPECT_EQ(actual, DATA_SIZE);
    memset(buffer, 0, sizeof(buffer));
    EXPECT_OK(zx_vmo_read(r.vmo, buffer, 0, DATA_SIZE));
    EXPECT_TRUE(is_filled(buffer));
    end_region(&r);
}

CASE(ProcessDebugTest, ReadMemoryAtInvalidOffsetReturnsErrorNoMemory)
{
    struct region r;
    size_t actual;

    make_region(&r);
    EXPECT_EQ(zx_process_read_memory(ztest_process(), 0, buffer, 64, &actual),
              ZX_ERR_NO_MEMORY);
    EXPECT_EQ(zx_process_read_memory(ztest_process(), r.base + DATA_SIZE, buffer, 64, &actual),
              ZX_ERR_NO_MEMORY);
    EXPECT_EQ(zx_process_read_memory(ztest_process(), r.base, buffer, 0, &actual),
              ZX_ERR_INVALID_ARGS);
    end_region(&r);
}

CASE(ProcessDebugTest, WriteAtInvalidOffsetReturnsErrorNoMemory)
{
    struct region r;
    size_t actual;

    make_region(&r);
    EXPECT_EQ(zx_process_write_memory(ztest_process(), 0, buffer, 64, &actual),
              ZX_ERR_NO_MEMORY);
    EXPECT_EQ(zx_process_write_memory(ztest_process(), r.base + DATA_SIZE, buffer, 64, &actual),
              ZX_ERR_NO_MEMORY);
    end_region(&r);
}

CASE(ProcessDebugVDSO, WriteToVdsoAddressReturnsAccessDenied)
{
    zx_vaddr_t base;
    size_t actual;

    ASSERT_OK(zx_object_get_property(ztest_process(), ZX_PROP_PROCESS_VDSO_BASE_ADDRESS, &base,
                                     sizeof(base)));
    for (unsigned at = 0; at < 4096; at += 512)
        EXPECT_EQ(zx_process_write_memory(ztest_process(), base + at, buffer, 64, &actual),
                  ZX_ERR_ACCESS_DENIED);
}

CASE(ProcessDebugTest, RightsAreChecked)
{
    zx_handle_t less = ztest_without(ztest_process(), ZX_RIGHT_WRITE);
    size_t actual;

    EXPECT_EQ(zx_process_write_memory(less, 0, buffer, 64, &actual), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_process_read_memory(less, 0, buffer, 64, &actual), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(less));
}

/* --- a job tree --- */

enum { JOBS = 10, PROCESSES = 20 };

CHILD(blocks)
{
    return zx_object_wait_one(channel, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, NULL);
}

/* A job that is killed takes with it all processes below, whose threads wait. */
CASE(JobTree, KilledWhole)
{
    static struct ztest_child children[PROCESSES];
    zx_handle_t top, jobs[JOBS];

    ASSERT_OK(zx_job_create(ztest_job(), 0, &top));
    for (unsigned i = 0; i < JOBS; i++)
        ASSERT_OK(zx_job_create(i ? jobs[i - 1] : top, 0, &jobs[i]));
    for (unsigned i = 0; i < PROCESSES; i++)
        ASSERT_TRUE(ztest_child_run(&children[i], jobs[i % JOBS], "blocks"));
    for (unsigned i = 0; i < PROCESSES; i++)
        wait_state(children[i].thread, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    EXPECT_OK(zx_task_kill(top));
    for (unsigned i = 0; i < PROCESSES; i++)
        EXPECT_EQ(ztest_child_join(&children[i]), ZX_TASK_RETCODE_SYSCALL_KILL);
    for (unsigned i = 0; i < JOBS; i++)
        EXPECT_OK(zx_handle_close(jobs[i]));
    EXPECT_OK(zx_handle_close(top));
}

CASE(ProcessTest, GetTaskRuntime)
{
    zx_info_task_runtime_t info;
    struct spinner s;

    make_process(&s);
    make_threads(&s, 1);
    info = ztest_runtime(s.c.process);
    EXPECT_EQ(info.cpu_time, 0);
    EXPECT_EQ(info.queue_time, 0);
    start(&s);
    do
        info = ztest_runtime(s.c.process);
    while (info.cpu_time == 0 || info.queue_time == 0);
    EXPECT_OK(zx_task_kill(s.c.process));
    wait_signal(s.c.process, ZX_PROCESS_TERMINATED);
    EXPECT_GE(ztest_runtime(s.c.process).cpu_time, info.cpu_time);
    EXPECT_GE(ztest_runtime(s.c.process).queue_time, info.queue_time);
    stop(&s);
}
