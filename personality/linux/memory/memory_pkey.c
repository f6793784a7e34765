/*
 * memory_pkey.c - protection keys (pkeys(7)), of which there are none.
 */
#include "personality/linux/calls.h"

/* As on a processor without them. */
status_t sys_pkey_alloc(struct syscall *call)
{
    enum { PKEY_ACCESS_MASK = 3 };

    return call->arg[0] || call->arg[1] & ~(uint64_t)PKEY_ACCESS_MASK ? ERR_INVALID_ARGS
                                                                      : ERR_NO_SPACE;
}

status_t sys_pkey_free(struct syscall *call UNUSED)
{
    return ERR_INVALID_ARGS;
}

status_t sys_pkey_mprotect(struct syscall *call)
{
    return (int)call->arg[3] == -1 ? sys_mprotect(call) : ERR_INVALID_ARGS;
}
