/*
 * signal.h - host signals: system calls, faults and kicks of user mode.
 *
 * Handlers run on the carrier's signal stack. A fault or a dispatched call leaves that stack
 * for the kernel's without sigreturn, so its signal is never masked (SA_NODEFER). The kick is
 * masked while its handler runs, or kicks could pile up on the signal stack; it returns by
 * sigreturn, into the kernel when it found user mode. Guest signal masks are the kernel's own
 * affair: a masked SIGSYS or SIGSEGV would be the host process's death.
 */
#pragma once

#include "hal/context.h"

struct carrier_signal;

/* Once, in the template: all host processes inherit them. `template` gets SIGCHLD and SIGALRM.
 */
void signal_install(void (*template)(int));

/* What a signal from user mode means as a trap. */
void signal_decode(const struct carrier_signal *signal, struct user_regs *regs,
                   struct hal_trap *trap);

/* Counts what other CPUs are asked to synchronise with; a kick copies it to the CPU's `synced`.
 */
extern atomic_uint signal_sync;

/* From now on a kick parks its CPU for good. */
extern atomic_bool signal_stopping;

/* If so, that is here. */
void signal_stop_here(void);
