/*
 * vdso.c - the calls that the vDSO answers itself or composes of others.
 */
#include "user/vdso/clock.h"
#include "user/vdso/export.h"

/* Entries of the kernel for this file only; made from the table, hidden. */
zx_time_t vdso_clock_get_monotonic_via_kernel(void);
zx_ticks_t vdso_ticks_get_via_kernel(void);
zx_status_t vdso_cprng_draw_once(void *buffer, uint64_t size);
zx_status_t vdso_channel_call_noretry(zx_handle_t handle, uint32_t options, zx_time_t deadline,
                                      const zx_channel_call_args_t *args,
                                      uint32_t *actual_bytes, uint32_t *actual_handles);
zx_status_t vdso_channel_call_finish(zx_time_t deadline, const zx_channel_call_args_t *args,
                                     uint32_t *actual_bytes, uint32_t *actual_handles);
zx_status_t vdso_channel_call_etc_noretry(zx_handle_t handle, uint32_t options,
                                          zx_time_t deadline, zx_channel_call_etc_args_t *args,
                                          uint32_t *actual_bytes, uint32_t *actual_handles);
zx_status_t vdso_channel_call_etc_finish(zx_time_t deadline, zx_channel_call_etc_args_t *args,
                                         uint32_t *actual_bytes, uint32_t *actual_handles);

zx_time_t _zx_clock_get_monotonic(void)
{
    zx_time_t now;

    return clock_monotonic(&now) ? now : vdso_clock_get_monotonic_via_kernel();
}
EXPORT(clock_get_monotonic);

zx_ticks_t _zx_ticks_get(void)
{
    zx_ticks_t now;

    return clock_monotonic(&now) ? now : vdso_ticks_get_via_kernel();
}
EXPORT(ticks_get);

zx_time_t _zx_deadline_after(zx_duration_t nanoseconds)
{
    zx_time_t deadline;

    if (!__builtin_add_overflow(_zx_clock_get_monotonic(), nanoseconds, &deadline))
        return deadline;
    return nanoseconds < 0 ? ZX_TIME_INFINITE_PAST : ZX_TIME_INFINITE;
}
EXPORT(deadline_after);

/* Cannot fail: a bad pointer is as fatal as a write through it. */
void _zx_cprng_draw(void *buffer, uint64_t size)
{
    unsigned char *to = buffer;

    while (size > 0) {
        uint64_t part = size < ZX_CPRNG_DRAW_MAX_LEN ? size : ZX_CPRNG_DRAW_MAX_LEN;

        if (vdso_cprng_draw_once(to, part) != ZX_OK)
            __builtin_trap();
        to += part;
        size -= part;
    }
}
EXPORT(cprng_draw);

/* The thread was suspended, or the like, while it waited: the kernel has the call still. */
zx_status_t _zx_channel_call(zx_handle_t handle, uint32_t options, zx_time_t deadline,
                             const zx_channel_call_args_t *args, uint32_t *actual_bytes,
                             uint32_t *actual_handles)
{
    zx_status_t st = vdso_channel_call_noretry(handle, options, deadline, args, actual_bytes,
                                               actual_handles);

    while (st == ZX_ERR_INTERNAL_INTR_RETRY)
        st = vdso_channel_call_finish(deadline, args, actual_bytes, actual_handles);
    return st;
}
EXPORT(channel_call);

zx_status_t _zx_channel_call_etc(zx_handle_t handle, uint32_t options, zx_time_t deadline,
                                 zx_channel_call_etc_args_t *args, uint32_t *actual_bytes,
                                 uint32_t *actual_handles)
{
    zx_status_t st = vdso_channel_call_etc_noretry(handle, options, deadline, args,
                                                   actual_bytes, actual_handles);

    while (st == ZX_ERR_INTERNAL_INTR_RETRY)
        st = vdso_channel_call_etc_finish(deadline, args, actual_bytes, actual_handles);
    return st;
}
EXPORT(channel_call_etc);
