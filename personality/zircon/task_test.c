/*
 * task_test.c - memory, jobs, processes and threads as programs make them; the first program;
 * and what ends a call that waits.
 */
#include "personality/zircon/zircon_test.h"

#include "object/elf.h"
#include "uapi/zircon/processargs.h"
#include "uapi/zircon/syscalls/memory.h"
#include "uapi/zircon/syscalls/object.h"
#include "uapi/zircon/syscalls/port.h"

/* Words of the program's memory. */
enum { A = DATA, B = DATA + 8, C = DATA + 16, BUF = DATA + 256, BUF2 = DATA + 1024 };

#define NO_HANDLE 0x10000u /* xor: makes another value of a handle */
#define FOREVER   ((uint64_t)ZX_TIME_INFINITE)

static _Noreturn void exit_with(struct sim_user *u, int64_t code)
{
    ZX(process_exit, (uint64_t)code);
    sim_user_raise(u, HAL_EXC_ILLEGAL); /* not reached: the process has ended */
    __builtin_unreachable();
}

static uint32_t made(struct sim_user *u, int64_t st, user_addr_t at, unsigned line)
{
    note(st, ZX_OK, line);
    return load32(u, at);
}

/* The handle that the call `name` left at `at`. */
#define MADE(at, name, ...) made(u, ZX(name, __VA_ARGS__), at, __LINE__)

static void vmos(struct sim_user *u)
{
    uint32_t vmo, child;

    EXPECT(ZX(vmo_create, PAGE_SIZE, 1, A), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(vmo_create, UINT64_MAX, 0, A), ZX_ERR_OUT_OF_RANGE);
    vmo = MADE(A, vmo_create, 2 * PAGE_SIZE - 5, 0, A);
    EXPECT(ZX(vmo_get_size, vmo, B), ZX_OK);
    EXPECT(sim_user_load64(u, B), 2 * PAGE_SIZE);
    EXPECT(ZX(vmo_set_size, vmo, PAGE_SIZE), ZX_ERR_UNAVAILABLE);
    sim_user_store(u, BUF, "abcd", 4);
    EXPECT(ZX(vmo_write, vmo, BUF, PAGE_SIZE - 2, 4), ZX_OK);
    EXPECT(ZX(vmo_write, vmo, BAD, 0, 4), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(vmo_read, vmo, BUF2, 2 * PAGE_SIZE - 2, 4), ZX_ERR_OUT_OF_RANGE);

    EXPECT(ZX(vmo_create_child, vmo, 0, 0, PAGE_SIZE, A), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(vmo_create_child, vmo, ZX_VMO_CHILD_SNAPSHOT, 5, PAGE_SIZE, A),
           ZX_ERR_INVALID_ARGS);
    child = MADE(A, vmo_create_child, vmo, ZX_VMO_CHILD_SNAPSHOT, 0, 2 * PAGE_SIZE, A);
    EXPECT(ZX(object_wait_one, vmo, ZX_VMO_ZERO_CHILDREN, 0, 0), ZX_ERR_TIMED_OUT);
    EXPECT(ZX(vmo_write, vmo, BUF + 1, PAGE_SIZE - 2, 1), ZX_OK);
    EXPECT(ZX(vmo_read, child, BUF2, PAGE_SIZE - 2, 4), ZX_OK);
    EXPECT(load32(u, BUF2), 0x64636261);
    EXPECT(ZX(handle_close, child), ZX_OK);
    EXPECT(ZX(object_wait_one, vmo, ZX_VMO_ZERO_CHILDREN, 0, 0), ZX_OK);

    sim_user_store(u, BUF, "a name", 7);
    EXPECT(ZX(object_set_property, vmo, ZX_PROP_NAME, BUF, 7), ZX_OK);
    EXPECT(ZX(object_get_property, vmo, ZX_PROP_NAME, BUF2, 31), ZX_ERR_BUFFER_TOO_SMALL);
    EXPECT(ZX(object_get_property, vmo, ZX_PROP_NAME, BUF2, 32), ZX_OK);
    EXPECT(load32(u, BUF2), 0x616e2061);
    exit_with(u, 0);
}

static void test_vmos(void **state)
{
    (void)state;
    assert_int_equal(run(vmos), 0);
}

#define RW (ZX_VM_PERM_READ | ZX_VM_PERM_WRITE)

static void vmars(struct sim_user *u)
{
    uint32_t vmo = MADE(A, vmo_create, PAGE_SIZE, 0, A), region, read_only;
    uint64_t at;

    EXPECT(ZX(vmar_map, root_vmar, RW, 0, vmo, 0, PAGE_SIZE, BAD), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(vmar_map, root_vmar, ZX_VM_PERM_WRITE, 0, vmo, 0, PAGE_SIZE, A),
           ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(vmar_map, root_vmar, RW, PAGE_SIZE, vmo, 0, PAGE_SIZE, A), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(vmar_map, root_vmar, RW | ZX_VM_PERM_EXECUTE, 0, vmo, 0, PAGE_SIZE, A),
           ZX_ERR_ACCESS_DENIED);
    EXPECT(ZX(vmar_map, root_vmar, RW, 0, vmo, 0, PAGE_SIZE, A), ZX_OK);
    at = sim_user_load64(u, A);
    sim_user_store64(u, at, 42);
    EXPECT(ZX(vmo_read, vmo, BUF, 0, 8), ZX_OK);
    EXPECT(sim_user_load64(u, BUF), 42);
    EXPECT(ZX(vmar_protect, root_vmar, ZX_VM_PERM_READ, at, PAGE_SIZE), ZX_OK);
    EXPECT(ZX(vmar_protect, root_vmar, RW | ZX_VM_PERM_EXECUTE, at, PAGE_SIZE),
           ZX_ERR_ACCESS_DENIED);
    EXPECT(ZX(vmar_protect, root_vmar, RW, at + PAGE_SIZE, PAGE_SIZE), ZX_ERR_NOT_FOUND);
    EXPECT(sim_user_load64(u, at), 42);
    EXPECT(ZX(vmar_unmap, root_vmar, at, 0), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(vmar_unmap, root_vmar, at, PAGE_SIZE), ZX_OK);
    EXPECT(ZX(vmo_read, vmo, at, 0, 8), ZX_ERR_INVALID_ARGS); /* nothing is there now */

    EXPECT(ZX(vmar_allocate, root_vmar, RW, 0, PAGE_SIZE, A, B), ZX_ERR_INVALID_ARGS);
    region = MADE(A, vmar_allocate, root_vmar, ZX_VM_CAN_MAP_READ, 0, 2 * PAGE_SIZE, A, B);
    EXPECT(ZX(vmar_map, region, RW, 0, vmo, 0, PAGE_SIZE, C), ZX_ERR_ACCESS_DENIED);
    EXPECT(ZX(vmar_map, region, ZX_VM_PERM_READ | ZX_VM_SPECIFIC, 0, vmo, 0, PAGE_SIZE, C),
           ZX_ERR_ACCESS_DENIED);
    read_only = MADE(C, handle_duplicate, vmo, ZX_RIGHT_READ | ZX_RIGHT_MAP, C);
    EXPECT(ZX(vmar_map, root_vmar, RW, 0, read_only, 0, PAGE_SIZE, C), ZX_ERR_ACCESS_DENIED);
    EXPECT(ZX(vmar_map, region, ZX_VM_PERM_READ, 0, read_only, 0, PAGE_SIZE, C), ZX_OK);
    EXPECT(ZX(object_get_info, region, ZX_INFO_VMAR, BUF, 16, 0, 0), ZX_OK);
    EXPECT(sim_user_load64(u, BUF), sim_user_load64(u, B));
    EXPECT(ZX(vmar_destroy, region), ZX_OK);
    EXPECT(ZX(vmar_destroy, region), ZX_ERR_BAD_STATE);
    EXPECT(ZX(vmar_map, region, ZX_VM_PERM_READ, 0, vmo, 0, PAGE_SIZE, C), ZX_ERR_BAD_STATE);
    EXPECT(ZX(vmar_destroy, root_vmar), ZX_ERR_NOT_SUPPORTED);
    exit_with(u, 0);
}

static void test_vmars(void **state)
{
    (void)state;
    assert_int_equal(run(vmars), 0);
}

/* The vDSO cannot be taken away, changed, or had twice. */
static void vdso_is_fixed(struct sim_user *u)
{
    uint64_t base, code;
    uint32_t vdso;

    EXPECT(ZX(object_get_property, self, ZX_PROP_PROCESS_VDSO_BASE_ADDRESS, A, 8), ZX_OK);
    base = sim_user_load64(u, A);
    code = base + code_offset;
    EXPECT(ZX(vmar_unmap, root_vmar, code, PAGE_SIZE),
           ZX_ERR_INVALID_ARGS); /* cuts its region */
    EXPECT(ZX(vmar_unmap, root_vmar, base, code_offset + code_size), ZX_ERR_ACCESS_DENIED);
    EXPECT(ZX(vmar_protect, root_vmar, ZX_VM_PERM_READ, code, PAGE_SIZE), ZX_ERR_INVALID_ARGS);
    vdso = load32(u, DATA + 128); /* put there by the test */
    EXPECT(ZX(vmar_map, root_vmar, ZX_VM_PERM_READ | ZX_VM_PERM_EXECUTE, 0, vdso, code_offset,
              code_size, A),
           ZX_ERR_ACCESS_DENIED);
    exit_with(u, 0);
}

/* --- processes --- */

/* Signals the event that comes by the channel which is its first argument. */
static void child(struct sim_user *u)
{
    uint32_t channel = (uint32_t)sim_user_regs(u)->rdi;
    user_addr_t memory = sim_user_regs(u)->rsi;

    ZX(object_wait_one, channel, ZX_CHANNEL_READABLE, FOREVER, 0);
    ZX(channel_read, channel, 0, 0, memory, 0, 1, 0, 0);
    ZX(object_signal, load32(u, memory), 0, ZX_EVENT_SIGNALED);
    exit_with(u, 42);
}

static void expect_process(struct sim_user *u, uint32_t p, int64_t code, unsigned flags)
{
    EXPECT(ZX(object_get_info, p, ZX_INFO_PROCESS, BUF, 15, A, B), ZX_ERR_BUFFER_TOO_SMALL);
    EXPECT(sim_user_load64(u, A), 0);
    EXPECT(sim_user_load64(u, B), 1);
    EXPECT(ZX(object_get_info, p, ZX_INFO_PROCESS, BUF, 16, 0, 0), ZX_OK);
    EXPECT(sim_user_load64(u, BUF), code);
    EXPECT(load32(u, BUF + 8), flags); /* started, exited << 8 */
}

/* The vDSO and a page of memory into the process; where they are. */
static void furnish(struct sim_user *u, uint32_t vmar, uint64_t *vdso, uint64_t *memory)
{
    uint32_t vmo = MADE(A, vmo_create, PAGE_SIZE, 0, A);
    const uint64_t rx = ZX_VM_PERM_READ | ZX_VM_PERM_EXECUTE;

    EXPECT(ZX(vmar_map, vmar, RW, 0, vmo, 0, PAGE_SIZE, A), ZX_OK);
    *memory = sim_user_load64(u, A);
    EXPECT(
        ZX(vmar_map, vmar, rx, 0, load32(u, DATA + 128), code_offset, code_size + PAGE_SIZE, A),
        ZX_ERR_ACCESS_DENIED);
    EXPECT(ZX(vmar_map, vmar, rx, 0, load32(u, DATA + 128), code_offset, code_size, A), ZX_OK);
    *vdso = sim_user_load64(u, A) - code_offset;
}

static void parent(struct sim_user *u)
{
    uint32_t job = MADE(A, job_create, root_job, 0, A), p, vmar, t, event, port, ours;
    uint64_t vdso, memory;

    EXPECT(ZX(process_create, job, BUF, 4, 1, A, B), ZX_ERR_INVALID_ARGS);
    p = MADE(A, process_create, job, BUF, 4, 0, A, B);
    vmar = load32(u, B);
    expect_process(u, p, 0, 0);
    furnish(u, vmar, &vdso, &memory);
    t = MADE(A, thread_create, p, BUF, 4, 0, A);
    EXPECT(ZX(thread_start, t, 1, 1, 0, 0), ZX_ERR_BAD_STATE); /* not the first */
    EXPECT(ZX(channel_create, 0, A, B), ZX_OK);
    ours = load32(u, A);
    EXPECT(ZX(process_start, self, t, text_pc(vdso, 1), 0, 0, 0), ZX_ERR_ACCESS_DENIED);
    EXPECT(ZX(process_start, p, t, UINT64_MAX, 0, 0, 0), ZX_ERR_INVALID_ARGS);
    EXPECT(ZX(process_start, p, t, text_pc(vdso, 1), 0, load32(u, B), memory), ZX_OK);
    EXPECT(ZX(process_start, p, t, text_pc(vdso, 1), 0, 0, 0), ZX_ERR_BAD_STATE);

    event = MADE(A, event_create, 0, A);
    port = MADE(A, port_create, 0, A);
    EXPECT(ZX(object_wait_async, p, port, 9, ZX_PROCESS_TERMINATED, 0), ZX_OK);
    EXPECT(ZX(handle_duplicate, event, ZX_RIGHT_SAME_RIGHTS, C), ZX_OK);
    EXPECT(ZX(channel_write, ours, 0, 0, 0, C, 1), ZX_OK);
    EXPECT(ZX(object_wait_one, event, ZX_EVENT_SIGNALED, FOREVER, 0), ZX_OK);
    EXPECT(ZX(port_wait, port, FOREVER, BUF), ZX_OK);
    EXPECT(sim_user_load64(u, BUF), 9);
    expect_process(u, p, 42, 0x101);
    EXPECT(ZX(object_wait_one, job, ZX_JOB_NO_PROCESSES, FOREVER, 0), ZX_OK);
    EXPECT(ZX(process_create, job, BUF, 4, 0, A, B), ZX_OK);
    EXPECT(ZX(task_kill, load32(u, A)), ZX_OK);
    EXPECT(ZX(object_wait_one, load32(u, A), ZX_PROCESS_TERMINATED, FOREVER, 0), ZX_OK);
    EXPECT(ZX(task_kill, t), ZX_OK);
    EXPECT(ZX(task_kill, event), ZX_ERR_ACCESS_DENIED);
    EXPECT(ZX(task_kill, job), ZX_OK);
    EXPECT(ZX(process_create, job, BUF, 4, 0, A, B), ZX_ERR_BAD_STATE);
    exit_with(u, 0);
}

/* Runs `program` with a handle to the vDSO's VMO at DATA + 128. */
static void run_with_vdso(sim_program *program)
{
    struct thread *t;
    handle_t vdso;
    struct user_access ua;

    set_text(0, program);
    make_process();
    vdso = give(&vdso_vmo()->object, VDSO_RIGHTS);
    ua = (struct user_access){.aspace = process->aspace};
    assert_int_equal(copy_to_user(&ua, DATA + 128, &vdso, sizeof(vdso)), OK);
    t = start_thread();
    run_to_end();
    if (failed_line)
        fail_msg("line %u: got %lld", failed_line, (long long)failed_got);
    assert_int_equal(process->return_code, 0);
    object_put(&t->object);
    object_put(&process->object);
}

static void test_a_child_process(void **state)
{
    (void)state;
    set_text(1, child);
    run_with_vdso(parent);
}

static void test_the_vdso_is_fixed(void **state)
{
    (void)state;
    run_with_vdso(vdso_is_fixed);
}

static void nested_jobs(struct sim_user *u)
{
    uint32_t job = root_job;

    for (unsigned i = 0; i < 32; i++)
        job = MADE(A, job_create, job, 0, A);
    EXPECT(ZX(job_create, job, 0, A), ZX_ERR_OUT_OF_RANGE);
    EXPECT(ZX(object_get_info, job, ZX_INFO_JOB, BUF, 16, 0, 0), ZX_OK);
    EXPECT(ZX(object_get_info, job, ZX_INFO_PROCESS, BUF, 16, 0, 0), ZX_ERR_WRONG_TYPE);
    EXPECT(ZX(object_get_info, job, 99, BUF, 16, 0, 0), ZX_ERR_NOT_SUPPORTED);
    EXPECT(ZX(object_get_info, 0, ZX_INFO_HANDLE_VALID, 0, 0, 0, 0), ZX_ERR_BAD_HANDLE);
    EXPECT(ZX(object_get_info, self, ZX_INFO_HANDLE_BASIC, BUF, 32, 0, 0), ZX_OK);
    EXPECT(load32(u, BUF + 12), ZX_OBJ_TYPE_PROCESS);
    EXPECT(sim_user_load64(u, BUF + 16), job_root()->object.koid);
    exit_with(u, 0);
}

static void test_jobs_and_info(void **state)
{
    (void)state;
    assert_int_equal(run(nested_jobs), 0);
}

/* --- what ends a wait --- */

static void waits_for_ever(struct sim_user *u)
{
    uint32_t event = MADE(A, event_create, 0, A);

    EXPECT(ZX(object_wait_one, event, ZX_EVENT_SIGNALED, FOREVER, B), ZX_ERR_CANCELED);
    EXPECT(load32(u, B), ZX_SIGNAL_HANDLE_CLOSED);
    store32(u, C, 1);
    store32(u, BUF, MADE(A, event_create, 0, A));
    store32(u, BUF + 4, ZX_EVENT_SIGNALED);
    ZX(object_wait_many, BUF, 1, FOREVER);
    exit_with(u, 1);
}

/* The second thread: closes the first's event, then ends the process under its second wait. */
static void ender(struct sim_user *u)
{
    EXPECT(ZX(nanosleep, (uint64_t)ZX(clock_get_monotonic_via_kernel, 0) + 100), ZX_OK);
    EXPECT(ZX(handle_close, load32(u, A)), ZX_OK);
    EXPECT(ZX(nanosleep, (uint64_t)ZX(clock_get_monotonic_via_kernel, 0) + 100), ZX_OK);
    EXPECT(load32(u, C), 1);
    exit_with(u, 5);
}

static void two_threads(struct sim_user *u)
{
    uint32_t t = MADE(A, thread_create, self, BUF, 0, 0, A);

    EXPECT(ZX(thread_start, t, text_pc(vdso_base(process), 2), 0, 0, 0), ZX_OK);
    EXPECT(ZX(thread_start, t, text_pc(vdso_base(process), 2), 0, 0, 0), ZX_ERR_BAD_STATE);
    waits_for_ever(u);
}

static void test_close_and_kill_end_waits(void **state)
{
    (void)state;
    set_text(2, ender);
    assert_int_equal(run(two_threads), 5);
}

static void last_thread(struct sim_user *u)
{
    ZX(thread_exit, 0);
    exit_with(u, 1);
}

static void test_the_last_thread_ends_the_process(void **state)
{
    (void)state;
    assert_int_equal(run(last_thread), 0);
}

static void suspended(struct sim_user *u)
{
    uint64_t start = (uint64_t)ZX(clock_get_monotonic_via_kernel, 0);

    EXPECT(ZX(nanosleep, start + 1000), ZX_OK);
    EXPECT(ZX(clock_get_monotonic_via_kernel, 0), start + 1000);
    exit_with(u, 0);
}

/* A call that something interrupts is made again, to the same deadline. */
static void test_interrupted_calls_start_again(void **state)
{
    struct thread *t;

    (void)state;
    set_text(0, suspended);
    make_process();
    t = start_thread();
    settle();
    sim_advance(400);
    task_interrupt(&t->task, TASK_SUSPEND);
    run_to_end();
    assert_int_equal(failed_line, 0);
    assert_int_equal(process->return_code, 0);
    object_put(&t->object);
    object_put(&process->object);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_zircon, teardown_zircon)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_vmos),
        TEST(test_vmars),
        TEST(test_a_child_process),
        TEST(test_the_vdso_is_fixed),
        TEST(test_jobs_and_info),
        TEST(test_close_and_kill_end_waits),
        TEST(test_the_last_thread_ends_the_process),
        TEST(test_interrupted_calls_start_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
