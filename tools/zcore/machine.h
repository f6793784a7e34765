/*
 * machine.h - a QEMU process, and the way in and out of its serial console.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "tools/zcore/options.h"

struct machine {
    pid_t pid;
    int input, output; /* pipes; of the serial console */
    int status; /* a memfd with the status, where the machine has a debug port; else -1 */
};

/* Starts QEMU on these archives, or ends the launcher. It dies with the launcher. */
void machine_start(struct machine *machine, const struct options *options, int initramfs);

/* Waits for its end. The status that the guest ended with; -1: there is none, since QEMU was
 * killed or failed. */
int machine_wait(struct machine *machine);
