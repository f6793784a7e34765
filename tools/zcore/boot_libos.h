/*
 * boot_libos.h - start the library OS and be its terminal, its signals and its exit status.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct libos_boot {
    const void *kernel; /* the kernel's ELF image */
    size_t kernel_size;
    unsigned cpus;      /* 1 .. 32 */
    uint64_t memory;    /* bytes of guest physical memory, taken as they are touched */
    int root_fd;        /* O_PATH of the guest's root directory */
    int log_fd;         /* kernel messages */
    int trace_fd;       /* what --strace shows */
    int debug_fd;       /* debugger_start's; -1: no gdb */
    const char *record; /* the boot record (hal/boot.h) */
    size_t record_size;
};

/*
 * Runs until the machine ends; its exit status, or 125 with one line on stderr. Signals SIGINT,
 * SIGTERM, SIGHUP, SIGQUIT, SIGWINCH and SIGCONT go to the kernel meanwhile; a terminal on
 * descriptor 0 is raw, and as before when this returns. Should the caller die, all of it dies.
 */
int boot_libos(const struct libos_boot *boot);
