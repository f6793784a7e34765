/*
 * io.h - Linux descriptors and Zircon handles: one made of the other (lib/fdio/fd.h, io.h).
 *
 * All answer ZX_ERR_NOT_SUPPORTED where the kernel was not asked for Zircon calls.
 */
#pragma once

#include "uapi/zircon/types.h"

/*
 * A descriptor for the handle, which is consumed whatever the outcome. Its readiness is the
 * object's: to read while READABLE or SIGNALED, to write while WRITABLE, hung up once the peer
 * is closed. read(2) and write(2) are EINVAL.
 */
zx_status_t fdio_fd_create(zx_handle_t handle, int *fd_out);

/* The handle of such a descriptor: a duplicate; or, with the descriptor closed, itself.
 * ZX_ERR_NOT_SUPPORTED: of any other descriptor; ZX_ERR_UNAVAILABLE: it is used elsewhere too.
 */
zx_status_t fdio_fd_clone(int fd, zx_handle_t *out);
zx_status_t fdio_fd_transfer(int fd, zx_handle_t *out);

/*
 * The memory of an open file: a copy, made of each page when it is first written (copy); one
 * that may be mapped for executing, too, and not written (exec); or what the file itself shows
 * to mmap (exact). ZX_ERR_ACCESS_DENIED: not open for reading; ZX_ERR_NOT_SUPPORTED: it has no
 * memory.
 */
zx_status_t fdio_get_vmo_copy(int fd, zx_handle_t *vmo);
zx_status_t fdio_get_vmo_exec(int fd, zx_handle_t *vmo);
zx_status_t fdio_get_vmo_exact(int fd, zx_handle_t *vmo);
