/*
 * power.c - the machine's end, with a status where it has SiFive's test device.
 */
#include "hal/bare/riscv64/power.h"

#include "hal/bare/riscv64/csr.h"
#include "hal/bare/riscv64/machine.h"
#include "hal/bare/riscv64/mmio.h"
#include "hal/bare/riscv64/sbi.h"

#define TEST_PASS 0x5555u
#define TEST_FAIL 0x3333u /* the status is in the upper half */

static paddr_t test_device; /* 0: none */

void power_init(const struct machine *machine)
{
    test_device = machine->test_device;
}

void hal_power_off(int status)
{
    if (test_device)
        mmio_write32(test_device, status ? (uint32_t)status << 16 | TEST_FAIL : TEST_PASS);
    sbi_shutdown();
    interrupts_off();
    for (;;)
        wait_for_interrupt();
}
