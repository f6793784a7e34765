/*
 * pci.c - the PCI bus: started once, its devices, their configuration space, memory and irqs.
 */
#include "tests/zircon/bus.h"

static zx_status_t started;

void ztest_setup(void)
{
    started = bus_start(bus_arg());
}

static uint32_t read(zx_handle_t device, uint16_t offset, size_t width)
{
    uint32_t value = 0xdead;

    EXPECT_OK(zx_pci_config_read(device, offset, width, &value));
    return value;
}

CASE(BadAccessTest, PciCfgPioRw)
{
    EXPECT_EQ(zx_pci_cfg_pio_rw(ztest_root_resource(), 0, 0, 0, 0, (uint32_t *)4096, 0, 1),
              ZX_ERR_INVALID_ARGS);
}

CASE(Pci, PortsReachConfigurationSpace)
{
    uint32_t value = 0;

    EXPECT_OK(zx_pci_cfg_pio_rw(ztest_root_resource(), 0, 1, 0, 0, &value, 32, 0));
    EXPECT_EQ(value, PCI_SIM_DEVICE << 16 | PCI_SIM_VENDOR);
    EXPECT_OK(zx_pci_cfg_pio_rw(ztest_root_resource(), 0, 1, 0, 2, &value, 16, 0));
    EXPECT_EQ(value, PCI_SIM_DEVICE);
    EXPECT_OK(zx_pci_cfg_pio_rw(ztest_root_resource(), 0, 9, 0, 0, &value, 8, 0));
    EXPECT_EQ(value, 0xff); /* nothing is there */
    value = 0x1234;
    EXPECT_OK(zx_pci_cfg_pio_rw(ztest_root_resource(), 0, 1, 0, 0, &value, 32, 1));
    EXPECT_OK(zx_pci_cfg_pio_rw(ztest_root_resource(), 0, 1, 0, 0, &value, 16, 0));
    EXPECT_EQ(value, PCI_SIM_VENDOR); /* which cannot be written */
    EXPECT_EQ(zx_pci_cfg_pio_rw(ztest_root_resource(), 0, 1, 0, 0, &value, 0, 0),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_cfg_pio_rw(ztest_root_resource(), 0, 1, 0, 1, &value, 32, 0),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_cfg_pio_rw(ztest_root_resource(), 0, 1, 0, 0, NULL, 32, 0),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_cfg_pio_rw(ztest_job(), 0, 1, 0, 0, &value, 32, 0), ZX_ERR_WRONG_TYPE);
}

CASE(Pci, StartsOnce)
{
    struct bus_arg *arg = bus_arg();
    zx_handle_t root = ztest_root_resource();

    EXPECT_OK(started);
    EXPECT_EQ(bus_start(arg), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_pci_init(ztest_job(), &arg->arg, BUS_ARG_SIZE), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pci_init(root, &arg->arg, sizeof(arg->arg) - 1), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_init(root, &arg->arg, sizeof(arg->arg)), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_init(root, &arg->arg, BUS_ARG_SIZE + 25), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_init(root, NULL, BUS_ARG_SIZE), ZX_ERR_INVALID_ARGS);
    arg->arg.num_irqs = ZX_PCI_MAX_IRQS + 1;
    EXPECT_EQ(bus_start(arg), ZX_ERR_INVALID_ARGS);
    arg = bus_arg();
    arg->window->size = PAGE;
    EXPECT_EQ(bus_start(arg), ZX_ERR_INVALID_ARGS);
    arg = bus_arg();
    arg->window->cfg_space_type = 77;
    EXPECT_EQ(bus_start(arg), ZX_ERR_INVALID_ARGS);
    arg = bus_arg();
    arg->window->bus_start = 1;
    EXPECT_EQ(bus_start(arg), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_add_subtract_io_range(root, 1, 0xf0000000, PAGE, 1), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_pci_add_subtract_io_range(root, 1, 0xf0000000, 0, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_add_subtract_io_range(ztest_job(), 1, 0xf0000000, 0, 0),
              ZX_ERR_WRONG_TYPE);
}

CASE(Pci, Devices)
{
    zx_pcie_device_info_t info;
    zx_handle_t device;

    ASSERT_OK(zx_pci_get_nth_device(ztest_root_resource(), 0, &info, &device));
    EXPECT_EQ(info.base_class, 6); /* the bridge to the host */
    EXPECT_EQ(info.dev_id, 0);
    EXPECT_EQ(ztest_rights(device), ZX_RIGHTS_BASIC | ZX_RIGHTS_IO);
    EXPECT_OK(zx_handle_close(device));
    ASSERT_OK(zx_pci_get_nth_device(ztest_root_resource(), 1, &info, &device));
    EXPECT_EQ(info.vendor_id, PCI_SIM_VENDOR);
    EXPECT_EQ(info.device_id, PCI_SIM_DEVICE);
    EXPECT_EQ(info.base_class, 0xff);
    EXPECT_EQ(info.revision_id, 1);
    EXPECT_EQ(info.bus_id | info.func_id, 0);
    EXPECT_EQ(info.dev_id, 1);
    EXPECT_OK(zx_handle_close(device));
    EXPECT_EQ(zx_pci_get_nth_device(ztest_root_resource(), 2, &info, &device),
              ZX_ERR_OUT_OF_RANGE);
    EXPECT_EQ(zx_pci_get_nth_device(ztest_root_resource(), 0, NULL, &device),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_get_nth_device(ztest_root_resource(), 0, &info, NULL),
              ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_get_nth_device(ztest_job(), 0, &info, &device), ZX_ERR_WRONG_TYPE);
}

CASE(Pci, Configuration)
{
    zx_handle_t device = bus_device(), weak, out;
    uint32_t value = 0;
    zx_pci_bar_t bar;

    EXPECT_EQ(read(device, 0, 4), PCI_SIM_DEVICE << 16 | PCI_SIM_VENDOR);
    EXPECT_EQ(read(device, 2, 2), PCI_SIM_DEVICE);
    EXPECT_EQ(read(device, 0x0b, 1), 0xff);
    EXPECT_EQ(zx_pci_config_read(device, 256, 1, &value), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_config_read(device, 252, 8, &value), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_config_read(device, 0, 3, &value), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_config_read(device, 0, 4, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_config_read(ztest_job(), 0, 4, &value), ZX_ERR_WRONG_TYPE);

    EXPECT_OK(zx_pci_config_write(device, PCI_SIM_MSI + 16, 1, 0xff));
    EXPECT_EQ(read(device, PCI_SIM_MSI + 16, 4), 15); /* as many bits as there are messages */
    EXPECT_OK(zx_pci_config_write(device, PCI_SIM_MSI + 16, 4, 0));
    EXPECT_EQ(zx_pci_config_write(device, 4, 2, 7), ZX_ERR_INVALID_ARGS); /* the header */
    EXPECT_EQ(zx_pci_config_write(device, 256, 1, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_config_write(device, 64, 0, 0), ZX_ERR_INVALID_ARGS);

    weak = ztest_without(device, ZX_RIGHT_WRITE);
    EXPECT_EQ(zx_pci_config_read(weak, 0, 4, &value), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_pci_config_write(weak, 64, 4, 0), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_pci_enable_bus_master(weak, 1), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_pci_reset_device(weak), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_pci_set_irq_mode(weak, ZX_PCIE_IRQ_MODE_MSI, 1), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_pci_get_bar(weak, 0, &bar, &out), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(weak));
    weak = ztest_without(device, ZX_RIGHT_READ);
    EXPECT_EQ(zx_pci_map_interrupt(weak, 0, &out), ZX_ERR_ACCESS_DENIED);
    EXPECT_EQ(zx_pci_query_irq_mode(weak, ZX_PCIE_IRQ_MODE_MSI, &value), ZX_ERR_ACCESS_DENIED);
    EXPECT_OK(zx_handle_close(weak));
    EXPECT_OK(zx_handle_close(device));
}

CASE(Pci, BusMasterGoesWithTheHandle)
{
    zx_handle_t device = bus_device();

    EXPECT_OK(zx_pci_enable_bus_master(device, 1));
    EXPECT_EQ(read(device, 4, 2) & 4, 4);
    EXPECT_OK(zx_pci_enable_bus_master(device, 0));
    EXPECT_EQ(read(device, 4, 2) & 4, 0);
    EXPECT_OK(zx_pci_enable_bus_master(device, 1));
    EXPECT_OK(zx_handle_close(device));
    device = bus_device();
    EXPECT_EQ(read(device, 4, 2) & 4, 0);
    EXPECT_EQ(zx_pci_enable_bus_master(ztest_job(), 1), ZX_ERR_WRONG_TYPE);
    EXPECT_OK(zx_handle_close(device));
}

CASE(Pci, Bars)
{
    zx_handle_t device = bus_device(), vmo, again;
    volatile uint32_t *memory = bus_memory(device, &vmo);
    zx_vaddr_t same = 0;
    zx_pci_bar_t bar = {0};

    EXPECT_OK(zx_pci_get_bar(device, 2, &bar, &again));
    EXPECT_EQ(bar.type, ZX_PCI_BAR_TYPE_PIO);
    EXPECT_EQ(bar.size, 32);
    EXPECT_EQ(bar.addr, 0xc000);
    EXPECT_EQ(read(device, 4, 2) & 3, 3); /* both are decoded now */
    EXPECT_EQ(zx_pci_get_bar(device, 1, &bar, &again), ZX_ERR_NOT_FOUND);
    EXPECT_EQ(zx_pci_get_bar(device, 6, &bar, &again), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_get_bar(device, 0, NULL, &again), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_get_bar(device, 0, &bar, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_get_bar(ztest_job(), 0, &bar, &again), ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pci_get_bar(ZX_HANDLE_INVALID, 0, &bar, &again), ZX_ERR_INVALID_ARGS);

    memory[3] = 77; /* the same memory, whoever looks */
    EXPECT_OK(zx_pci_get_bar(device, 0, &bar, &again));
    EXPECT_EQ(bar.type, ZX_PCI_BAR_TYPE_MMIO);
    EXPECT_EQ(bar.size, PAGE);
    EXPECT_OK(zx_vmar_map(ztest_root_vmar(), ZX_VM_PERM_READ, 0, again, 0, PAGE, &same));
    EXPECT_EQ(((volatile uint32_t *)same)[3], 77);
    bus_memory_end((volatile void *)same, again);
    bus_memory_end(memory, vmo);
    EXPECT_OK(zx_handle_close(device));
}

CASE(Pci, Reset)
{
    zx_handle_t device = bus_device(), bridge;
    zx_pcie_device_info_t info;
    uint32_t bar = read(device, 0x10, 4);

    EXPECT_OK(zx_pci_enable_bus_master(device, 1));
    EXPECT_OK(zx_pci_config_write(device, PCI_SIM_MSI + 16, 4, 5));
    EXPECT_OK(zx_pci_reset_device(device));
    EXPECT_EQ(read(device, PCI_SIM_MSI + 16, 4), 0);
    EXPECT_EQ(read(device, 0x10, 4), bar);
    EXPECT_EQ(read(device, 4, 2) & 4, 0);
    EXPECT_EQ(zx_pci_reset_device(ztest_job()), ZX_ERR_WRONG_TYPE);
    ASSERT_OK(zx_pci_get_nth_device(ztest_root_resource(), 0, &info, &bridge));
    EXPECT_EQ(zx_pci_reset_device(bridge), ZX_ERR_NOT_SUPPORTED);
    EXPECT_OK(zx_handle_close(bridge));
    EXPECT_OK(zx_handle_close(device));
}

CASE(Pci, IrqModes)
{
    zx_handle_t device = bus_device(), interrupt;
    uint32_t max = 77;

    EXPECT_OK(zx_pci_query_irq_mode(device, ZX_PCIE_IRQ_MODE_DISABLED, &max));
    EXPECT_EQ(max, 0);
    EXPECT_OK(zx_pci_query_irq_mode(device, ZX_PCIE_IRQ_MODE_MSI, &max));
    EXPECT_EQ(max, 4);
    EXPECT_EQ(zx_pci_query_irq_mode(device, ZX_PCIE_IRQ_MODE_MSI_X, &max),
              ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_pci_query_irq_mode(device, ZX_PCIE_IRQ_MODE_LEGACY, &max),
              ZX_ERR_NOT_SUPPORTED); /* its pin has no irq */
    EXPECT_EQ(zx_pci_query_irq_mode(device, 4, &max), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_query_irq_mode(device, ZX_PCIE_IRQ_MODE_MSI, NULL), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_query_irq_mode(ztest_job(), ZX_PCIE_IRQ_MODE_MSI, &max),
              ZX_ERR_WRONG_TYPE);
    EXPECT_EQ(zx_pci_set_irq_mode(device, ZX_PCIE_IRQ_MODE_MSI, 0), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_set_irq_mode(device, ZX_PCIE_IRQ_MODE_MSI, 5), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_set_irq_mode(device, 4, 1), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_set_irq_mode(device, ZX_PCIE_IRQ_MODE_MSI_X, 1), ZX_ERR_NOT_SUPPORTED);
    EXPECT_EQ(zx_pci_map_interrupt(device, 0, &interrupt), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_pci_set_irq_mode(device, ZX_PCIE_IRQ_MODE_MSI, 2));
    EXPECT_EQ(zx_pci_set_irq_mode(device, ZX_PCIE_IRQ_MODE_MSI, 2), ZX_ERR_BAD_STATE);
    EXPECT_EQ(zx_pci_map_interrupt(device, 2, &interrupt), ZX_ERR_INVALID_ARGS);
    EXPECT_EQ(zx_pci_map_interrupt(device, -1, &interrupt), ZX_ERR_INVALID_ARGS);
    EXPECT_OK(zx_pci_set_irq_mode(device, ZX_PCIE_IRQ_MODE_DISABLED, 0));
    EXPECT_OK(zx_pci_set_irq_mode(device, ZX_PCIE_IRQ_MODE_DISABLED, 0));
    EXPECT_OK(zx_handle_close(device));
}

CASE(Pci, Messages)
{
    zx_handle_t device = bus_device(), interrupt[2], other, port;
    zx_port_packet_t packet = {0};
    zx_time_t when = 0, before = zx_clock_get_monotonic();

    ASSERT_OK(zx_pci_set_irq_mode(device, ZX_PCIE_IRQ_MODE_MSI, 2));
    ASSERT_OK(zx_pci_map_interrupt(device, 0, &interrupt[0]));
    ASSERT_OK(zx_pci_map_interrupt(device, 1, &interrupt[1]));
    EXPECT_EQ(zx_pci_map_interrupt(device, 1, &other), ZX_ERR_ALREADY_BOUND);
    EXPECT_OK(zx_pci_config_write(device, PCI_SIM_DOORBELL, 1, 1));
    EXPECT_OK(zx_interrupt_wait(interrupt[1], &when));
    EXPECT_GE(when, before);
    EXPECT_EQ(zx_interrupt_trigger(interrupt[1], 0, 1), ZX_ERR_BAD_STATE); /* a real one */

    ASSERT_OK(zx_port_create(ZX_PORT_BIND_TO_INTERRUPT, &port));
    EXPECT_OK(zx_interrupt_bind(interrupt[0], port, 5, ZX_INTERRUPT_BIND));
    EXPECT_OK(zx_pci_config_write(device, PCI_SIM_DOORBELL, 1, 0));
    EXPECT_OK(zx_port_wait(port, ZX_TIME_INFINITE, &packet));
    EXPECT_EQ(packet.key, 5);
    EXPECT_EQ(packet.type, ZX_PKT_TYPE_INTERRUPT);
    EXPECT_OK(zx_interrupt_ack(interrupt[0]));

    /* Closed, it may be had again; and what left its mode is silent. */
    EXPECT_OK(zx_handle_close(interrupt[1]));
    EXPECT_OK(zx_pci_map_interrupt(device, 1, &interrupt[1]));
    EXPECT_OK(zx_pci_set_irq_mode(device, ZX_PCIE_IRQ_MODE_DISABLED, 0));
    EXPECT_OK(zx_pci_config_write(device, PCI_SIM_DOORBELL, 1, 0));
    EXPECT_EQ(zx_port_wait(port, 0, &packet), ZX_ERR_TIMED_OUT);
    EXPECT_OK(zx_handle_close(interrupt[0]));
    EXPECT_OK(zx_handle_close(interrupt[1]));
    EXPECT_OK(zx_handle_close(port));
    EXPECT_OK(zx_handle_close(device));
}
