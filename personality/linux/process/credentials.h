/*
 * credentials.h - user and group ids and capabilities of a process (credentials(7),
 * capabilities(7)).
 */
#pragma once

#include "base/status.h"
#include "base/types.h"

enum { GROUPS_MAX = 64 };

/* Those that something is asked for; linux/capability.h's numbers. */
enum {
    CAP_CHOWN,
    CAP_DAC_OVERRIDE,
    CAP_DAC_READ_SEARCH,
    CAP_FOWNER,
    CAP_FSETID,
    CAP_KILL,
    CAP_SETGID,
    CAP_SETUID,
    CAP_SETPCAP,
    CAP_LINUX_IMMUTABLE,
    CAP_NET_ADMIN = 12,
    CAP_IPC_LOCK = 14,
    CAP_SYS_CHROOT = 18,
    CAP_SYS_PTRACE = 19,
    CAP_SYS_ADMIN = 21,
    CAP_SYS_NICE = 23,
    CAP_SYS_RESOURCE = 24,
    CAP_SYS_TTY_CONFIG = 26,
    CAP_MKNOD = 27,
    CAP_LEASE = 28,
    CAP_SETFCAP = 31,
    CAP_MAC_OVERRIDE = 32,
    CAP_WAKE_ALARM = 35,
    CAP_LAST = 40,
};
#define CAP_BIT(cap) (1ull << (cap))
#define CAP_ALL      (CAP_BIT(CAP_LAST + 1) - 1)

/* prctl(2), PR_SET_SECUREBITS; each has its lock in the bit above. */
enum {
    SECURE_NOROOT = 1 << 0,
    SECURE_NO_SETUID_FIXUP = 1 << 2,
    SECURE_KEEP_CAPS = 1 << 4,
    SECURE_NO_CAP_AMBIENT_RAISE = 1 << 6,
    SECURE_BITS = 0x55,
    SECURE_LOCKS = 0xaa,
};

struct credentials {
    uint32_t uid, euid, suid, fsuid;
    uint32_t gid, egid, sgid, fsgid;
    uint32_t group_count, groups[GROUPS_MAX];
    /* Sets of CAP_BIT. Effective ones are permitted; ambient ones permitted and inheritable. */
    uint64_t permitted, effective, inheritable, bounding, ambient;
    uint32_t securebits;
};

static inline bool credentials_has(const struct credentials *c, unsigned cap)
{
    return c->effective & CAP_BIT(cap);
}

/* By fsgid and the supplementary groups. */
static inline bool credentials_in_group(const struct credentials *c, uint32_t gid)
{
    for (uint32_t i = 0; i < c->group_count; i++)
        if (c->groups[i] == gid)
            return true;
    return c->fsgid == gid;
}

/* The first program's: root has all capabilities, others none. */
void credentials_begin(struct credentials *c);
/* The user ids were `old`'s: what root has is had, and lost, with them. */
void credentials_follow_ids(struct credentials *c, const struct credentials *old);

/* What a program's file gives to who executes it. All zero: nothing. */
struct file_capabilities {
    bool present, effective;
    uint64_t permitted, inheritable;
};

/*
 * A program is executed: its file's ids have been taken, unless `no_new_privs`. `*secure`: it
 * has more than who executes it. ERR_NOT_PERMITTED: it would not get all that it is sure to
 * have.
 */
status_t credentials_exec(struct credentials *c, const struct file_capabilities *file,
                          bool no_new_privs, bool *secure) MUST_USE;
