/*
 * msi.c - messages as interrupts, with a capability and a table in the memory of a device.
 */
#include "tests/zircon/bus.h"

struct capability {
    uint8_t id, next;
    uint16_t control;
    uint32_t address[2];
    uint32_t mask, mask_64, reserved;
};
struct vector {
    uint32_t address, address_high, data, control;
};
enum { MSI = 5, MASKS = 1 << 8, IRQS = 8 };

void ztest_setup(void)
{
    (void)bus_start(bus_arg());
}

static zx_handle_t allocate(uint32_t count)
{
    zx_handle_t h = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_msi_allocate(ztest_root_resource(), count, &h));
    return h;
}

static zx_info_msi_t info_of(zx_handle_t msi)
{
    zx_info_msi_t info = {0};

    EXPECT_OK(zx_object_get_info(msi, ZX_INFO_MSI, &info, sizeof(info), NULL, NULL));
    return info;
}

/* Allocated, and given back. */
static zx_status_t try_allocate(uint32_t count)
{
    zx_handle_t h;
    zx_status_t st = zx_msi_allocate(ztest_root_resource(), count, &h);

    if (st == ZX_OK)
        EXPECT_OK(zx_handle_close(h));
    return st;
}

CASE(MsiTest, AllocateSyscall)
{
    for (uint32_t count = 1; count <= 32; count *= 2)
        EXPECT_OK(try_allocate(count));
    EXPECT_EQ(try_allocate(0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(try_allocate(5), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(try_allocate(64), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(try_allocate(UINT32_MAX), ZX_ERR_INVALID_ARGS);
}

static zx_status_t create(zx_handle_t msi, uint32_t options, uint32_t id, zx_handle_t vmo,
                          size_t offset, zx_handle_t *out)
{
    return zx_msi_create(msi, options, id, vmo, offset, out);
}

CASE(MsiTest, CreateSyscallArgs)
{
    zx_handle_t device = bus_device(), msi = allocate(IRQS), vmo, plain, weak, out;
    volatile void *memory = bus_memory(device, &vmo);
    size_t size = PAGE;

    EXPECT_EQ(create(123456, 0, 0, vmo, 0, &out), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(create(vmo, 0, 0, vmo, 0, &out), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(create(msi, 0, 0, 123456, 0, &out), ZX_ERR_BAD_HANDLE);
    EXPECT_EQ(create(msi, 0, IRQS, vmo, 0, &out), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(create(msi, ~ZX_MSI_MODE_MSI_X, 0, vmo, 0, &out), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(create(msi, 0, 0, vmo, size, &out), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(create(msi, 0, 0, vmo, size - sizeof(struct capability), &out),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(create(msi, 0, 0, vmo, UINT32_MAX, &out), ZX_ERR_INVALID_ARGS);
    ASSERT_OK(zx_vmo_create(PAGE, 0, &plain)); /* no memory of a device */
    EXPECT_EQ(create(msi, 0, 0, plain, 0, &out), ZX_ERR_INVALID_ARGS);
    weak = ztest_without(vmo, ZX_RIGHT_MAP);
    EXPECT_EQ(create(msi, 0, 0, weak, 0, &out), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(weak));
    EXPECT_OK(zx_handle_close(plain));
    EXPECT_EQ(info_of(msi).interrupt_count, 0);
    bus_memory_end(memory, vmo);
    EXPECT_OK(zx_handle_close(msi));
    EXPECT_OK(zx_handle_close(device));
}

CASE(MsiTest, Msi)
{
    zx_handle_t device = bus_device(), msi = allocate(IRQS), vmo, interrupt, second;
    volatile struct capability *cap = bus_memory(device, &vmo);

    EXPECT_EQ(create(msi, 0, 0, vmo, 0, &interrupt), ZX_ERR_INVALID_ARGS); /* none yet */
    cap->id = MSI;
    cap->control = MASKS;
    cap->mask = UINT32_MAX;
    EXPECT_OK(create(msi, 0, 0, vmo, 0, &interrupt));
    EXPECT_EQ(info_of(msi).interrupt_count, 1);
    EXPECT_EQ(cap->mask, UINT32_MAX - 1);
    EXPECT_EQ(create(msi, 0, 0, vmo, 0, &second), ZX_ERR_ALREADY_BOUND);
    EXPECT_OK(create(msi, 0, 1, vmo, 0, &second));
    EXPECT_EQ(info_of(msi).interrupt_count, 2);
    EXPECT_EQ(cap->mask, UINT32_MAX - 3);
    EXPECT_OK(zx_handle_close(interrupt));
    EXPECT_OK(zx_handle_close(second));
    EXPECT_EQ(info_of(msi).interrupt_count, 0);
    EXPECT_EQ(cap->mask, UINT32_MAX);
    bus_memory_end(cap, vmo);
    EXPECT_OK(zx_handle_close(msi));
    EXPECT_OK(zx_handle_close(device));
}

CASE(Msi, VectorsOfATable)
{
    zx_handle_t device = bus_device(), msi = allocate(IRQS), vmo, interrupt;
    volatile struct vector *table = bus_memory(device, &vmo);
    zx_info_msi_t info = info_of(msi);
    size_t end = PAGE - 2 * sizeof(struct vector);

    for (uint32_t id = 0; id < IRQS; id++) {
        table[id].control = 1;
        EXPECT_OK(create(msi, ZX_MSI_MODE_MSI_X, id, vmo, 0, &interrupt));
        EXPECT_EQ(table[id].address, (uint32_t)info.target_addr);
        EXPECT_EQ(table[id].address_high, info.target_addr >> 32);
        EXPECT_EQ(table[id].data, info.target_data + id);
        EXPECT_EQ(table[id].control, 0);
        EXPECT_OK(zx_handle_close(interrupt));
        EXPECT_EQ(table[id].address | table[id].address_high | table[id].data, 0);
        EXPECT_EQ(table[id].control, 1);
    }
    EXPECT_OK(create(msi, ZX_MSI_MODE_MSI_X, 1, vmo, end, &interrupt));
    EXPECT_OK(zx_handle_close(interrupt));
    EXPECT_EQ(create(msi, ZX_MSI_MODE_MSI_X, 2, vmo, end, &interrupt), ZX_ERR_INVALID_ARGS);
    bus_memory_end(table, vmo);
    EXPECT_OK(zx_handle_close(msi));
    EXPECT_OK(zx_handle_close(device));
}

CASE(Msi, BlocksAreNobodyElses)
{
    zx_handle_t msi = allocate(32), more = allocate(32), other, weak;
    zx_info_msi_t a = info_of(msi), b = info_of(more);

    EXPECT_EQ(a.num_irq, 32);
    EXPECT_EQ(a.base_irq_id % 32, 0);
    EXPECT_NE(a.base_irq_id, b.base_irq_id);
    EXPECT_EQ(try_allocate(1), ZX_ERR_NO_RESOURCES);
    EXPECT_OK(zx_handle_close(more));
    EXPECT_OK(try_allocate(1));
    EXPECT_EQ(
        zx_resource_create(ztest_root_resource(), 1, a.base_irq_id + 3, 1, "irq", 3, &other),
        ZX_ERR_NOT_FOUND);
    EXPECT_EQ(zx_msi_allocate(ztest_job(), 1, &other), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_msi_allocate(ztest_root_resource(), 1, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(ztest_rights(msi), ZX_RIGHTS_BASIC);
    weak = ztest_without(msi, ZX_RIGHT_INSPECT);
    EXPECT_EQ(zx_object_get_info(weak, ZX_INFO_MSI, &a, sizeof(a), NULL, NULL),
              ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(weak));
    EXPECT_OK(zx_handle_close(msi));
}
