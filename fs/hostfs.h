/*
 * hostfs.h - files of the host in the library OS: what is below a directory of it, or one file.
 *
 * Names and attributes are believed for a second. A file that is opened is looked at again: if
 * its size or time of change is another, the pages that were read before are dropped
 * (close-to-open coherence). While the guest has it open for writing, or has written to it
 * through a mapping, changes are taken for the guest's own.
 *
 * Writes go to the host at once; what is written through a mapping goes there by fsync, msync
 * and sync, when the file is closed, and by hostfs_write_back. The kernel checks permissions
 * first, the host has the last word. The host resolves no symlink, and opens no FIFO, socket or
 * device: FIFOs and sockets are but names on the host.
 */
#pragma once

#include "fs/inode.h"

enum hostfs_access { HOSTFS_READ_ONLY, HOSTFS_WRITABLE };

/* Over `name` ("." or one component) in the host directory `dir`, a descriptor that stays open
 * with it. The caller is the holder. ERR_ACCESS_DENIED: neither file nor directory. */
status_t hostfs_create(int dir, const char *name, enum hostfs_access access,
                       struct filesystem **out) MUST_USE;

/* Host descriptors in the cache now, for tests. */
unsigned hostfs_open_descriptors(struct filesystem *hostfs);
