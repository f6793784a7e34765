/*
 * bootinfo.h - what the launcher (tools/zcore/boot_libos.c) hands to the kernel, as firmware
 * does: one struct at LIBOS_BOOT_BASE, the boot record behind it. Both sides keep it mapped
 * shared.
 */
#pragma once

#include <stdatomic.h>

#include "hal/host.h"

#define LIBOS_BOOT_MAGIC 0x5a434f5245424f54ull
#define LIBOS_MAX_CPUS   32u
#define LIBOS_ANY_CORE   UINT32_MAX

struct libos_boot_info {
    uint64_t magic;
    uint64_t memory_size;   /* end of guest physical memory */
    uint64_t clock_gettime; /* the vDSO's, at its place in the window; 0: none */
    uint64_t record_size;   /* bytes of boot record behind this struct */
    uint32_t cpus;
    uint32_t cores[LIBOS_MAX_CPUS]; /* host core of each CPU, or LIBOS_ANY_CORE */
    int32_t memory_fd;              /* guest physical memory */
    int32_t root_fd;                /* the guest's root directory, O_PATH */
    int32_t bell_fd;                /* an eventfd that wakes the I/O thread */
    int32_t log_fd;                 /* kernel messages */
    int32_t trace_fd;               /* what --strace shows */
    int32_t launcher;               /* process id */
    _Atomic uint64_t signals;       /* 1 << signo, from the launcher; then it rings the bell */
    /* To the launcher, with SIGUSR1: stop by this signal. A futex: 0 once it was continued. */
    atomic_uint stop_signal;
    struct hal_host_identity identity;
};
