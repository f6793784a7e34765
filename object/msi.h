/*
 * msi.h - messages as interrupts: blocks of irqs that are allocated, and the interrupts that a
 * device sends by writing an address (PCI Local Bus 3.0, 6.8).
 *
 * Lock order: msi.c's lock -> interrupt.lock -> msi_allocation.lock.
 */
#pragma once

#include "object/interrupt.h"
#include "object/resource.h"
#include "object/vmo_object.h"
#include "uapi/zircon/syscalls/interrupt.h"

/* What of the machine turns messages into irqs. */
struct msi_platform {
    unsigned base,
        count; /* its irqs, numbered beside the HAL's sources; at most MSI_IRQS_MAX */
    uint64_t target_addr; /* where devices write ... */
    uint32_t target_data; /* ... this for irq `base`, and one more for each next */
};
enum { MSI_IRQS_MAX = 64, MSI_BLOCK_MAX = 32 };

/* Once, at boot; without, messages are not supported. It stays the caller's. */
void msi_platform_set(const struct msi_platform *platform);
bool msi_present(void);

/* A device has written `data` to `addr`: whose irq it is, if anybody's, comes. Any CPU, no lock
 * held. */
void msi_message(uint64_t addr, uint32_t data);

/* A block of irqs: the first `base`, aligned to `count`, a power of two. */
struct msi_allocation {
    struct object object;
    unsigned base, count;      /* constant */
    struct resource *resource; /* nobody else's are these irqs: a reference */
    struct spinlock lock;
    uint32_t used;       /* a bit for each that has an interrupt; guarded by lock */
    unsigned interrupts; /* the bits that are set; guarded by lock */
};

static inline struct msi_allocation *msi_allocation_of(struct object *obj)
{
    return container_of(obj, struct msi_allocation, object);
}

/* ERR_INVALID_ARGS: not 1, 2, 4 ... MSI_BLOCK_MAX; ERR_NOT_SUPPORTED: no platform;
 * ERR_NO_RESOURCES: so many in a row are not left. */
status_t msi_allocate(uint32_t count, struct msi_allocation **out) MUST_USE;
void msi_allocation_info(struct msi_allocation *a, zx_info_msi_t *out);

/*
 * The interrupt of irq `id` of the block, whose device has its registers at `offset` of the
 * VMO: with ZX_MSI_MODE_MSI_X in `options` a table of vectors, otherwise the capability.
 * ERR_INVALID_ARGS: other options, no such id, or a VMO that is not device memory, or has no
 * capability there, or no room; ERR_ALREADY_BOUND: the irq has an interrupt.
 */
status_t msi_interrupt_create(struct msi_allocation *a, uint32_t options, uint32_t id,
                              struct vmo_object *vo, uint64_t offset,
                              struct object **out) MUST_USE;

/* The same for a device whose registers are dealt with by who asks: it is never shut. */
status_t msi_interrupt_create_bare(struct msi_allocation *a, uint32_t id,
                                   struct object **out) MUST_USE;
