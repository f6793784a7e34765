/*
 * hugefile.h - a file of host memory in huge pages, where the host has them.
 */
#pragma once

/*
 * An empty file, removed already, which the host backs with huge pages as far as it has any at
 * hand (tmpfs(5), huge=always): they are cheaper to get, to map and to use. `name` is for
 * people who look into /proc. Close-on-exec. -1: this host has no such files for us, as there
 * are none before Linux 5.2 and where neither CAP_SYS_ADMIN nor a user namespace is to be had.
 */
int hugefile_create(const char *name);
