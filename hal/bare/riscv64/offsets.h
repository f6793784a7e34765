/*
 * offsets.h - layouts that the assembly knows; layout.c proves each of them.
 */
#pragma once

/* struct cpu */
#define CPU_KERNEL_SP 16
#define CPU_FAULT_SP  24

/* struct hal_context: register n is at 8 * n, the pc in x0's place */
#define CONTEXT_CPU 264

/* struct trap_frame: the same, then two words that make it a stack frame */
#define FRAME_REGS 256
#define FRAME_SIZE 272

/* A CPU's memory: a page that is not mapped, the stack, a stack for faults of the kernel. */
#define CPU_AREA_SHIFT       16
#define CPU_AREA_SIZE        0x10000
#define CPU_AREA_GUARD       0x1000
#define CPU_AREA_FAULT_STACK 0x2000
