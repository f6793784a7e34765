/*
 * layout.h - addresses, selectors, vectors and offsets that C and assembly share.
 *
 * The kernel half of every address space, by slots of the top table (512 GiB each):
 *   256..383  the linear map of physical memory, read-write, never executable
 *   510       CPU stacks, each between unmapped pages
 *   511       the kernel image, at -2 GiB
 */
#pragma once

#define LINEAR_SLOT   256
#define STACKS_BASE   0xffffff0000000000
#define KERNEL_WINDOW 0xffffffff80000000
#define KERNEL_SLOT   511

/* One stack each STACK_STRIDE, at the upper end of it; below is the guard. */
#define STACK_SIZE   0x8000
#define STACK_STRIDE 0x10000

/* Real-mode code of the other CPUs: below 1 MiB, and not in the free memory. */
#define TRAMPOLINE_PHYS 0x8000

/* SYSCALL wants kernel code and stack adjacent, SYSRET wants 32-bit code, data and 64-bit code
 * in a row (SDM volume 2, SYSRET). User selectors are those of Linux: programs look. */
#define SELECTOR_KERNEL_CODE 0x10
#define SELECTOR_KERNEL_DATA 0x18
#define SELECTOR_USER_CODE32 0x23
#define SELECTOR_USER_DATA   0x2b
#define SELECTOR_USER_CODE   0x33
#define SELECTOR_TSS         0x38

/* Interrupt vectors. The high nibble is the priority class: all devices share one, so at most
 * one of them is in service on a CPU, and timer and IPIs still come through. */
#define VECTOR_DEVICE    0x30
#define DEVICE_VECTORS   16
#define VECTOR_TIMER     0xe0
#define VECTOR_KICK      0xf0
#define VECTOR_SHOOTDOWN 0xf1
#define VECTOR_SPURIOUS  0xff
#define VECTOR_SYSCALL   0x100 /* not of the hardware: how SYSCALL shows in cpu->trap_vector */

/* Offsets in struct cpu (cpu.h), checked there. */
#define CPU_SELF        16
#define CPU_REGS        24
#define CPU_USER_RSP    32
#define CPU_TRAP_VECTOR 40
#define CPU_TRAP_ERROR  48
#define CPU_KERNEL_RSP  68

/* Offsets in struct user_regs (isa/regs.h). */
#define REGS_RAX    0
#define REGS_RBX    8
#define REGS_RCX    16
#define REGS_RDX    24
#define REGS_RSI    32
#define REGS_RDI    40
#define REGS_RBP    48
#define REGS_RSP    56
#define REGS_R8     64
#define REGS_R9     72
#define REGS_R10    80
#define REGS_R11    88
#define REGS_R12    96
#define REGS_R13    104
#define REGS_R14    112
#define REGS_R15    120
#define REGS_RIP    128
#define REGS_RFLAGS 136
