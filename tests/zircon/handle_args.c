/*
 * handle_args.c - the handles that calls take: each is looked for, then its type, then its
 * rights, and nothing has happened when one of these is not as it should be.
 */
#include <stdbool.h>

#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/bti.h"
#include "uapi/zircon/syscalls/clock.h"
#include "uapi/zircon/syscalls/interrupt.h"
#include "uapi/zircon/syscalls/memory.h"
#include "uapi/zircon/syscalls/profile.h"
#include "uapi/zircon/syscalls/stream.h"

enum { ARGUMENTS = 8, TYPES = 33 };

/* HANDLE: of the type, with each of the rights. OPTIONAL: the same, and none has a meaning of
 * its own. EITHER: with one of the rights. ANY: the rights alone count; `type` serves. */
enum argument_kind { NUMBER, BUFFER, HANDLE, OPTIONAL, EITHER, ANY };

struct argument {
    uint8_t kind, type;
    zx_rights_t rights;
    uint64_t value;
};

/* A call, and arguments with which it would go well, or fail when all handles have been found.
 */
struct row {
    const char *name;
    void *call;
    struct argument args[ARGUMENTS];
};

#define R(right) ZX_RIGHT_##right
#define ARGUMENT(kind, type, rights)        \
    {                                       \
        kind, ZX_OBJ_TYPE_##type, rights, 0 \
    }
#define H(type, rights) ARGUMENT(HANDLE, type, rights)
#define O(type, rights) ARGUMENT(OPTIONAL, type, rights)
#define E(type, rights) ARGUMENT(EITHER, type, rights)
#define A(type, rights) ARGUMENT(ANY, type, rights)
#define N(value)            \
    {                       \
        NUMBER, 0, 0, value \
    }
#define P               \
    {                   \
        BUFFER, 0, 0, 0 \
    }
#define ROW(name, ...)            \
    {                             \
#name, (void *)zx_##name, \
        {                         \
            __VA_ARGS__           \
        }                         \
    }

static const zx_rights_t watch = R(INSPECT) | R(DUPLICATE) | R(TRANSFER) | R(MANAGE_THREAD);

static const struct row rows[] = {
    /* objects */
    ROW(handle_duplicate, A(EVENT, R(DUPLICATE)), N(ZX_RIGHT_SAME_RIGHTS), P),
    ROW(object_wait_one, A(EVENT, R(WAIT)), N(0), N(0), P),
    ROW(object_wait_async, A(EVENT, R(WAIT)), H(PORT, R(WRITE)), N(0), N(8), N(0)),
    ROW(object_signal, A(EVENT, R(SIGNAL)), N(0), N(0)),
    ROW(object_signal_peer, A(EVENTPAIR, R(SIGNAL_PEER)), N(0), N(0)),
    ROW(object_get_property, A(PROCESS, R(GET_PROPERTY)), N(ZX_PROP_NAME), P, N(64)),
    ROW(object_set_property, A(PROCESS, R(SET_PROPERTY)), N(ZX_PROP_NAME), P, N(64)),
    ROW(object_get_child, A(JOB, R(ENUMERATE)), N(1), N(ZX_RIGHT_SAME_RIGHTS), P),
    ROW(object_set_profile, H(THREAD, R(MANAGE_THREAD)), H(PROFILE, R(APPLY_PROFILE)), N(0)),

    /* tasks */
    ROW(thread_create, H(PROCESS, R(MANAGE_THREAD)), P, N(4), N(0), P),
    ROW(thread_start, H(THREAD, R(MANAGE_THREAD)), N(0), N(0), N(0), N(0)),
    ROW(thread_read_state, H(THREAD, R(READ)), N(0), P, N(PAGE)),
    ROW(thread_write_state, H(THREAD, R(WRITE)), N(0), P, N(PAGE)),
    ROW(process_create, E(JOB, R(MANAGE_PROCESS) | R(WRITE)), P, N(4), N(0), P, P),
    ROW(process_start, H(PROCESS, R(WRITE)), H(THREAD, R(WRITE)), N(0), N(0), N(0), N(0)),
    ROW(process_read_memory, H(PROCESS, R(READ) | R(WRITE)), P, P, N(8), P),
    ROW(process_write_memory, H(PROCESS, R(WRITE)), P, P, N(8), P),
    ROW(job_create, E(JOB, R(MANAGE_JOB) | R(WRITE)), N(0), P),
    ROW(job_set_policy, H(JOB, R(SET_POLICY)), N(0), N(0), P, N(1)),
    ROW(job_set_critical, H(JOB, R(DESTROY)), N(0), H(PROCESS, R(WAIT))),
    ROW(task_create_exception_channel, A(PROCESS, watch | R(ENUMERATE)), N(0), P),
    ROW(task_create_exception_channel, A(JOB, watch | R(ENUMERATE)), N(0), P),
    ROW(task_create_exception_channel, A(THREAD, watch), N(0), P),
    ROW(task_suspend, A(THREAD, R(WRITE)), P),
    ROW(task_suspend_token, A(THREAD, R(WRITE)), P),
    ROW(task_kill, A(JOB, R(DESTROY))),
    ROW(task_kill, A(PROCESS, R(DESTROY))),
    ROW(profile_create, H(JOB, R(MANAGE_PROCESS)), N(0), P, P),

    /* messages and bytes */
    ROW(channel_read, H(CHANNEL, R(READ)), N(0), P, P, N(0), N(0), P, P),
    ROW(channel_read_etc, H(CHANNEL, R(READ)), N(0), P, P, N(0), N(0), P, P),
    ROW(channel_write, H(CHANNEL, R(WRITE)), N(0), P, N(0), P, N(0)),
    ROW(channel_write_etc, H(CHANNEL, R(WRITE)), N(0), P, N(0), P, N(0)),
    ROW(socket_write, H(SOCKET, R(WRITE)), N(0), P, N(1), P),
    ROW(socket_read, H(SOCKET, R(READ)), N(0), P, N(1), P),
    ROW(socket_shutdown, H(SOCKET, R(WRITE)), N(3)),
    ROW(socket_set_disposition, H(SOCKET, R(MANAGE_SOCKET)), N(1), N(0)),
    ROW(stream_create, N(ZX_STREAM_MODE_READ), H(VMO, R(READ)), N(0), P),
    ROW(stream_create, N(ZX_STREAM_MODE_WRITE), H(VMO, R(WRITE)), N(0), P),
    ROW(stream_writev, H(STREAM, R(WRITE)), N(0), P, N(0), P),
    ROW(stream_writev_at, H(STREAM, R(WRITE)), N(0), N(0), P, N(0), P),
    ROW(stream_readv, H(STREAM, R(READ)), N(0), P, N(0), P),
    ROW(stream_readv_at, H(STREAM, R(READ)), N(0), N(0), P, N(0), P),
    ROW(stream_seek, E(STREAM, R(READ) | R(WRITE)), N(0), N(0), P),
    ROW(fifo_read, H(FIFO, R(READ)), N(8), P, N(1), P),
    ROW(fifo_write, H(FIFO, R(WRITE)), N(8), P, N(1), P),
    ROW(port_queue, H(PORT, R(WRITE)), P),
    ROW(port_wait, H(PORT, R(READ)), N(0), P),
    ROW(port_cancel, H(PORT, R(WRITE)), A(EVENT, 0), N(0)),

    /* memory */
    ROW(vmo_read, H(VMO, R(READ)), P, N(0), N(1)),
    ROW(vmo_write, H(VMO, R(WRITE)), P, N(0), N(1)),
    ROW(vmo_get_size, H(VMO, 0), P),
    ROW(vmo_set_size, H(VMO, R(WRITE)), N(PAGE)),
    ROW(vmo_op_range, H(VMO, R(WRITE)), N(ZX_VMO_OP_COMMIT), N(0), N(PAGE), P, N(0)),
    ROW(vmo_op_range, H(VMO, R(WRITE)), N(ZX_VMO_OP_ZERO), N(0), N(PAGE), P, N(0)),
    ROW(vmo_op_range, H(VMO, R(READ)), N(ZX_VMO_OP_CACHE_SYNC), N(0), N(PAGE), P, N(0)),
    ROW(vmo_create_child, H(VMO, R(DUPLICATE) | R(READ)), N(ZX_VMO_CHILD_SNAPSHOT), N(0),
        N(PAGE), P),
    ROW(vmo_set_cache_policy, H(VMO, R(MAP)), N(0)),
    ROW(vmo_create_contiguous, H(BTI, R(MAP)), N(PAGE), N(0), P),
    ROW(vmo_create_physical, H(RESOURCE, 0), N(0), N(PAGE), P),
    ROW(vmar_allocate, H(VMAR, 0), N(ZX_VM_CAN_MAP_READ), N(0), N(PAGE), P, P),
    ROW(vmar_map, H(VMAR, R(READ)), N(ZX_VM_PERM_READ), N(0), H(VMO, R(READ) | R(MAP)), N(0),
        N(PAGE), P),
    ROW(vmar_map, H(VMAR, R(WRITE)), N(ZX_VM_PERM_READ | ZX_VM_PERM_WRITE), N(0),
        H(VMO, R(WRITE)), N(0), N(PAGE), P),
    ROW(vmar_unmap, H(VMAR, 0), N(PAGE), N(PAGE)),
    ROW(vmar_protect, H(VMAR, R(READ)), N(ZX_VM_PERM_READ), N(PAGE), N(PAGE)),
    ROW(vmar_op_range, H(VMAR, 0), N(ZX_VMAR_OP_DECOMMIT), N(PAGE), N(PAGE), P, N(0)),
    ROW(vmar_destroy, H(VMAR, 0)),
    ROW(vmar_unmap_handle_close_thread_exit, H(VMAR, 0), N(PAGE), N(PAGE), N(0)),
    ROW(pager_create_vmo, H(PAGER, 0), N(0), H(PORT, R(WRITE)), N(0), N(PAGE), P),
    ROW(pager_detach_vmo, H(PAGER, 0), H(VMO, 0)),
    ROW(pager_supply_pages, H(PAGER, 0), H(VMO, 0), N(0), N(PAGE), N(0), N(0)),
    ROW(pager_op_range, H(PAGER, 0), N(ZX_PAGER_OP_FAIL), H(VMO, 0), N(0), N(PAGE),
        N((uint64_t)ZX_ERR_IO)),

    /* time */
    ROW(clock_read, H(CLOCK, R(READ)), P),
    ROW(clock_get_details, H(CLOCK, R(READ)), N(ZX_CLOCK_ARGS_VERSION(1)), P),
    ROW(clock_update, H(CLOCK, R(WRITE)), N(ZX_CLOCK_ARGS_VERSION(1)), P),
    ROW(clock_adjust, H(RESOURCE, 0), N(ZX_CLOCK_UTC), N(0)),
    ROW(timer_set, H(TIMER, R(WRITE)), N(0), N(0)),
    ROW(timer_cancel, H(TIMER, R(WRITE))),

    /* the machine */
    ROW(debuglog_create, O(RESOURCE, 0), N(0), P),
    ROW(debuglog_write, H(LOG, R(WRITE)), N(0), P, N(1)),
    ROW(debuglog_read, H(LOG, R(READ)), N(0), P, N(PAGE)),
    ROW(debug_read, H(RESOURCE, 0), P, N(0), P),
    ROW(debug_send_command, H(RESOURCE, 0), P, N(1)),
    ROW(resource_create, H(RESOURCE, R(WRITE)), N(ZX_OBJ_TYPE_NONE), N(0), N(0), P, N(1), P),
    ROW(system_mexec, H(RESOURCE, 0), N(0), N(0)),
    ROW(system_mexec_payload_get, H(RESOURCE, 0), P, N(8)),
    ROW(system_powerctl, H(RESOURCE, 0), N(0), P),
    ROW(system_get_performance_info, H(RESOURCE, 0), N(1), N(1), P, P),
    ROW(system_set_performance_info, H(RESOURCE, 0), N(1), P, N(1)),
    ROW(system_get_event, H(JOB, 0), N(1), P),
    ROW(iommu_create, H(RESOURCE, 0), N(0), P, N(1), P),
    ROW(bti_create, H(IOMMU, 0), N(0), N(0), P),
    ROW(bti_pin, H(BTI, R(MAP)), N(ZX_BTI_PERM_READ), H(VMO, R(MAP) | R(READ)), N(0), N(PAGE),
        P, N(1), P),
    ROW(bti_pin, H(BTI, 0), N(ZX_BTI_PERM_WRITE), H(VMO, R(WRITE)), N(0), N(PAGE), P, N(1), P),
    ROW(bti_release_quarantine, H(BTI, R(WRITE))),
    ROW(interrupt_create, H(RESOURCE, 0), N(0), N(0), P),
    ROW(interrupt_bind, H(INTERRUPT, R(READ)), H(PORT, R(WRITE)), N(0), N(0)),
    ROW(interrupt_bind_vcpu, H(INTERRUPT, R(READ)), H(VCPU, 0), N(0)),
    ROW(interrupt_wait, H(INTERRUPT, R(WAIT)), P),
    ROW(interrupt_destroy, H(INTERRUPT, 0)),
    ROW(interrupt_ack, H(INTERRUPT, R(WRITE))),
    ROW(interrupt_trigger, H(INTERRUPT, R(SIGNAL)), N(0), N(0)),
    ROW(msi_allocate, H(RESOURCE, 0), N(1), P),
    ROW(ioports_request, H(RESOURCE, 0), N(0x80), N(1)),
    ROW(ioports_release, H(RESOURCE, 0), N(0x80), N(1)),
    ROW(framebuffer_get_info, H(RESOURCE, 0), P, P, P, P),
    ROW(framebuffer_set_range, H(RESOURCE, 0), N(0), N(0), N(0), N(0), N(0), N(0)),
    ROW(pc_firmware_tables, H(RESOURCE, 0), P, P),
    ROW(pci_get_nth_device, H(RESOURCE, 0), N(0), P, P),
    ROW(pci_cfg_pio_rw, H(RESOURCE, 0), N(0), N(0), N(0), N(0), P, N(4), N(0)),
    ROW(pci_init, H(RESOURCE, 0), P, N(PAGE)),
    ROW(pci_add_subtract_io_range, H(RESOURCE, 0), N(1), N(0), N(PAGE), N(1)),
    ROW(pci_enable_bus_master, H(PCI_DEVICE, 0), N(1)),
    ROW(pci_reset_device, H(PCI_DEVICE, 0)),
    ROW(pci_config_read, H(PCI_DEVICE, 0), N(0), N(4), P),
    ROW(pci_config_write, H(PCI_DEVICE, 0), N(0x40), N(4), N(0)),
    ROW(pci_get_bar, O(PCI_DEVICE, 0), N(0), P, P),
    ROW(pci_map_interrupt, H(PCI_DEVICE, 0), N(0), P),
    ROW(pci_query_irq_mode, H(PCI_DEVICE, 0), N(0), P),
    ROW(pci_set_irq_mode, H(PCI_DEVICE, 0), N(0), N(0)),
    ROW(msi_create, H(MSI, 0), N(0), N(0), N(0), N(0), P),
    ROW(ktrace_read, H(RESOURCE, 0), P, N(0), N(1), P),
    ROW(ktrace_control, H(RESOURCE, 0), N(0), N(0), P),
    ROW(ktrace_write, H(RESOURCE, 0), N(0), N(0), N(0)),
    ROW(mtrace_control, H(RESOURCE, 0), N(0), N(0), N(0), P, N(0)),
    ROW(smc_call, H(RESOURCE, 0), P, P),
    ROW(guest_create, H(RESOURCE, 0), N(0), P, P),
    ROW(exception_get_thread, H(EXCEPTION, 0), P),
    ROW(exception_get_process, H(EXCEPTION, 0), P),
    ROW(pmt_unpin, A(PMT, 0)),
};

typedef zx_status_t any_call(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                             uint64_t, uint64_t);

/* A good object of each type, by ZX_OBJ_TYPE. */
static zx_handle_t good[TYPES];
static unsigned char scratch[PAGE];

static void make_devices(void)
{
    zx_iommu_desc_dummy_t desc = {0};

    EXPECT_OK(zx_iommu_create(ztest_root_resource(), ZX_IOMMU_TYPE_DUMMY, &desc, sizeof(desc),
                              &good[ZX_OBJ_TYPE_IOMMU]));
    EXPECT_OK(zx_bti_create(good[ZX_OBJ_TYPE_IOMMU], 0, 1, &good[ZX_OBJ_TYPE_BTI]));
    EXPECT_OK(zx_interrupt_create(ZX_HANDLE_INVALID, 0, ZX_INTERRUPT_VIRTUAL,
                                  &good[ZX_OBJ_TYPE_INTERRUPT]));
    EXPECT_OK(zx_debuglog_create(ztest_root_resource(), 0, &good[ZX_OBJ_TYPE_LOG]));
}

/* Their other ends are open as long as the program runs. */
static void make_pairs(void)
{
    zx_handle_t other;

    EXPECT_OK(zx_channel_create(0, &good[ZX_OBJ_TYPE_CHANNEL], &other));
    EXPECT_OK(zx_socket_create(0, &good[ZX_OBJ_TYPE_SOCKET], &other));
    EXPECT_OK(zx_fifo_create(8, 8, 0, &good[ZX_OBJ_TYPE_FIFO], &other));
    EXPECT_OK(zx_eventpair_create(0, &good[ZX_OBJ_TYPE_EVENTPAIR], &other));
}

void ztest_setup(void)
{
    const uint32_t modes = ZX_STREAM_MODE_READ | ZX_STREAM_MODE_WRITE;
    zx_profile_info_t profile = {.flags = ZX_PROFILE_INFO_FLAG_PRIORITY,
                                 .priority = ZX_PRIORITY_DEFAULT};

    good[ZX_OBJ_TYPE_PROCESS] = ztest_process();
    good[ZX_OBJ_TYPE_VMAR] = ztest_root_vmar();
    good[ZX_OBJ_TYPE_JOB] = ztest_job();
    good[ZX_OBJ_TYPE_RESOURCE] = ztest_root_resource();
    EXPECT_OK(zx_thread_create(ztest_process(), "idle", 4, 0, &good[ZX_OBJ_TYPE_THREAD]));
    EXPECT_OK(zx_vmo_create(sizeof(scratch), 0, &good[ZX_OBJ_TYPE_VMO]));
    EXPECT_OK(zx_stream_create(modes, good[ZX_OBJ_TYPE_VMO], 0, &good[ZX_OBJ_TYPE_STREAM]));
    EXPECT_OK(zx_event_create(0, &good[ZX_OBJ_TYPE_EVENT]));
    EXPECT_OK(zx_port_create(0, &good[ZX_OBJ_TYPE_PORT]));
    EXPECT_OK(zx_timer_create(0, ZX_CLOCK_MONOTONIC, &good[ZX_OBJ_TYPE_TIMER]));
    EXPECT_OK(zx_clock_create(ZX_CLOCK_OPT_AUTO_START, NULL, &good[ZX_OBJ_TYPE_CLOCK]));
    EXPECT_OK(zx_pager_create(0, &good[ZX_OBJ_TYPE_PAGER]));
    EXPECT_OK(zx_profile_create(ztest_job(), 0, &profile, &good[ZX_OBJ_TYPE_PROFILE]));
    make_pairs();
    make_devices();
}

/* All arguments as they should be. */
static void fill(const struct row *row, uint64_t values[ARGUMENTS])
{
    for (unsigned i = 0; i < ARGUMENTS; i++) {
        const struct argument *a = &row->args[i];

        values[i] = a->kind == BUFFER   ? (uint64_t)(uintptr_t)scratch
                    : a->kind == NUMBER ? a->value
                                        : good[a->type];
    }
}

static void expect(const struct row *row, unsigned i, uint64_t value, zx_status_t wanted)
{
    uint64_t v[ARGUMENTS];
    zx_status_t st;

    fill(row, v);
    v[i] = value;
    memset(scratch, 0, sizeof(scratch));
    st = ((any_call *)row->call)(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
    if (st != wanted)
        ztest_fail(row->name, "a handle that is not good", st, wanted);
}

#define FOR_HANDLES(row, i)                                                                \
    for (const struct row *row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++) \
        for (unsigned i = 0; i < ARGUMENTS; i++)                                           \
            if (row->args[i].kind >= HANDLE)

CASE(HandleArguments, BadHandle)
{
    FOR_HANDLES(row, i)
    {
        if (row->args[i].kind != OPTIONAL)
            expect(row, i, ZX_HANDLE_INVALID, ZX_ERR_BAD_HANDLE);
        expect(row, i, 0x70000003, ZX_ERR_BAD_HANDLE);
    }
}

CASE(HandleArguments, WrongType)
{
    FOR_HANDLES(row, i)
    {
        bool event = row->args[i].type == ZX_OBJ_TYPE_EVENT;

        if (row->args[i].kind != ANY)
            expect(row, i, good[event ? ZX_OBJ_TYPE_TIMER : ZX_OBJ_TYPE_EVENT],
                   ZX_ERR_WRONG_TYPE);
    }
}

/* Ends of channels have no duplicates. */
static zx_handle_t channel_without(zx_rights_t rights)
{
    zx_handle_t poor = ZX_HANDLE_INVALID, ends[2];

    EXPECT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    EXPECT_OK(zx_handle_replace(ends[0], ZX_DEFAULT_CHANNEL_RIGHTS & ~rights, &poor));
    EXPECT_OK(zx_handle_close(ends[1]));
    return poor;
}

static void expect_denied(const struct row *row, unsigned i, zx_rights_t without)
{
    bool channel = row->args[i].type == ZX_OBJ_TYPE_CHANNEL;
    zx_handle_t poor =
        channel ? channel_without(without) : ztest_without(good[row->args[i].type], without);

    expect(row, i, poor, ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(poor));
}

CASE(HandleArguments, MissingRight)
{
    FOR_HANDLES(row, i)
    {
        zx_rights_t rights = row->args[i].rights;

        if (row->args[i].kind == EITHER)
            expect_denied(row, i, rights);
        else
            for (; rights; rights &= rights - 1)
                expect_denied(row, i, rights & -rights);
    }
}

/* The type is looked at first. */
CASE(HandleArguments, WrongTypeWithoutRights)
{
    zx_handle_t poor = ztest_without(good[ZX_OBJ_TYPE_EVENT], ~0u & ~ZX_RIGHT_TRANSFER);

    FOR_HANDLES(row, i)
    {
        if (row->args[i].kind != ANY && row->args[i].type != ZX_OBJ_TYPE_EVENT)
            expect(row, i, poor, ZX_ERR_WRONG_TYPE);
    }
    EXPECT_OK(zx_handle_close(poor));
}
