/*
 * interrupt.h - traps of the kernel itself, and interrupts from wherever they came.
 */
#pragma once

#include "hal/bare/x86_64/cpu.h"

/* As trap.S pushes it. */
struct kernel_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};
_Static_assert(offsetof(struct kernel_frame, rip) == 136, "trap.S");
_Static_assert(sizeof(struct kernel_frame) == 176, "trap.S");

/* Note an interrupt of a device, the timer or another CPU, and let the next in. Interrupts
 * off. */
void interrupt_note(struct cpu *cpu, unsigned vector);

/* Called by trap.S. */
void kernel_trap(struct kernel_frame *frame);
_Noreturn void kernel_fatal(struct kernel_frame *frame);
