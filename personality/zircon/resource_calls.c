/*
 * resource_calls.c - making resources, and what only the root resource may do: of a machine
 * that has none of those devices.
 */
#include "personality/zircon/resource_calls.h"

#include "hal/ports.h"

status_t call_resource(const struct syscall *call, unsigned arg, uint32_t kind)
{
    struct object *obj;
    status_t st = call_object(call, arg, ZX_OBJ_TYPE_RESOURCE, 0, &obj);

    if (st != OK)
        return st;
    st = resource_check(resource_of(obj), kind);
    object_put(obj);
    return st;
}

status_t call_resource_range(const struct syscall *call, unsigned arg, uint32_t kind,
                             uint64_t base, uint64_t size)
{
    struct object *obj;
    status_t st = call_object(call, arg, ZX_OBJ_TYPE_RESOURCE, 0, &obj);

    if (st != OK)
        return st;
    st = resource_check_range(resource_of(obj), kind, base, size);
    object_put(obj);
    return st;
}

/* A part of another one is never exclusive, nor is what parts are made of. */
static status_t check_parent(const struct resource *parent, uint32_t kind, uint32_t flags,
                             uint64_t base, uint64_t size)
{
    if (kind >= ZX_RSRC_KIND_COUNT || flags & ~ZX_RSRC_FLAG_EXCLUSIVE)
        return ERR_INVALID_ARGS;
    if (resource_check_range(parent, kind, base, size) != OK)
        return ERR_ACCESS_DENIED;
    if (parent->kind != ZX_RSRC_KIND_ROOT && (parent->flags | flags) & ZX_RSRC_FLAG_EXCLUSIVE)
        return ERR_INVALID_ARGS;
    return OK;
}

status_t zircon_resource_create(struct syscall *call)
{
    uint32_t kind = ZX_RSRC_EXTRACT_KIND((uint32_t)call->arg[1]);
    uint32_t flags = ZX_RSRC_EXTRACT_FLAGS((uint32_t)call->arg[1]);
    char name[ZX_MAX_NAME_LEN];
    struct object *parent;
    struct resource *r;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_RESOURCE, ZX_RIGHT_WRITE, &parent);

    if (st != OK)
        return st;
    st = check_parent(resource_of(parent), kind, flags, call->arg[2], call->arg[3]);
    if (st == OK)
        st = call_copy_name(call, call->arg[4], call->arg[5], name);
    if (st == OK)
        st = resource_create(kind, flags, call->arg[2], call->arg[3], name, &r);
    object_put(parent);
    if (st != OK)
        return st;
    st = call_give(call, &r->object, r->object.ops->rights, call->arg[6]);
    object_put(&r->object);
    return st;
}

/* The resource is right, and the machine has nothing behind it. */
static status_t absent(struct syscall *call, uint32_t kind)
{
    status_t st = call_resource(call, 0, kind);

    return st == OK ? ERR_NOT_SUPPORTED : st;
}

/* The calls of such devices: what is asked first is whether the program may. */
#define ABSENT(name, kind)                       \
    status_t zircon_##name(struct syscall *call) \
    {                                            \
        return absent(call, kind);               \
    }

ABSENT(smc_call, ZX_RSRC_KIND_SMC)
ABSENT(guest_create, ZX_RSRC_KIND_HYPERVISOR)
ABSENT(pc_firmware_tables, ZX_RSRC_KIND_ROOT)
ABSENT(system_mexec, ZX_RSRC_KIND_ROOT)
ABSENT(system_mexec_payload_get, ZX_RSRC_KIND_ROOT)
ABSENT(system_get_performance_info, ZX_RSRC_KIND_ROOT)
ABSENT(system_set_performance_info, ZX_RSRC_KIND_ROOT)
ABSENT(framebuffer_set_range, ZX_RSRC_KIND_ROOT)
ABSENT(debug_send_command, ZX_RSRC_KIND_ROOT)

/* The boot loader left none. */
status_t zircon_framebuffer_get_info(struct syscall *call)
{
    status_t st = call_resource(call, 0, ZX_RSRC_KIND_ROOT);

    return st == OK ? ERR_INVALID_ARGS : st;
}

/* Ports are the process's: its threads may use them, or may not any more. */
static status_t set_ports(struct syscall *call, bool allowed)
{
    struct aspace *as = call_process(call)->aspace;
    uint32_t first = (uint16_t)call->arg[1], count = (uint32_t)call->arg[2];
    status_t st = call_resource_range(call, 0, ZX_RSRC_KIND_IOPORT, first, count);

    if (st != OK)
        return st;
    if (count > HAL_PORTS - first)
        return ERR_INVALID_ARGS;
    SPIN_GUARD(&as->pt_lock);
    return hal_ports_set(&as->pt, first, count, allowed);
}

status_t zircon_ioports_request(struct syscall *call)
{
    return set_ports(call, true);
}

status_t zircon_ioports_release(struct syscall *call)
{
    return set_ports(call, false);
}
