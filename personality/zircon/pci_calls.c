/*
 * pci_calls.c - zx_pci_*.
 */
#include "object/pci.h"

#include "hal/time.h"
#include "mm/slab.h"
#include "personality/zircon/resource_calls.h"
#include "uapi/zircon/syscalls/memory.h"

/* The root resource, and a bus. */
static status_t check_bus(struct syscall *call)
{
    status_t st = call_resource(call, 0, ZX_RSRC_KIND_ROOT);

    return st == OK && !pci_present() ? ERR_NOT_SUPPORTED : st;
}

/* The function behind a handle, which stays though the handle be closed. */
static status_t get_function(struct syscall *call, rights_t need, struct pci_function **out)
{
    struct object *obj;
    status_t st = call_object(call, 0, ZX_OBJ_TYPE_PCI_DEVICE, need, &obj);

    if (st != OK)
        return st;
    *out = pci_device_of(obj)->function;
    object_put(obj);
    return OK;
}

/* --- the bus --- */

struct zircon_pci_init {
    SYSCALL_FRAME;
    zx_pci_init_arg_t *arg; /* ours */
    uint32_t size;
    struct transfer transfer;
};
CO_FITS(zircon_pci_init, union syscall_slot);
SYSCALL_WAIT(zircon_pci_init);

static status_t start(zx_pci_init_arg_t *arg, uint32_t size)
{
    uint64_t windows = (uint64_t)arg->addr_window_count * sizeof(arg->addr_windows[0]);

    return size == sizeof(*arg) + windows ? pci_start(arg) : ERR_INVALID_ARGS;
}

CO_FN(zircon_pci_init)
{
    status_t st;

    f->size = (uint32_t)f->call->arg[2];
    st = check_bus(f->call);
    if (st == OK && (f->size < sizeof(*f->arg) || f->size > ZX_PCI_INIT_ARG_MAX_SIZE))
        st = ERR_INVALID_ARGS;
    if (st != OK)
        CO_RETURN(st);
    f->arg = kmalloc(f->size);
    if (!f->arg)
        CO_RETURN(ERR_NO_MEMORY);
    CO_CALL(st, f->transfer, transfer, .thread = f->call->thread, .direction = FROM_USER,
            .kernel = f->arg, .user = f->call->arg[1], .size = f->size);
    if (st == OK)
        st = start(f->arg, f->size);
    kfree(f->arg);
    CO_RETURN(st);
}
CO_END

status_t zircon_pci_add_subtract_io_range(struct syscall *call)
{
    bool mmio = (uint32_t)call->arg[1] != 0, add = (uint32_t)call->arg[4] != 0;
    status_t st = check_bus(call);

    if (st != OK)
        return st;
    return add ? pci_range_add(mmio, call->arg[2], call->arg[3])
               : pci_range_subtract(mmio, call->arg[2], call->arg[3]);
}

status_t zircon_pci_get_nth_device(struct syscall *call)
{
    const zx_pcie_device_info_t *info;
    struct object *device;
    status_t st = check_bus(call);

    if (st != OK)
        return st;
    if (!call->arg[2])
        return ERR_INVALID_ARGS;
    st = pci_device_create((uint32_t)call->arg[1], &device);
    if (st != OK)
        return st;
    info = &pci_device_of(device)->function->info;
    st = copy_to_user(call_user(call), call->arg[2], info, sizeof(*info));
    if (st == OK)
        st = call_give(call, device, device->ops->rights, call->arg[3]);
    object_put(device);
    return st;
}

status_t zircon_pci_cfg_pio_rw(struct syscall *call)
{
    struct pci_place at = {(uint8_t)call->arg[1], (uint8_t)call->arg[2], (uint8_t)call->arg[3]};
    unsigned offset = (uint8_t)call->arg[4];
    bool write = (uint32_t)call->arg[7] != 0;
    uint32_t value = 0;
    status_t st = call_resource(call, 0, ZX_RSRC_KIND_ROOT);

    if (st == OK && write)
        st = copy_from_user(call_user(call), &value, call->arg[5], sizeof(value));
    if (st != OK)
        return st;
    if (write)
        return pci_ports_write(at, offset, call->arg[6], value);
    st = pci_ports_read(at, offset, call->arg[6], &value);
    return st == OK ? copy_to_user(call_user(call), call->arg[5], &value, sizeof(value)) : st;
}

/* --- a device's configuration space --- */

static status_t check_access(const struct pci_function *f, unsigned offset, size_t width)
{
    if ((width != 1 && width != 2 && width != 4) || offset % width ||
        offset + width > pci_config_size(f))
        return ERR_INVALID_ARGS;
    return OK;
}

status_t zircon_pci_config_read(struct syscall *call)
{
    unsigned offset = (uint16_t)call->arg[1];
    struct pci_function *f;
    uint32_t value;
    status_t st = get_function(call, ZX_RIGHTS_IO, &f);

    if (st == OK)
        st = check_access(f, offset, call->arg[2]);
    if (st != OK)
        return st;
    value = pci_read(f, offset, (unsigned)call->arg[2]);
    return copy_to_user(call_user(call), call->arg[3], &value, sizeof(value));
}

/* The header is not the program's to write. */
status_t zircon_pci_config_write(struct syscall *call)
{
    unsigned offset = (uint16_t)call->arg[1];
    struct pci_function *f;
    status_t st = get_function(call, ZX_RIGHTS_IO, &f);

    if (st == OK && offset < ZX_PCI_STANDARD_CONFIG_HDR_SIZE)
        st = ERR_INVALID_ARGS;
    if (st == OK)
        st = check_access(f, offset, call->arg[2]);
    if (st == OK)
        pci_write(f, offset, (unsigned)call->arg[2], (uint32_t)call->arg[3]);
    return st;
}

status_t zircon_pci_enable_bus_master(struct syscall *call)
{
    uint16_t set = (uint32_t)call->arg[1] ? PCI_COMMAND_MASTER : 0;
    struct pci_function *f;
    status_t st = get_function(call, ZX_RIGHT_WRITE, &f);

    if (st == OK)
        pci_modify(f, PCI_COMMAND, PCI_COMMAND_MASTER, set);
    return st;
}

struct zircon_pci_reset_device {
    SYSCALL_FRAME;
    struct pci_function *function;
    struct pci_saved saved;
    struct timer timer;
};
CO_FITS(zircon_pci_reset_device, union syscall_slot);
SYSCALL_WAIT(zircon_pci_reset_device);

/* The device is not to be spoken to until it is done, whatever happens to the program. */
CO_FN(zircon_pci_reset_device)
{
    status_t st;

    st = get_function(f->call, ZX_RIGHT_WRITE, &f->function);
    if (st == OK)
        st = pci_reset_begin(f->function, &f->saved);
    if (st != OK)
        CO_RETURN(st);
    timer_arm(&f->timer, task, hal_time_now() + PCI_RESET_TIME);
    CO_BLOCK_UNTIL(timer_fired(&f->timer));
    timer_disarm(&f->timer);
    pci_reset_end(f->function, &f->saved);
    CO_RETURN(OK);
}
CO_END

/* --- its memory and ports --- */

static status_t bar_vmo(const struct pci_bar *bar, struct vmo_object **out)
{
    struct vmo *vmo;
    status_t st = vmo_create_physical(bar->base, MAX(bar->size, PAGE_SIZE), &vmo);

    if (st != OK)
        return st;
    st = vmo_object_create(vmo, out);
    vmo_put(vmo);
    if (st != OK)
        return st;
    st = vmo_object_set_cache_policy(*out, ZX_CACHE_POLICY_UNCACHED);
    if (st != OK)
        object_put(&(*out)->object);
    return st;
}

/* The handle comes last: who is not told of the rest does not get it. */
static status_t give_memory(struct syscall *call, struct pci_function *f,
                            const struct pci_bar *bar, const zx_pci_bar_t *record)
{
    struct vmo_object *vo;
    status_t st = bar_vmo(bar, &vo);

    if (st != OK)
        return st;
    st = copy_to_user(call_user(call), call->arg[2], record, sizeof(*record));
    if (st == OK)
        st = call_give(call, &vo->object, vo->object.ops->rights, call->arg[3]);
    object_put(&vo->object);
    if (st == OK)
        pci_modify(f, PCI_COMMAND, PCI_COMMAND_MEMORY, PCI_COMMAND_MEMORY);
    return st;
}

status_t zircon_pci_get_bar(struct syscall *call)
{
    uint32_t n = (uint32_t)call->arg[1];
    const struct pci_bar *bar;
    struct pci_function *f;
    zx_pci_bar_t record;
    status_t st;

    if (call->arg[0] == HANDLE_INVALID || !call->arg[2] || n >= ZX_PCI_MAX_BARS)
        return ERR_INVALID_ARGS;
    st = get_function(call, ZX_RIGHTS_IO, &f);
    if (st != OK)
        return st;
    bar = &f->bars[n];
    if (!bar->size)
        return ERR_NOT_FOUND;
    record = (zx_pci_bar_t){.id = n, .type = ZX_PCI_BAR_TYPE_MMIO, .size = bar->size};
    if (bar->mmio)
        return give_memory(call, f, bar, &record);
    record.type = ZX_PCI_BAR_TYPE_PIO;
    record.addr = bar->base;
    st = copy_to_user(call_user(call), call->arg[2], &record, sizeof(record));
    if (st == OK)
        pci_modify(f, PCI_COMMAND, PCI_COMMAND_PORTS, PCI_COMMAND_PORTS);
    return st;
}

/* --- its irqs --- */

status_t zircon_pci_query_irq_mode(struct syscall *call)
{
    struct pci_function *f;
    uint32_t max;
    status_t st = get_function(call, ZX_RIGHT_READ, &f);

    if (st == OK)
        st = pci_irq_query(f, (uint32_t)call->arg[1], &max);
    return st == OK ? copy_to_user(call_user(call), call->arg[2], &max, sizeof(max)) : st;
}

status_t zircon_pci_set_irq_mode(struct syscall *call)
{
    struct pci_function *f;
    status_t st = get_function(call, ZX_RIGHT_WRITE, &f);

    return st == OK ? pci_irq_set(f, (uint32_t)call->arg[1], (uint32_t)call->arg[2]) : st;
}

status_t zircon_pci_map_interrupt(struct syscall *call)
{
    struct pci_function *f;
    struct object *interrupt;
    status_t st = get_function(call, ZX_RIGHT_READ, &f);

    if (st == OK)
        st = pci_irq_map(f, (int32_t)call->arg[1], &interrupt);
    if (st != OK)
        return st;
    st = call_give(call, interrupt, interrupt->ops->rights, call->arg[2]);
    object_put(interrupt);
    return st;
}
