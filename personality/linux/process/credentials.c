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

/* Of who executes it, or whom the file makes of him. A file that is root's and has capabilities
 * gives others the latter only. */
static bool counts_as_root(const struct credentials *c, const struct file_capabilities *file)
{
    if (c->securebits & SECURE_NOROOT || (file->present && c->uid != 0))
        return false;
    return c->uid == 0 || c->euid == 0;
}

status_t credentials_exec(struct credentials *c, const struct file_capabilities *file,
                          bool no_new_privs, bool *secure)
{
    bool root = counts_as_root(c, file), set_id = c->uid != c->euid || c->gid != c->egid;
    bool effective = file->effective || (root && c->euid == 0);
    uint64_t permitted = (c->bounding & file->permitted) | (c->inheritable & file->inheritable);

    if (file->effective && file->permitted & ~permitted)
        return ERR_NOT_PERMITTED;
    if (root)
        permitted = c->inheritable | c->bounding;
    if (no_new_privs)
        permitted &= c->permitted;
    if (set_id || file->present)
        c->ambient = 0;
    c->permitted = permitted | c->ambient;
    c->effective = effective ? c->permitted : c->ambient;
    c->securebits &= ~(uint32_t)SECURE_KEEP_CAPS;
    *secure = set_id || (c->uid != 0 && (effective || c->permitted & ~c->ambient));
    return OK;
}
