/* boot.h - what the launcher handed over, and the shared state of the machine as a whole. */
#pragma once

#include "hal/libos/bootinfo.h"

extern struct libos_boot_info *const libos_boot;

/* The machine cannot be: say so and end it. Before kernel_main, and when panic is too much. */
_Noreturn void boot_fail(const char *what, long error);

extern char kernel_end[]; /* of the image: kernel.ld */

/* The template's main: the one host process that the launcher started. */
_Noreturn void boot_template(struct libos_boot_info *info);
