/*
 * system_calls.c - zx_system_*, and entropy that programs give.
 */
#include "hal/mmu.h"
#include "object/memory_event.h"
#include "personality/zircon/power.h"
#include "personality/zircon/resource_calls.h"
#include "uapi/zircon/syscalls/system.h"

static status_t give_event(struct syscall *call)
{
    uint32_t kind = (uint32_t)call->arg[1];
    struct object *event;
    status_t st;

    if (kind < ZX_SYSTEM_EVENT_OUT_OF_MEMORY || kind > ZX_SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL)
        return ERR_INVALID_ARGS;
    event = memory_event((enum memory_level)(kind - ZX_SYSTEM_EVENT_OUT_OF_MEMORY));
    st = call_give(call, event, ZX_DEFAULT_SYSTEM_EVENT_RIGHTS, call->arg[2]);
    object_put(event);
    return st;
}

status_t zircon_system_get_event(struct syscall *call)
{
    struct object *job;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_JOB, ZX_RIGHT_MANAGE_PROCESS, &job);

    if (st != OK)
        return st;
    st = job == &job_root()->object ? give_event(call) : ERR_ACCESS_DENIED;
    object_put(job);
    return st;
}

status_t zircon_system_powerctl(struct syscall *call)
{
    uint32_t command = (uint32_t)call->arg[1];
    status_t st = call_resource(call, 0, ZX_RSRC_KIND_ROOT);

    if (st != OK)
        return st;
    if (command < ZX_SYSTEM_POWERCTL_ENABLE_ALL_CPUS || command > ZX_SYSTEM_POWERCTL_SHUTDOWN)
        return ERR_INVALID_ARGS;
    if (command == ZX_SYSTEM_POWERCTL_SHUTDOWN ||
        (command >= ZX_SYSTEM_POWERCTL_REBOOT && command <= ZX_SYSTEM_POWERCTL_REBOOT_RECOVERY))
        return power_off();
    return ERR_NOT_SUPPORTED;
}

/* On every CPU: the thread may move before it comes to what was written. */
status_t zircon_cache_sync(struct syscall *call)
{
    (void)call;
    hal_icache_sync();
    return OK;
}
