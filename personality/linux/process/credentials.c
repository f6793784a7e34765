/*
 * credentials.c - what becomes of capabilities when ids change and programs are executed
 * (capabilities(7)).
 */
#include "personality/linux/process/credentials.h"

/* Power over files, which goes with the user id that files look at. */
#define CAP_FILES                                                                    \
    (CAP_BIT(CAP_CHOWN) | CAP_BIT(CAP_DAC_OVERRIDE) | CAP_BIT(CAP_DAC_READ_SEARCH) | \
     CAP_BIT(CAP_FOWNER) | CAP_BIT(CAP_FSETID) | CAP_BIT(CAP_LINUX_IMMUTABLE) |      \
     CAP_BIT(CAP_MKNOD) | CAP_BIT(CAP_MAC_OVERRIDE))

void credentials_begin(struct credentials *c)
{
    c->inheritable = c->ambient = 0;
    c->bounding = CAP_ALL;
    c->permitted = c->effective = c->euid == 0 ? CAP_ALL : 0;
    c->securebits = 0;
}

static bool any_is_root(const struct credentials *c)
{
    return c->uid == 0 || c->euid == 0 || c->suid == 0;
}

void credentials_follow_ids(struct credentials *c, const struct credentials *old)
{
    if (c->securebits & SECURE_NO_SETUID_FIXUP)
        return;
    if (any_is_root(old) && !any_is_root(c)) {
        if (!(c->securebits & SECURE_KEEP_CAPS))
            c->permitted = c->effective = 0;
        c->ambient = 0;
    }
    if (old->euid == 0 && c->euid != 0)
        c->effective = 0;
    else if (old->euid != 0 && c->euid == 0)
        c->effective = c->permitted;
    else if (old->fsuid == 0 && c->fsuid != 0)
        c->effective &= ~CAP_FILES;
    else if (old->fsuid != 0 && c->fsuid == 0)
        c->effective |= c->permitted & CAP_FILES;
}

/* No file has capabilities of its own; to root each seems to have all. */
void credentials_exec(struct credentials *c, bool set_id)
{
    bool root = !(c->securebits & SECURE_NOROOT) && (c->uid == 0 || c->euid == 0);

    if (set_id)
        c->ambient = 0;
    c->permitted = (root ? c->inheritable | c->bounding : 0) | c->ambient;
    c->effective = root && c->euid == 0 ? c->permitted : c->ambient;
    c->securebits &= ~(uint32_t)SECURE_KEEP_CAPS;
}
