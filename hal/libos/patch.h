/*
 * patch.h - turning system call sites of the guest into jumps to the kernel.
 *
 * A site is patched when a call has arrived from it by host signal, in one of two forms. Both
 * leave every address at which a thread can be, or to which code can jump, with its meaning:
 * no saved program counter has to be moved, a call is restarted at `rip - 2` as ever, and an
 * unwinder finds each blocked thread in its function.
 *
 * Lead: an instruction before the `syscall` is at least five bytes long, and nothing between
 * the two leaves (hal/libos/lead.h). A jump takes its place; what comes behind it stays, for
 * jumps onto that.
 *
 *     site:    e9 rel32 [rest]      stub:  the instructions from the site to the call
 *              ...                         lea behind(%rip), %rcx
 *              0f 05                       movabs $user_entry, %r11
 *     behind:                              jmp *%r11
 *
 * Compare: the instruction behind the `syscall` compares its result with a constant. Compilers
 * let other paths jump to that compare, and threads that are blocked in the call return to it.
 * So there are two jumps that overlap: the second byte of the first one's distance is the
 * second one's opcode.
 *
 *     site:    e9 r0                stub:  lea behind(%rip), %rcx
 *     behind:  e9 r2 r3 r4 r5 90           movabs $user_entry, %r11
 *     next:                                jmp *%r11
 *                                   tail:  cmp $constant, %rax     the displaced instruction
 *                                          jmp next
 *
 * with stub = behind + 3 + (r3 r2 e9 r0) and tail = behind + 5 + (r5 r4 r3 r2).
 */
#pragma once

#include "hal/context.h"

/* A call came by host signal from the site before regs->rip: patch the site if that is sound.
 */
void patch_call_site(struct hal_pt *pt, const struct user_regs *regs);

/* A breakpoint at `va` was that of a site being patched: run it again. */
bool patch_owns_breakpoint(struct hal_pt *pt, user_addr_t va);
