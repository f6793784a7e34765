/*
 * fdio.c - a Linux program's descriptors and handles, one made of the other.
 */
#include "user/sdk/include/lib/fdio/io.h"

#include "uapi/zcore/hybrid.h"
#include "zircon/syscalls.h"

zx_status_t fdio_fd_create(zx_handle_t handle, int *fd_out)
{
    return zx_fd_from_handle(handle, fd_out);
}

zx_status_t fdio_fd_clone(int fd, zx_handle_t *out)
{
    return zx_handle_from_fd(fd, ZCORE_FD_CLONE, out);
}

zx_status_t fdio_fd_transfer(int fd, zx_handle_t *out)
{
    return zx_handle_from_fd(fd, ZCORE_FD_TRANSFER, out);
}

zx_status_t fdio_get_vmo_copy(int fd, zx_handle_t *vmo)
{
    return zx_handle_from_fd(fd, ZCORE_FD_VMO_COPY, vmo);
}

zx_status_t fdio_get_vmo_exec(int fd, zx_handle_t *vmo)
{
    return zx_handle_from_fd(fd, ZCORE_FD_VMO_EXEC, vmo);
}

zx_status_t fdio_get_vmo_exact(int fd, zx_handle_t *vmo)
{
    return zx_handle_from_fd(fd, ZCORE_FD_VMO_EXACT, vmo);
}
