/*
 * machine.h - what start-up needs of each machine: who the first program runs as, and where its
 * output goes.
 */
#pragma once

#include "personality/linux/process/credentials.h"

/* libos: the launcher's ids and umask; bare metal: root's, 022. */
void machine_identity(struct credentials *cred, uint32_t *umask);

/* Bare metal: by what key the launcher knows the kernel's messages (uapi/zcore/boot.h); NULL:
 * they are plain text. Stays the caller's. */
void machine_console_init(const char *key);

/* Bare metal: the mark that ends what the launcher drops (uapi/zcore/boot.h), once. libos:
 * nothing precedes the program. */
void machine_console_mark(void);

/* What Zircon programs write to the debug log: libos: the launcher's standard output; bare
 * metal: the console. */
void machine_program_output(const char *text, size_t size);

/* Where zx_debug_read reads: libos: the launcher's standard input; bare metal: the console. */
void machine_program_input_init(void);

/* How PCI is reached: libos, and where the boot record wants it (`simulated-pci=1`): a
 * simulated bus; bare metal otherwise: where a program says it is. */
void machine_devices_init(bool simulated_bus);

/* Lines of /proc/zcore that only this machine has. */
void machine_counters_init(void);
