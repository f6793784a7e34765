/*
 * pci_device.c - device objects, their irqs, and their reset.
 */
#include "object/pci.h"

#include "mm/slab.h"

SLAB_CACHE(device_cache, struct pci_device);

/* Offsets in the capability of messages, and bits of its control. */
enum {
    MSI_CONTROL = 2,
    MSI_ADDRESS = 4,
    MSI_ADDRESS_HIGH = 8,
    MSI_DATA_32 = 8,
    MSI_DATA_64 = 12,
};
enum { MSI_ENABLE = 1 << 0, MSI_WANTED = 7 << 4, MSI_64_BITS = 1 << 7 };

/* Likewise of PCI Express. */
enum { EXPRESS_DEVICE = 4, EXPRESS_CONTROL = 8 };
#define EXPRESS_CAN_RESET (1u << 28)
#define EXPRESS_RESET     (1u << 15)

/* --- irqs --- */

/* Of messages the device says how many it knows. */
status_t pci_irq_query(struct pci_function *f, uint32_t mode, uint32_t *max)
{
    if (mode == ZX_PCIE_IRQ_MODE_DISABLED) {
        *max = 0;
        return OK;
    }
    if (mode == ZX_PCIE_IRQ_MODE_LEGACY) {
        *max = 1;
        return f->irq == ZX_PCI_NO_IRQ_MAPPING ? ERR_NOT_SUPPORTED : OK;
    }
    if (mode == ZX_PCIE_IRQ_MODE_MSI_X)
        return ERR_NOT_SUPPORTED;
    if (mode != ZX_PCIE_IRQ_MODE_MSI)
        return ERR_INVALID_ARGS;
    if (!f->msi || !msi_present())
        return ERR_NOT_SUPPORTED;
    *max = 1u << (pci_read(f, f->msi + MSI_CONTROL, 2) >> 1 & 7);
    return OK;
}

/* The device may send so many, to the block that they are now. */
static void enable_messages(struct pci_function *f, struct msi_allocation *a)
{
    uint16_t control = (uint16_t)pci_read(f, f->msi + MSI_CONTROL, 2);
    uint16_t wanted = (uint16_t)(__builtin_ctz(a->count) << 4);
    zx_info_msi_t info;

    msi_allocation_info(a, &info);
    pci_write(f, f->msi + MSI_ADDRESS, 4, (uint32_t)info.target_addr);
    if (control & MSI_64_BITS)
        pci_write(f, f->msi + MSI_ADDRESS_HIGH, 4, (uint32_t)(info.target_addr >> 32));
    pci_write(f, f->msi + (control & MSI_64_BITS ? MSI_DATA_64 : MSI_DATA_32), 2,
              info.target_data);
    pci_modify(f, f->msi + MSI_CONTROL, MSI_ENABLE | MSI_WANTED, MSI_ENABLE | wanted);
}

/* Blocks are powers of two. */
static uint32_t block_of(uint32_t count)
{
    uint32_t size = 1;

    while (size < count)
        size *= 2;
    return size;
}

/* The reference that the function had, for the caller to give back. Caller holds the lock. */
static struct msi_allocation *leave_locked(struct pci_function *f)
{
    struct msi_allocation *messages = f->messages;

    if (f->irq_mode == ZX_PCIE_IRQ_MODE_MSI)
        pci_modify(f, f->msi + MSI_CONTROL, MSI_ENABLE, 0);
    if (f->irq_mode == ZX_PCIE_IRQ_MODE_LEGACY)
        pci_modify(f, PCI_COMMAND, PCI_COMMAND_NO_PIN, PCI_COMMAND_NO_PIN);
    f->irq_mode = ZX_PCIE_IRQ_MODE_DISABLED;
    f->irq_count = 0;
    f->messages = NULL;
    return messages;
}

static void leave(struct pci_function *f)
{
    struct msi_allocation *messages;
    {
        SPIN_GUARD(&f->lock);
        messages = leave_locked(f);
    }
    if (messages)
        object_put(&messages->object);
}

/* False: it is in another mode. */
static bool enter(struct pci_function *f, uint32_t mode, uint32_t count,
                  struct msi_allocation *messages)
{
    SPIN_GUARD(&f->lock);

    if (f->irq_mode != ZX_PCIE_IRQ_MODE_DISABLED)
        return false;
    f->irq_mode = mode;
    f->irq_count = count;
    f->messages = messages;
    if (messages)
        enable_messages(f, messages);
    else
        pci_modify(f, PCI_COMMAND, PCI_COMMAND_NO_PIN, 0);
    return true;
}

status_t pci_irq_set(struct pci_function *f, uint32_t mode, uint32_t count)
{
    struct msi_allocation *messages = NULL;
    uint32_t max;
    status_t st = pci_irq_query(f, mode, &max);

    if (st == OK && mode == ZX_PCIE_IRQ_MODE_DISABLED) {
        leave(f);
        return OK;
    }
    if (st == OK && (count < 1 || count > max))
        st = ERR_INVALID_ARGS;
    if (st == OK && mode == ZX_PCIE_IRQ_MODE_MSI)
        st = msi_allocate(block_of(count), &messages);
    if (st != OK || enter(f, mode, count, messages))
        return st;
    if (messages)
        object_put(&messages->object);
    return ERR_BAD_STATE;
}

/* What may be mapped as of now; a reference to the block of messages, if there is one. */
static status_t look(struct pci_function *f, int32_t which, struct msi_allocation **messages)
{
    SPIN_GUARD(&f->lock);

    if (which < 0 || (uint32_t)which >= f->irq_count)
        return ERR_INVALID_ARGS;
    *messages = f->messages;
    if (f->messages)
        object_get(&f->messages->object);
    return OK;
}

status_t pci_irq_map(struct pci_function *f, int32_t which, struct object **out)
{
    struct msi_allocation *messages;
    status_t st = look(f, which, &messages);

    if (st != OK)
        return st;
    if (!messages)
        return interrupt_create_physical(f->irq, ZX_INTERRUPT_MODE_DEFAULT, out);
    st = msi_interrupt_create_bare(messages, (uint32_t)which, out);
    object_put(&messages->object);
    return st;
}

/* --- reset --- */

status_t pci_reset_begin(struct pci_function *f, struct pci_saved *saved)
{
    uint32_t command;

    if (!f->express || !(pci_read(f, f->express + EXPRESS_DEVICE, 4) & EXPRESS_CAN_RESET))
        return ERR_NOT_SUPPORTED;
    command = pci_read(f, PCI_COMMAND, 2);
    saved->command = (uint16_t)(command & ~(uint32_t)PCI_COMMAND_MASTER);
    for (unsigned i = 0; i < ZX_PCI_MAX_BARS; i++)
        saved->bars[i] = pci_read(f, PCI_BARS + 4 * i, 4);
    leave(f);
    pci_write(f, PCI_COMMAND, 2, PCI_COMMAND_NO_PIN);
    pci_modify(f, f->express + EXPRESS_CONTROL, EXPRESS_RESET, EXPRESS_RESET);
    return OK;
}

void pci_reset_end(struct pci_function *f, const struct pci_saved *saved)
{
    for (unsigned i = 0; i < ZX_PCI_MAX_BARS; i++)
        pci_write(f, PCI_BARS + 4 * i, 4, saved->bars[i]);
    pci_write(f, PCI_COMMAND, 2, saved->command | PCI_COMMAND_NO_PIN);
}

/* --- objects --- */

/* Nobody drives it any more: it is not to move memory, nor to interrupt. */
static void device_destroy(struct object *obj)
{
    struct pci_device *d = pci_device_of(obj);

    pci_modify(d->function, PCI_COMMAND, PCI_COMMAND_MASTER, 0);
    leave(d->function);
    slab_free(&device_cache, d);
}

static const struct object_ops device_ops = {
    .name = "pci device",
    .type = ZX_OBJ_TYPE_PCI_DEVICE,
    .rights = ZX_RIGHTS_BASIC | ZX_RIGHTS_IO,
    .destroy = device_destroy,
};

status_t pci_device_create(unsigned n, struct object **out)
{
    struct pci_function *f = pci_nth(n);
    struct pci_device *d;

    if (!f)
        return ERR_OUT_OF_RANGE;
    d = slab_alloc_zeroed(&device_cache);
    if (!d)
        return ERR_NO_MEMORY;
    object_init(&d->object, &device_ops, 0);
    d->function = f;
    *out = &d->object;
    return OK;
}
