/*
 * lapic.c - the local APIC in xAPIC mode (SDM volume 3, chapter 11), by its registers in
 * memory.
 *
 * Up to HAL_MAX_CPUS the 8-bit ids of this mode suffice. The command register takes two writes;
 * interrupt handlers send nothing, so none comes in between.
 */
#include "hal/bare/x86_64/lapic.h"

#include "base/assert.h"
#include "hal/bare/x86_64/instructions.h"
#include "hal/bare/x86_64/layout.h"
#include "hal/mmu.h"

enum {
    REG_PRIORITY = 0x80,
    REG_EOI = 0xb0,
    REG_SPURIOUS = 0xf0,
    REG_COMMAND = 0x300,
    REG_COMMAND_HIGH = 0x310,
    REG_LVT_TIMER = 0x320,
    REG_LVT_LINT0 = 0x350,
    REG_TIMER_INITIAL = 0x380,
    REG_TIMER_CURRENT = 0x390,
    REG_TIMER_DIVIDE = 0x3e0,
};

#define SPURIOUS_ENABLE (1u << 8)
#define LVT_MASKED      (1u << 16)
#define LVT_DEADLINE    (2u << 17)
#define DIVIDE_BY_1     0xbu

#define COMMAND_NMI     (4u << 8)
#define COMMAND_INIT    (5u << 8)
#define COMMAND_STARTUP (6u << 8)
#define COMMAND_PENDING (1u << 12)
#define COMMAND_ASSERT  (1u << 14)

#define APIC_BASE_X2 (1u << 10)

static char *registers;

/* Ordered against all memory accesses around it, by the compiler; the CPU does so by itself. */
static uint32_t reg_read(unsigned reg)
{
    uint32_t value;

    __asm__ volatile("movl %1, %0" : "=r"(value) : "m"(registers[reg]) : "memory");
    return value;
}

static void reg_write(unsigned reg, uint32_t value)
{
    __asm__ volatile("movl %1, %0" : "=m"(registers[reg]) : "r"(value) : "memory");
}

void lapic_init(paddr_t base)
{
    if (msr_read(MSR_APIC_BASE) & APIC_BASE_X2)
        panic("firmware left the APIC in x2APIC mode");
    registers = hal_phys_to_virt(base);
}

void lapic_enable(void)
{
    reg_write(REG_PRIORITY, 0);
    reg_write(REG_LVT_TIMER, LVT_MASKED);
    reg_write(REG_LVT_LINT0, LVT_MASKED); /* the old interrupt controller */
    reg_write(REG_TIMER_DIVIDE, DIVIDE_BY_1);
    reg_write(REG_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
}

void lapic_eoi(void)
{
    reg_write(REG_EOI, 0);
}

static void command(uint32_t apic_id, uint32_t what)
{
    while (reg_read(REG_COMMAND) & COMMAND_PENDING)
        __builtin_ia32_pause();
    reg_write(REG_COMMAND_HIGH, apic_id << 24);
    reg_write(REG_COMMAND, what | COMMAND_ASSERT);
}

void lapic_send(uint32_t apic_id, unsigned vector)
{
    command(apic_id, vector);
}

void lapic_send_nmi(uint32_t apic_id)
{
    command(apic_id, COMMAND_NMI);
}

void lapic_send_init(uint32_t apic_id)
{
    command(apic_id, COMMAND_INIT);
}

void lapic_send_startup(uint32_t apic_id, paddr_t page)
{
    command(apic_id, COMMAND_STARTUP | (uint32_t)(page >> PAGE_SHIFT));
}

void lapic_timer_use_counter(void)
{
    reg_write(REG_LVT_TIMER, VECTOR_TIMER);
}

/* The MSR may be written only after the mode is set (SDM volume 3, 11.5.4.1). */
void lapic_timer_use_deadline(void)
{
    reg_write(REG_LVT_TIMER, LVT_DEADLINE | VECTOR_TIMER);
    __asm__ volatile("mfence" : : : "memory");
}

void lapic_timer_set(uint32_t count)
{
    reg_write(REG_TIMER_INITIAL, count);
}

uint32_t lapic_timer_left(void)
{
    return reg_read(REG_TIMER_CURRENT);
}
