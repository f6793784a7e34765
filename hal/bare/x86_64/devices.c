/*
 * devices.c - the serial console at COM1, and what the CPU offers as entropy.
 */
#include "hal/bare/x86_64/devices.h"

#include "hal/bare/common/console.h"
#include "hal/bare/common/entropy.h"
#include "hal/bare/x86_64/cpu.h"
#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/ioapic.h"
#include "hal/boot.h"

#define COM1     0x3f8
#define COM1_IRQ 4u

static uint8_t com_read(const struct uart16550 *uart, unsigned reg)
{
    return port_in8((uint16_t)(uart->base + reg));
}

static void com_write(const struct uart16550 *uart, unsigned reg, uint8_t value)
{
    port_out8((uint16_t)(uart->base + reg), value);
}

void console_attach(void)
{
    static const struct uart16550 com1 = {.read = com_read, .write = com_write, .base = COM1};

    console_init(&com1, ioapic_isa_source(COM1_IRQ));
}

/* One try each: both may fail under load, and the pool has what it got before. */
static uint64_t random_word(void)
{
    uint64_t word = 0;

    if (cpu_features.rdseed)
        __asm__ volatile("rdseed %0" : "=r"(word) : : "cc");
    else if (cpu_features.rdrand)
        __asm__ volatile("rdrand %0" : "=r"(word) : : "cc");
    return word;
}

void entropy_refresh(void)
{
    uint64_t words[2] = {tsc_read(), random_word()};

    hal_entropy_add(words, sizeof(words));
}

/* Without an instruction for it the time that port accesses take is all there is. */
void entropy_start(void)
{
    for (unsigned i = 0; i < 64; i++) {
        entropy_refresh();
        (void)port_in8(COM1 + 5);
    }
}
