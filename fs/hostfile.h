/*
 * hostfile.h - the launcher's own descriptors as files of the guest, in the library OS: pipes,
 * files and sockets of the host. A terminal is the tty's affair, which uses hal/host.h itself.
 */
#pragma once

#include "fs/file.h"

/* Transfers go through the host's descriptor and its position. ERR_BAD_FD: the launcher was
 * started without it. */
status_t hostfile_open(int fd, struct file **out) MUST_USE;
