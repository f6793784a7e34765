/*
 * pci_sim_test.c - the bus over the simulated machine: addresses that firmware left out, irqs
 * of pins, messages against those who close their interrupts.
 */
#include "object/object_test.h"

#include "drivers/pci_sim.h"
#include "hal/irq.h"

enum { PIN_SOURCE = 9, SEEDS = 200, STEPS = 8 };

static union {
    zx_pci_init_arg_t arg;
    unsigned char bytes[ZX_PCI_INIT_ARG_MAX_SIZE];
} start;

/* Pins of the device's slot go to a source that there is, those of slot 2 to one that there is
 * not. */
static zx_pci_init_arg_t *start_arg(void)
{
    memset(&start.arg.dev_pin_to_global_irq, 0xff, sizeof(start.arg.dev_pin_to_global_irq));
    start.arg.dev_pin_to_global_irq[1][0][0] = PIN_SOURCE;
    start.arg.dev_pin_to_global_irq[2][0][0] = 5000;
    start.arg.num_irqs = 2;
    start.arg.irqs[0] = (zx_pci_init_irq_t){.global_irq = PIN_SOURCE, .level_triggered = 1};
    start.arg.irqs[1] = (zx_pci_init_irq_t){.global_irq = 5000};
    start.arg.addr_window_count = 1;
    start.arg.addr_windows[0] =
        (zx_pci_init_window_t){.cfg_space_type = PCI_CFG_SPACE_TYPE_PIO};
    return &start.arg;
}

static struct handle make_handle(status_t st, struct object *obj)
{
    struct handle h;

    assert_int_equal(st, OK);
    h = handle_make(obj, obj->ops->rights);
    object_put(obj);
    return h;
}

static struct handle map_irq(struct pci_function *f, int32_t which)
{
    struct object *obj;
    status_t st = pci_irq_map(f, which, &obj);

    return make_handle(st, obj);
}

static void ranges(void)
{
    assert_int_equal(pci_range_add(true, 0x1000, 0), ERR_INVALID_ARGS);
    assert_int_equal(pci_range_add(true, UINT64_MAX, 2), ERR_INVALID_ARGS);
    assert_int_equal(pci_range_add(true, 0x10000, 0x10000), OK);
    assert_int_equal(pci_range_subtract(true, 0x14000, 0x1000), OK);
    assert_int_equal(pci_range_take(true, 0x8000), 0x18000);
    assert_int_equal(pci_range_take(true, 0x8000), 0);
    assert_int_equal(pci_range_take(true, 0x4000), 0x10000);
    assert_int_equal(pci_range_take(true, 0x1000), 0x15000);
    assert_int_equal(pci_range_take(false, 0x1000), 0);
    assert_int_equal(pci_range_subtract(true, 0, 1ull << 40), OK);
    assert_int_equal(pci_range_take(true, 0x1000), 0);
    for (uint64_t i = 0; i < 32; i++)
        assert_int_equal(pci_range_add(true, 0x1000000 + 0x2000 * i, 0x1000), OK);
    assert_int_equal(pci_range_add(true, 0x2000000, 0x1000), ERR_NO_RESOURCES);
    assert_int_equal(pci_range_subtract(true, 0, 1ull << 40), OK);
}

static void pins(struct pci_function *f)
{
    struct handle interrupt;
    struct object *other;

    assert_int_equal(pci_irq_set(f, ZX_PCIE_IRQ_MODE_LEGACY, 2), ERR_INVALID_ARGS);
    assert_int_equal(pci_irq_set(f, ZX_PCIE_IRQ_MODE_LEGACY, 1), OK);
    interrupt = map_irq(f, 0);
    assert_int_equal(pci_irq_map(f, 0, &other), ERR_ALREADY_BOUND);
    sim_irq_raise(PIN_SOURCE);
    hal_irq_serve();
    assert_int_equal(interrupt_of(interrupt.obj)->state, INTERRUPT_TRIGGERED);
    assert_int_equal(pci_irq_set(f, ZX_PCIE_IRQ_MODE_DISABLED, 0), OK);
    handle_drop(&interrupt);
}

static void without_memory(struct pci_function *f)
{
    struct object *obj = NULL;
    struct msi_allocation *a;
    status_t st;

    FAIL_EACH(st, st = pci_device_create(1, &obj));
    object_put(obj);
    FAIL_EACH(st, st = msi_allocate(32, &a));
    FAIL_EACH(st, st = msi_interrupt_create_bare(a, 3, &obj));
    object_put(&a->object);
    object_put(obj); /* which has the block's last reference */
    FAIL_EACH(st, st = pci_irq_set(f, ZX_PCIE_IRQ_MODE_MSI, 4));
    assert_int_equal(pci_irq_set(f, ZX_PCIE_IRQ_MODE_DISABLED, 0), OK);
}

/* The bus starts once in a life: this test goes first, and the others use what it found. */
static void test_the_bus(void **state)
{
    struct pci_function *f;

    (void)state;
    boot_with(&(struct sim_config){0});
    resource_init();
    assert_int_equal(pci_start(start_arg()), ERR_NOT_SUPPORTED);
    assert_int_equal(pci_range_add(true, 0, 1), ERR_NOT_SUPPORTED);
    assert_int_equal(pci_sim_init(), OK);
    ranges();
    assert_int_equal(pci_start(start_arg()), OK);
    assert_int_equal(pci_start(start_arg()), ERR_BAD_STATE);
    assert_int_equal(pci_range_add(true, 0x1000, 0x1000), ERR_BAD_STATE);
    assert_null(pci_nth(2));
    f = pci_nth(1);
    assert_int_equal(f->irq, PIN_SOURCE);
    assert_int_equal(f->bars[0].size, PAGE_SIZE);
    assert_int_equal(f->bars[2].size, 32);
    pins(f);
    without_memory(f);
    sim_teardown();
}

/* --- messages on several CPUs --- */

static struct msi_allocation *block;
static struct handle interrupt;

static void send(void)
{
    zx_info_msi_t info;

    msi_allocation_info(block, &info);
    msi_message(info.target_addr, info.target_data + 1);
    msi_message(info.target_addr, info.target_data + 3);
    msi_message(info.target_addr + 4, info.target_data);
}

/* Another one each time. */
static void replace(void)
{
    struct object *obj;
    status_t st;

    if (interrupt.obj)
        handle_drop(&interrupt);
    st = msi_interrupt_create_bare(block, 1, &obj);
    interrupt = make_handle(st, obj);
}

static void test_messages_against_closes(void **state)
{
    static void (*const acts[])(void) = {send, replace, send};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_with(&(struct sim_config){.cpus = 3, .seed = seed, .switch_one_in = 5});
        resource_init();
        assert_int_equal(msi_allocate(4, &block), OK);
        run_actors(acts, countof(acts), STEPS);
        handle_drop(&interrupt);
        object_put(&block->object);
        object_put(&resource_root()->object);
        teardown(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_bus),
        cmocka_unit_test(test_messages_against_closes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
