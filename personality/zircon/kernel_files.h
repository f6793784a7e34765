/*
 * kernel_files.h - what the kernel itself has to show: VMOs that programs find among their
 * handles as PA_VMO_KERNEL_FILE, numbered as here, and know by their names.
 */
#pragma once

#include "object/vmo_object.h"

enum kernel_file {
    KERNEL_FILE_CRASHLOG,      /* empty: the machine has not crashed */
    KERNEL_FILE_COUNTER_NAMES, /* uapi/zircon/counters.h */
    KERNEL_FILE_COUNTERS,
    KERNEL_FILES
};

#define KERNEL_FILE_RIGHTS (ZX_DEFAULT_VMO_RIGHTS & ~ZX_RIGHT_WRITE)

/* At boot, before the other CPUs run. */
void kernel_files_init(void);
/* Not a reference: it stays for good. */
struct vmo_object *kernel_file(enum kernel_file which);
