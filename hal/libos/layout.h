/*
 * layout.h - addresses of the library OS: the kernel window in every host process. Known to the
 * launcher and to assembly.
 *
 * The window is a hole in the layouts of ASan, TSan and MSan. Two memfds back it: the kernel's
 * own memory (image, boot information, stacks) and the guest's physical memory.
 */
#pragma once

#define LIBOS_WINDOW_BASE 0x400000000000
#define LIBOS_WINDOW_SIZE 0x010000000000 /* 1 TiB */
#define LIBOS_WINDOW_END  (LIBOS_WINDOW_BASE + LIBOS_WINDOW_SIZE)
#define LIBOS_USER_END    0x7ffffffff000

/* Kernel memory: one sparse memfd from the window's base. The image lies at its start. */
#define LIBOS_KERNEL_SIZE  0x040000000
#define LIBOS_BOOT_OFFSET  0x008000000
#define LIBOS_BOOT_MAX     0x004000000
#define LIBOS_BOOT_BASE    (LIBOS_WINDOW_BASE + LIBOS_BOOT_OFFSET)
#define LIBOS_STACK_OFFSET 0x010000000 /* CPU stacks; the lowest page of each is a guard */
#define LIBOS_STACK_SIZE   0x000020000
#define LIBOS_STACK_BASE   (LIBOS_WINDOW_BASE + LIBOS_STACK_OFFSET)
#define LIBOS_CARRIER_BASE (LIBOS_WINDOW_BASE + 0x020000000)
/* A carrier: its struct; its own stack, which ends here; its signal stack. */
#define LIBOS_CARRIER_STACK 0x4000
#define LIBOS_CARRIER_SIZE  0x8000
#define LIBOS_CARRIER_MAX   0x000004000

/* The host's vDSO with its data pages, moved here. */
#define LIBOS_VDSO_BASE 0x407000000000
#define LIBOS_VDSO_SIZE 0x000100000

/* Guest physical memory: address 0 of the memfd. Frames start at the first MiB, so that no
 * frame has address 0. */
#define LIBOS_LINEAR_BASE  0x408000000000
#define LIBOS_MEMORY_START 0x100000
