/*
 * errors.c - documented errors that no other case comes to: options, sizes and states of calls.
 * errors.tsv has those of each call, errors.py tells which are met.
 */
#include "tests/zircon/clones.h"
#include "tests/zircon/registers.h"
#include "uapi/zircon/syscalls/clock.h"
#include "uapi/zircon/syscalls/memory.h"
#include "uapi/zircon/syscalls/policy.h"
#include "uapi/zircon/syscalls/resource.h"
#include "uapi/zircon/syscalls/stream.h"
#include "uapi/zircon/syscalls/system.h"

static const zx_vaddr_t kernel_address = 0xffffff8000000000ull;

static zx_handle_t resource(uint32_t kind, uint64_t base, uint64_t size)
{
    zx_handle_t h = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_resource_create(ztest_root_resource(), kind, base, size, "test", 4, &h));
    return h;
}

CASE(Errors, OptionsThatAreNone)
{
    zx_handle_t h, other;

    EXPECT_EQ(zx_event_create(1, &h), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_port_create(2, &h), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_vmo_create(PAGE, 1u << 31, &h), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_thread_create(ztest_process(), "t", 1, 1, &h), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_process_create(ztest_job(), "p", 1, 2, &h, &other), ZX_ERR_INVALID_ARGS);
}

CASE(Errors, NumbersThatMeanNothing)
{
    uint64_t value = 0;
    zx_time_t now;

    EXPECT_EQ(zx_object_set_property(ztest_process(), 999, &value, sizeof(value)),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_object_get_info(ztest_process(), 999, &value, sizeof(value), NULL, NULL),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_clock_get(99, &now), ZX_ERR_INVALID_ARGS);
}

CASE(Errors, PropertyOfAnotherType)
{
    uint64_t value = 0;

    EXPECT_EQ(zx_object_get_property(ztest_process(), ZX_PROP_SOCKET_RX_THRESHOLD, &value,
                                     sizeof(value)),
              ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_object_set_property(ztest_process(), ZX_PROP_SOCKET_RX_THRESHOLD, &value,
                                     sizeof(value)),
              ZX_ERR_WRONG_TYPE);
}

/* Once the first thread waits. */
static void close_when_waited_for(void *arg)
{
    wait_state(startup_handle(PA_THREAD_SELF), ZX_THREAD_STATE_BLOCKED_WAIT_MANY);
    EXPECT_OK(zx_handle_close(*(zx_handle_t *)arg));
}

CASE(Errors, WaitForManyWhenOneIsClosed)
{
    zx_wait_item_t item = {.waitfor = ZX_EVENT_SIGNALED};
    struct ztest_thread t;

    ASSERT_OK(zx_event_create(0, &item.handle));
    ASSERT_OK(ztest_thread_start(&t, close_when_waited_for, &item.handle));
    EXPECT_EQ(zx_object_wait_many(&item, 1, ZX_TIME_INFINITE), ZX_ERR_CANCELED);
    EXPECT_TRUE(item.pending & ZX_SIGNAL_HANDLE_CLOSED);
    ztest_thread_join(&t);
}

/* --- tasks --- */

CASE(Errors, ThreadsOfTheDead)
{
    zx_handle_t job, process, vmar, thread, late;
    size_t actual;
    char byte;

    ASSERT_OK(zx_job_create(ztest_job(), 0, &job));
    ASSERT_OK(zx_process_create(job, "dead", 4, 0, &process, &vmar));
    ASSERT_OK(zx_thread_create(process, "t", 1, 0, &thread));
    EXPECT_OK(zx_task_kill(process));
    EXPECT_OK(zx_object_wait_one(process, ZX_TASK_TERMINATED, ZX_TIME_INFINITE, NULL));
    EXPECT_EQ(zx_thread_create(process, "t", 1, 0, &late), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_thread_start(thread, PAGE, PAGE, 0, 0), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_process_read_memory(process, PAGE, &byte, 1, &actual), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_process_write_memory(process, PAGE, &byte, 1, &actual), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(thread));
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_handle_close(process));
    EXPECT_OK(zx_handle_close(job));
}

CASE(Errors, EntriesThatAreTheKernels)
{
    zx_handle_t process, vmar, thread;

    ASSERT_OK(zx_process_create(ztest_job(), "p", 1, 0, &process, &vmar));
    ASSERT_OK(zx_thread_create(process, "t", 1, 0, &thread));
    EXPECT_EQ(zx_process_start(process, thread, kernel_address, 0, 0, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(thread));
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_task_kill(process));
    EXPECT_OK(zx_handle_close(process));
    ASSERT_OK(zx_thread_create(ztest_process(), "t", 1, 0, &thread));
    EXPECT_EQ(zx_thread_start(thread, kernel_address, 0, 0, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(thread));
}

static void wait_for_event(void *arg)
{
    zx_object_wait_one(*(zx_handle_t *)arg, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL);
}

CASE(Errors, RegistersOfAThreadThatRuns)
{
    uint64_t registers[64] = {0};
    struct ztest_thread t;
    zx_handle_t event;

    ASSERT_OK(zx_event_create(0, &event));
    ASSERT_OK(ztest_thread_start(&t, wait_for_event, &event));
    EXPECT_EQ(zx_thread_write_state(t.handle, ZX_THREAD_STATE_GENERAL_REGS, registers,
                                    machine_registers.size),
              ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    ztest_thread_join(&t);
    EXPECT_OK(zx_handle_close(event));
}

/* --- messages --- */

CASE(Errors, CallsOnNoChannel)
{
    zx_channel_call_etc_args_t etc = {.wr_bytes = "text", .wr_num_bytes = 4};
    zx_channel_call_args_t args = {.wr_bytes = "text", .wr_num_bytes = 4};
    uint32_t bytes, handles;
    zx_handle_t event;

    EXPECT_EQ(zx_channel_call(0x70000003, 0, 0, &args, &bytes, &handles), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(zx_channel_call_etc(0x70000003, 0, 0, &etc, &bytes, &handles), ZX_ERR_BAD_HANDLE);
    ASSERT_OK(zx_event_create(0, &event));
    EXPECT_EQ(zx_channel_call(event, 0, 0, &args, &bytes, &handles), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(event));
}

/* --- memory --- */

CASE(Errors, SizesThatAreTooLarge)
{
    zx_handle_t vmo = clone_make(1, 0), other;

    EXPECT_EQ(zx_vmo_create(UINT64_MAX, 0, &other), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, UINT64_MAX, &other),
              ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_vmar_op_range(ztest_root_vmar(), ZX_VMAR_OP_DECOMMIT, PAGE,
                               UINT64_MAX - PAGE + 1, NULL, 0),
              ZX_ERR_OUT_OF_RANGE);
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(Errors, WhereNothingIsMapped)
{
    zx_handle_t vmar, vmo = clone_make(1, 0);
    zx_vaddr_t at;

    ASSERT_OK(
        zx_vmar_allocate(ztest_root_vmar(), ZX_VM_CAN_MAP_READ, 0, 16 * PAGE, &vmar, &at));
    EXPECT_OK(zx_vmar_unmap(vmar, at, PAGE));
    EXPECT_EQ(zx_vmo_read(vmo, (void *)at, 0, 8), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_vmar_destroy(vmar));
    EXPECT_OK(zx_handle_close(vmar));
    EXPECT_OK(zx_handle_close(vmo));
}

CASE(Errors, VdsoStays)
{
    zx_vaddr_t base;
    uint64_t size;

    ASSERT_OK(zx_object_get_property(ztest_process(), ZX_PROP_PROCESS_VDSO_BASE_ADDRESS, &base,
                                     sizeof(base)));
    ASSERT_OK(zx_vmo_get_size(startup_handle(PA_VMO_VDSO), &size));
    EXPECT_EQ(zx_vmar_unmap(ztest_root_vmar(), base, size), ZX_ERR_ACCESS_DENIED);
}

CASE(Errors, ExecutableForThoseWhoMay)
{
    zx_handle_t poor, event, out;

    poor = clone_make(1, 0);
    EXPECT_EQ(zx_vmo_replace_as_executable(poor, 0x70000003, &out), ZX_ERR_BAD_HANDLE);
    poor = clone_make(1, 0);
    ASSERT_OK(zx_event_create(0, &event));
    EXPECT_EQ(zx_vmo_replace_as_executable(poor, event, &out), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(event));
}

CASE(Errors, ResourcesThatDoNotCoverIt)
{
    zx_handle_t mmio = resource(ZX_RSRC_KIND_MMIO, 0x1000, PAGE), out;
    zx_handle_t port = resource(ZX_RSRC_KIND_IOPORT, 0x80, 1);
    zx_handle_t vmo = clone_make(1, 0);

    EXPECT_EQ(zx_pmt_unpin(ztest_without(vmo, 0)), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_vmo_create_physical(mmio, 0x4000, PAGE, &out), ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_vmo_create_physical(port, 0x1000, PAGE, &out), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_vmo_replace_as_executable(vmo, mmio, &out), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(mmio));
    EXPECT_OK(zx_handle_close(port));
}

CASE(Errors, StreamOfAPagerThatIsGone)
{
    char byte = 0;
    zx_iovec_t vector = {.buffer = &byte, .capacity = 1};
    zx_handle_t stream;
    struct paged p;
    size_t actual;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    ASSERT_OK(zx_stream_create(ZX_STREAM_MODE_READ | ZX_STREAM_MODE_WRITE, p.vmo, 0, &stream));
    EXPECT_OK(zx_pager_detach_vmo(p.pager, p.vmo));
    EXPECT_EQ(zx_stream_readv(stream, 0, &vector, 1, &actual), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_stream_writev(stream, 0, &vector, 1, &actual), ZX_ERR_BAD_STATE);
    EXPECT_OK(zx_handle_close(stream));
    paged_drop(&p);
}

CASE(Errors, DeviceMemoryIsNoSupply)
{
    zx_handle_t mmio = resource(ZX_RSRC_KIND_MMIO, 0x1000, PAGE), device;
    struct paged p;

    ASSERT_TRUE(paged_make(&p, 1, 0));
    ASSERT_OK(zx_vmo_create_physical(mmio, 0x1000, PAGE, &device));
    EXPECT_EQ(zx_pager_supply_pages(p.pager, p.vmo, 0, PAGE, device, 0), ZX_ERR_NOT_SUPPORTED);
    EXPECT_OK(zx_handle_close(device));
    EXPECT_OK(zx_handle_close(mmio));
    paged_drop(&p);
}

CASE(Errors, NoTask)
{
    zx_handle_t vmo = clone_make(1, 0), token;

    EXPECT_EQ(zx_task_suspend(vmo, &token), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(vmo));
}

CHILD(may_not_mark)
{
    zx_handle_t out;

    (void)channel;
    return zx_vmo_replace_as_executable(clone_make(1, 0), ZX_HANDLE_INVALID, &out);
}

CASE(Errors, ExecutableByPolicy)
{
    zx_policy_basic_v1_t policy = {.condition = ZX_POL_AMBIENT_MARK_VMO_EXEC,
                                   .policy = ZX_POL_ACTION_DENY};
    struct ztest_child c;
    zx_handle_t job;

    ASSERT_OK(zx_job_create(ztest_job(), 0, &job));
    ASSERT_OK(zx_job_set_policy(job, ZX_JOB_POL_ABSOLUTE, ZX_JOB_POL_BASIC_V1, &policy, 1));
    if (ztest_child_run(&c, job, "may_not_mark"))
        EXPECT_EQ(ztest_child_join(&c), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(job));
}

/* --- the machine --- */

CASE(Errors, EntropyInPieces)
{
    static const unsigned char bytes[ZX_CPRNG_ADD_ENTROPY_MAX_LEN + 1];

    EXPECT_EQ(zx_cprng_add_entropy(bytes, sizeof(bytes)), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_cprng_add_entropy((void *)kernel_address, 1), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_cprng_add_entropy(bytes, sizeof(bytes) - 1));
    EXPECT_OK(zx_cprng_add_entropy(NULL, 0));
}

CASE(Errors, SystemCallsOfDebugging)
{
    uint64_t bytes[8];
    uint64_t arg[8];

    memset(arg, 0, sizeof(arg));
    EXPECT_EQ(zx_system_mexec(ztest_root_resource(), ZX_HANDLE_INVALID, ZX_HANDLE_INVALID),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_system_mexec_payload_get(ztest_root_resource(), bytes, sizeof(bytes)),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_system_powerctl(ztest_root_resource(), 99, arg), ZX_ERR_INVALID_ARGS);
}

CASE(Errors, MachinesThatHaveLess)
{
    zx_handle_t hypervisor = resource(ZX_RSRC_KIND_HYPERVISOR, 0, 0), guest, vmar;
    uint32_t word[4];

    EXPECT_EQ(zx_guest_create(hypervisor, 0, &guest, &vmar), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(
        zx_framebuffer_get_info(ztest_root_resource(), &word[0], &word[1], &word[2], &word[3]),
        ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_handle_close(hypervisor));
}
