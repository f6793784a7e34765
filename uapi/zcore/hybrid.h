/*
 * hybrid.h - what the kernel tells Linux programs that have Zircon calls besides: where the
 * vDSO of these is, and the handles that such a process has to itself.
 */
#pragma once

/* In the auxiliary vector: the address of the Zircon vDSO's image. No other system has it. */
#define AT_ZCORE_ZIRCON_VDSO 0x7a78

/* zx_own_handle. */
#define ZCORE_OWN_PROCESS 0u
#define ZCORE_OWN_VMAR    1u
#define ZCORE_OWN_JOB     2u
#define ZCORE_OWN_VDSO    3u /* the VMO of the vDSO */
#define ZCORE_OWN_THREAD  4u
#define ZCORE_OWN_COUNT   5u

/* zx_handle_from_fd: what is wanted of the descriptor. */
#define ZCORE_FD_CLONE     0u /* the handle that it was made of, once more ... */
#define ZCORE_FD_TRANSFER  1u /* ... or itself, and the descriptor is closed */
#define ZCORE_FD_VMO_COPY  2u /* a copy on write of its file */
#define ZCORE_FD_VMO_EXEC  3u /* the same to be executed, not written */
#define ZCORE_FD_VMO_EXACT 4u /* the file's own memory */
