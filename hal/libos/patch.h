/*
 * patch.h - turning system call sites of the guest into jumps to the kernel.
 *
 * Where the instruction before a `syscall` is a move of a constant into a register, at least
 * five bytes long, it becomes `jmp rel32` to a stub within 2 GiB:
 *
 *     site:  e9 rel32 [rest]          stub:  mov $constant, %reg   the displaced instruction
 *            0f 05  (untouched)              lea behind(%rip), %rcx
 *     behind:                                movabs $user_entry, %r11
 *                                            jmp *%r11
 *
 * One instruction takes the place of one, so every saved program counter stays valid; the
 * `syscall` itself stays, for jumps onto it and for restarts. The site is recognised when a
 * call arrives from it by signal: the register must then hold the constant.
 */
#pragma once

#include "hal/context.h"

/* A call came by host signal from the site before regs->rip: patch the site if that is sound.
 */
void patch_call_site(struct hal_pt *pt, const struct user_regs *regs);

/* A breakpoint at `va` was that of a site being patched: run it again. */
bool patch_owns_breakpoint(struct hal_pt *pt, user_addr_t va);
