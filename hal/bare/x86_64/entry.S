/*
 * entry.S - from what firmware left to C in long mode: the boot CPU by PVH, the others by SIPI.
 */
#include "hal/bare/x86_64/layout.h"
#include "hal/bare/x86_64/registers.h"

#define PHYS(symbol) (symbol - KERNEL_WINDOW)
#define BOOT_STACK_SIZE 0x4000

/* Xen's PVH entry point, the physical address of 32-bit code (elfnote.h, PHYS32_ENTRY). */
    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 8, 18
    .asciz "Xen"
    .quad PHYS(pvh_entry)

/* On the boot tables, from 32-bit or real mode. WP, or the kernel could write what is read-only
 * to it. */
.macro ENTER_LONG_MODE
    movl $CR4_PAE, %eax
    movl %eax, %cr4
    movl $PHYS(boot_root), %eax
    movl %eax, %cr3
    movl $MSR_EFER, %ecx
    rdmsr
    orl $(EFER_SCE | EFER_LME | EFER_NXE), %eax
    wrmsr
    movl $(CR0_PG | CR0_WP | CR0_NE | CR0_MP | CR0_PE), %eax
    movl %eax, %cr0
.endm

    .text
    .code32
    .globl pvh_entry
pvh_entry: /* flat segments, no paging; ebx: the start info */
    cli
    cld
    ENTER_LONG_MODE
    lgdt PHYS(boot_gdt_register)
    ljmp $SELECTOR_KERNEL_CODE, $PHYS(1f)
    .code64
1:  movabs $2f, %rax
    jmp *%rax
2:  xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    leaq boot_stack + BOOT_STACK_SIZE(%rip), %rsp
    xorl %ebp, %ebp
    movl %ebx, %edi
    call boot_main
    ud2

/* _Noreturn void stack_enter(uintptr_t top, void (*entry)(void)) */
    .globl stack_enter
stack_enter:
    movq %rdi, %rsp
    xorl %ebp, %ebp
    call *%rsi
    ud2

/* Copied to TRAMPOLINE_PHYS; a SIPI starts it in real mode with cs:ip there. */
#define MOVED(symbol) (symbol - trampoline + TRAMPOLINE_PHYS)
    .code16
    .globl trampoline, trampoline_end
trampoline:
    cli
    cld
    xorw %ax, %ax
    movw %ax, %ds
    lgdtl MOVED(trampoline_gdt_register)
    ENTER_LONG_MODE
    ljmpl $SELECTOR_KERNEL_CODE, $MOVED(1f)
    .code64
1:  movabs $other_entry, %rax
    jmp *%rax
    .balign 8
trampoline_gdt_register:
    .word boot_gdt_end - boot_gdt - 1
    .long PHYS(boot_gdt)
trampoline_end:

/* At its high address, which the kernel's tables have too. */
other_entry:
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movq starting_root(%rip), %rax
    movq %rax, %cr3
    movq starting_stack(%rip), %rsp
    xorl %ebp, %ebp
    call other_main
    ud2

    .section .rodata
    .balign 8
boot_gdt:
    .quad 0, 0
    .quad 0x00af9b000000ffff /* SELECTOR_KERNEL_CODE */
boot_gdt_end:
boot_gdt_register:
    .word boot_gdt_end - boot_gdt - 1
    .long PHYS(boot_gdt)

/* The first 4 GiB at 0, in the linear map and (2 GiB of them) in the kernel window; all of it
 * writable and executable, and used until kmap.c has made the real tables. */
#define TABLE 0x003 /* present, writable */
#define LEAF  0x083 /* 2 MiB */
    .data
    .balign 4096
boot_root:
    .quad PHYS(boot_gibs) + TABLE
    .fill LINEAR_SLOT - 1, 8, 0
    .quad PHYS(boot_gibs) + TABLE
    .fill KERNEL_SLOT - LINEAR_SLOT - 1, 8, 0
    .quad PHYS(boot_gibs) + TABLE
boot_gibs:
    .quad PHYS(boot_leaves) + 0x0000 + TABLE, PHYS(boot_leaves) + 0x1000 + TABLE
    .quad PHYS(boot_leaves) + 0x2000 + TABLE, PHYS(boot_leaves) + 0x3000 + TABLE
    .fill 506, 8, 0
    .quad PHYS(boot_leaves) + 0x0000 + TABLE, PHYS(boot_leaves) + 0x1000 + TABLE
boot_leaves:
    .set address, 0
    .rept 2048
    .quad address + LEAF
    .set address, address + 0x200000
    .endr

    .bss
    .balign 16
boot_stack:
    .skip BOOT_STACK_SIZE
