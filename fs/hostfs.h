/*
 * hostfs.h - the host's files, read-only, in the library OS: what is below the launcher's root.
 *
 * Names and attributes are believed for a second. A file that is opened is looked at again: if
 * its size or time of change is another, the pages that were read before are dropped
 * (close-to-open coherence). The host resolves no symlink, and opens no FIFO, socket or device.
 */
#pragma once

#include "fs/inode.h"

/* Over hal_host_root(). The caller is the holder. */
status_t hostfs_create(struct filesystem **out) MUST_USE;

/* Host descriptors in the cache now, for tests. */
unsigned hostfs_open_descriptors(struct filesystem *hostfs);
