/*
 * root.h - the guest's root directory, as each machine makes it.
 */
#pragma once

#include "fs/dentry.h"
#include "kernel/record.h"

/*
 * Mounts the root file system (libos: the host's directory, read-only, under an overlay in
 * memory; bare metal: the initramfs), then /dev and /proc. `*root` is a reference.
 */
status_t root_mount(const struct boot_record *record, struct path *root) MUST_USE;

/* Bare metal: the boot record inside the initramfs. libos: the launcher's. */
status_t root_record(const char **text, size_t *size) MUST_USE;
