#include "base/string.h"
#include "hal/host.h"
#include "kernel/identity.h"

void machine_identity(struct credentials *cred, uint32_t *umask)
{
    const struct hal_host_identity *host = hal_host_identity();

    *cred = (struct credentials){.uid = host->uid,
                                 .euid = host->euid,
                                 .suid = host->euid,
                                 .fsuid = host->euid,
                                 .gid = host->gid,
                                 .egid = host->egid,
                                 .sgid = host->egid,
                                 .fsgid = host->egid,
                                 .group_count = host->group_count};
    memcpy(cred->groups, host->groups, sizeof(cred->groups));
    *umask = host->umask;
}

void machine_console_init(const char *key)
{
    (void)key;
}

void machine_console_mark(void)
{
}
