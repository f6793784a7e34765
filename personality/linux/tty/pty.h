/*
 * pty.h - pseudo terminals (pty(7)): terminals whose screen and keys are a file, the master,
 * that opening /dev/ptmx makes; and devpts, the file system where the terminals are.
 */
#pragma once

#include "personality/linux/tty/tty.h"

enum { PTY_MAJOR = 136, PTY_MAX = 4096, TTY_MINOR_PTMX = 2 };

/* /dev/ptmx and the terminals; once per boot, before the devfs is made. */
status_t pty_register_devices(void) MUST_USE;
/* For /dev/pts. The caller is the holder. */
status_t devpts_create(struct filesystem **out) MUST_USE;

/* The terminal that `file` is the master of, borrowed; NULL: it is no master. */
struct tty *pty_of_master(struct file *file);
/* A request to that master (ioctl_tty(2)). */
status_t pty_ioctl(struct syscall *call, struct tty *tty, uint32_t request,
                   user_addr_t arg) MUST_USE;
