/*
 * credentials.h - user and group ids of a process (credentials(7)).
 */
#pragma once

#include "base/types.h"

enum { GROUPS_MAX = 64 };

struct credentials {
    uint32_t uid, euid, suid, fsuid;
    uint32_t gid, egid, sgid, fsgid;
    uint32_t group_count, groups[GROUPS_MAX];
};

/* Root's power over files, processes and ids: effective uid 0. */
static inline bool credentials_privileged(const struct credentials *c)
{
    return c->euid == 0;
}
