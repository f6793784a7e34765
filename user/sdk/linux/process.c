/*
 * process.c - a Linux program's handles on itself.
 */
#include "user/sdk/include/zircon/process.h"

#include "uapi/zcore/hybrid.h"
#include "zircon/syscalls.h"

static zx_handle_t own(uint32_t what)
{
    zx_handle_t handle = ZX_HANDLE_INVALID;

    return zx_own_handle(what, &handle) == ZX_OK ? handle : ZX_HANDLE_INVALID;
}

zx_handle_t zx_process_self(void)
{
    return own(ZCORE_OWN_PROCESS);
}

zx_handle_t zx_vmar_root_self(void)
{
    return own(ZCORE_OWN_VMAR);
}

zx_handle_t zx_job_default(void)
{
    return own(ZCORE_OWN_JOB);
}

/* Kept, since mutexes ask at each turn: a thread's handle is the same as long as it lives, and
 * a child by fork has its own under the same value. */
zx_handle_t zx_thread_self(void)
{
    static _Thread_local zx_handle_t self;

    if (!self)
        self = own(ZCORE_OWN_THREAD);
    return self;
}

zx_handle_t zx_vdso_vmo(void)
{
    return own(ZCORE_OWN_VDSO);
}
