/*
 * descriptors.c - segments, task state and trap gates of a CPU (SDM volume 3, chapters 3 and
 * 6).
 */
#include "hal/bare/x86_64/descriptors.h"

#include "hal/bare/x86_64/registers.h"

#define GATE_INTERRUPT 0x8eu /* present, ring 0, interrupts off */
#define GATE_USER      0x60u /* user mode may raise it by INT */

/* What LGDT and LIDT take. */
struct table_register {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

struct gate {
    uint16_t offset_low, selector;
    uint8_t ist, type;
    uint16_t offset_mid;
    uint32_t offset_high, reserved;
};

static struct gate idt[256];
extern const char trap_stubs[][16]; /* trap.S */

void gdt_load(struct cpu *cpu)
{
    const struct table_register gdtr = {sizeof(cpu->gdt) - 1, (uint64_t)cpu->gdt};
    uint64_t tss = (uint64_t)&cpu->tss, limit = sizeof(cpu->tss) - 1;

    cpu->gdt[SELECTOR_KERNEL_CODE / 8] = 0x00af9b000000ffff;
    cpu->gdt[SELECTOR_KERNEL_DATA / 8] = 0x00cf93000000ffff;
    cpu->gdt[SELECTOR_USER_CODE32 / 8] = 0; /* no 32-bit programs; it only has its place */
    cpu->gdt[SELECTOR_USER_DATA / 8] = 0x00cff3000000ffff;
    cpu->gdt[SELECTOR_USER_CODE / 8] = 0x00affb000000ffff;
    cpu->gdt[SELECTOR_TSS / 8] =
        limit | (tss & 0xffffff) << 16 | 0x89ull << 40 | (tss >> 24 & 0xff) << 56;
    cpu->gdt[SELECTOR_TSS / 8 + 1] = tss >> 32;
    cpu->tss.io_map = sizeof(cpu->tss); /* beyond the limit: no port is user's yet */
    cpu->tss.end = 0xff;
    __asm__ volatile("lgdt %0" : : "m"(gdtr) : "memory");
    __asm__ volatile("ltr %w0" : : "r"(SELECTOR_TSS));
}

static void gate_set(unsigned vector, uint8_t ist, uint8_t type)
{
    uint64_t stub = (uint64_t)trap_stubs[vector];

    idt[vector] = (struct gate){
        .offset_low = (uint16_t)stub,
        .selector = SELECTOR_KERNEL_CODE,
        .ist = ist,
        .type = type,
        .offset_mid = (uint16_t)(stub >> 16),
        .offset_high = (uint32_t)(stub >> 32),
    };
}

void idt_init(void)
{
    for (unsigned i = 0; i < 256; i++)
        gate_set(i, 0, GATE_INTERRUPT);
    gate_set(VECTOR_BP, 0, GATE_INTERRUPT | GATE_USER);
    gate_set(VECTOR_OF, 0, GATE_INTERRUPT | GATE_USER);
    gate_set(VECTOR_NMI, 1, GATE_INTERRUPT);
    gate_set(VECTOR_DF, 1, GATE_INTERRUPT);
    gate_set(VECTOR_MC, 1, GATE_INTERRUPT);
}

void idt_load(void)
{
    const struct table_register idtr = {sizeof(idt) - 1, (uint64_t)idt};

    __asm__ volatile("lidt %0" : : "m"(idtr) : "memory");
}
