/*
 * job_tree.c - a tree of jobs with a thousand processes, whose threads all wait: it is killed
 * at once, and leaves nothing.
 *
 * The processes have no program: their threads begin in the vDSO, in zx_port_wait, with the
 * arguments that they are started with.
 */
#include "tests/zircon/stopped.h"
#include "user/zircon/symbol.h"

enum { PROCESSES = 1000, JOBS = 100, FANOUT = 3 };

static zx_handle_t jobs[JOBS], processes[PROCESSES], threads[2 * PROCESSES], port;

/* Where the vDSO has zx_port_wait, from its byte 0. */
static zx_vaddr_t port_wait_offset(void)
{
    struct dynamic vdso;
    uintptr_t base = 0;

    EXPECT_OK(zx_object_get_property(ztest_process(), ZX_PROP_PROCESS_VDSO_BASE_ADDRESS, &base,
                                     sizeof(base)));
    dynamic_of_image(base, &vdso);
    return symbol_find(base, &vdso, "zx_port_wait") - base;
}

/* Its first thread waits for `port`, by a handle of the process's own; another is made but not
 * started. */
static void grow(unsigned i, zx_vaddr_t entry)
{
    zx_handle_t vmar, own;
    struct image vdso;

    ASSERT_OK(zx_process_create(jobs[i % JOBS], "waits", 5, 0, &processes[i], &vmar));
    EXPECT_OK(load_image(vmar, startup_handle(PA_VMO_VDSO), &vdso));
    EXPECT_OK(zx_handle_close(vmar));
    for (unsigned t = 0; t < 2; t++)
        EXPECT_OK(zx_thread_create(processes[i], "waits", 5, 0, &threads[2 * i + t]));
    EXPECT_OK(zx_handle_duplicate(port, ZX_RIGHT_SAME_RIGHTS, &own));
    EXPECT_OK(zx_process_start(processes[i], threads[2 * i], vdso.base + entry, 0, own,
                               (uintptr_t)ZX_TIME_INFINITE));
}

/* What has to be the same before and after. */
struct census {
    uint32_t port; /* handles */
    zx_info_vmo_t vdso;
    size_t children, processes;
};

static struct census census(void)
{
    struct census c = {0};

    EXPECT_OK(
        zx_object_get_info(port, ZX_INFO_HANDLE_COUNT, &c.port, sizeof(c.port), NULL, NULL));
    EXPECT_OK(zx_object_get_info(startup_handle(PA_VMO_VDSO), ZX_INFO_VMO, &c.vdso,
                                 sizeof(c.vdso), NULL, NULL));
    EXPECT_OK(
        zx_object_get_info(ztest_job(), ZX_INFO_JOB_CHILDREN, NULL, 0, NULL, &c.children));
    EXPECT_OK(
        zx_object_get_info(ztest_job(), ZX_INFO_JOB_PROCESSES, NULL, 0, NULL, &c.processes));
    return c;
}

static void expect_dead(zx_handle_t process)
{
    zx_info_process_t info = {0};

    EXPECT_OK(zx_object_wait_one(process, ZX_PROCESS_TERMINATED, ZX_TIME_INFINITE, NULL));
    EXPECT_OK(zx_object_get_info(process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL));
    EXPECT_TRUE(info.exited);
    EXPECT_EQ(info.return_code, ZX_TASK_RETCODE_SYSCALL_KILL);
}

CASE(JobTree, AThousandProcessesEndAtOnce)
{
    zx_vaddr_t entry = port_wait_offset();
    struct census before, amid, after;

    ASSERT_OK(zx_port_create(0, &port));
    before = census();
    for (unsigned i = 0; i < JOBS; i++)
        ASSERT_OK(zx_job_create(i ? jobs[(i - 1) / FANOUT] : ztest_job(), 0, &jobs[i]));
    for (unsigned i = 0; i < PROCESSES; i++)
        grow(i, entry);
    for (unsigned i = 0; i < PROCESSES; i++)
        wait_state(threads[2 * i], ZX_THREAD_STATE_BLOCKED_PORT);
    amid = census();
    EXPECT_EQ(amid.port, before.port + PROCESSES);
    EXPECT_EQ(amid.vdso.num_mappings, before.vdso.num_mappings + 2 * PROCESSES);
    EXPECT_EQ(amid.children, before.children + 1);

    EXPECT_OK(zx_task_kill(jobs[0]));
    for (unsigned i = 0; i < PROCESSES; i++)
        expect_dead(processes[i]);
    for (unsigned i = 0; i < 2 * PROCESSES; i++)
        EXPECT_EQ(thread_state(threads[i]), ZX_THREAD_STATE_DEAD);
    EXPECT_OK(zx_handle_close_many(threads, 2 * PROCESSES));
    EXPECT_OK(zx_handle_close_many(processes, PROCESSES));
    EXPECT_OK(zx_handle_close_many(jobs, JOBS));
    after = census();
    EXPECT_EQ(after.port, before.port);
    EXPECT_EQ(after.vdso.num_mappings, before.vdso.num_mappings);
    EXPECT_EQ(after.children, before.children);
    EXPECT_EQ(after.processes, before.processes);
    EXPECT_OK(zx_handle_close(port));
}
