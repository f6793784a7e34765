/*
 * process.c - a native program's handles on itself, as the start-up message brought them.
 */
#include "user/sdk/include/zircon/process.h"

#include "user/zircon/thread.h"

zx_handle_t zx_process_self(void)
{
    return startup_handle(PA_PROC_SELF);
}

zx_handle_t zx_vmar_root_self(void)
{
    return startup_handle(PA_VMAR_ROOT);
}

zx_handle_t zx_job_default(void)
{
    return startup_handle(PA_JOB_DEFAULT);
}

zx_handle_t zx_thread_self(void)
{
    return runtime_thread_self()->handle;
}

zx_handle_t zx_vdso_vmo(void)
{
    return startup_handle(PA_VMO_VDSO);
}
