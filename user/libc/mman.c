/*
 * mman.c - memory of sys/mman.h: VMOs that are mapped in the root VMAR. As on Zircon, memory
 * that can be written can be read; it may execute later if it was mapped with MAP_JIT.
 */
#include <errno.h>
#include <libc.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "user/sdk/include/zircon/process.h"
#include "zircon/syscalls.h"

#define MAP_JIT 0x80000 /* module.mk gives it to the sys/mman.h of programs */

static zx_vm_option_t permissions(int prot)
{
    return (prot & PROT_READ ? ZX_VM_PERM_READ : 0) |
           (prot & PROT_WRITE ? ZX_VM_PERM_WRITE : 0) |
           (prot & PROT_EXEC ? ZX_VM_PERM_EXECUTE : 0);
}

/* Where in the root VMAR, for MAP_FIXED. */
static zx_status_t offset_of(uintptr_t at, uint64_t *out)
{
    zx_info_vmar_t info;
    zx_status_t st =
        zx_object_get_info(zx_vmar_root_self(), ZX_INFO_VMAR, &info, sizeof(info), NULL, NULL);

    if (st == ZX_OK && at < info.base)
        return ZX_ERR_INVALID_ARGS;
    *out = at - info.base;
    return st;
}

static zx_status_t create(size_t size, int flags, zx_handle_t *vmo)
{
    static const char name[] = "mmap-anonymous";
    zx_status_t st = zx_vmo_create(size, 0, vmo);

    if (st != ZX_OK)
        return st;
    zx_object_set_property(*vmo, ZX_PROP_NAME, name, sizeof(name) - 1);
    return flags & MAP_JIT ? zx_vmo_replace_as_executable(*vmo, ZX_HANDLE_INVALID, vmo) : ZX_OK;
}

static zx_status_t map(uintptr_t at, size_t size, int prot, int flags, zx_vaddr_t *out)
{
    zx_vm_option_t options = permissions(prot);
    uint64_t offset = 0;
    zx_handle_t vmo;
    zx_status_t st = ZX_OK;

    if (!(flags & MAP_ANON))
        return ZX_ERR_BAD_HANDLE; /* there are no descriptors */
    if (flags & MAP_FIXED) {
        options |= ZX_VM_SPECIFIC_OVERWRITE;
        st = offset_of(at, &offset);
    }
    if (st == ZX_OK)
        st = create(size, flags, &vmo);
    if (st != ZX_OK)
        return st;
    st = zx_vmar_map(zx_vmar_root_self(), options, offset, vmo, 0, size, out);
    zx_handle_close(vmo);
    return st;
}

static int error_of(zx_status_t st)
{
    switch (st) {
    case ZX_ERR_BAD_HANDLE:
        return EBADF;
    case ZX_ERR_NOT_SUPPORTED:
        return ENODEV;
    case ZX_ERR_ACCESS_DENIED:
        return EACCES;
    case ZX_ERR_NO_MEMORY:
        return ENOMEM;
    default:
        return EINVAL;
    }
}

hidden void *__mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
    int kind = flags & (MAP_PRIVATE | MAP_SHARED);
    zx_vaddr_t out = 0;
    zx_status_t st;

    (void)fd;
    errno = EINVAL;
    if (offset % PAGE_SIZE || size == 0 || (kind != MAP_PRIVATE && kind != MAP_SHARED))
        return MAP_FAILED;
    errno = ENOMEM;
    if (size >= PTRDIFF_MAX)
        return MAP_FAILED;
    if (prot & (PROT_WRITE | PROT_EXEC))
        prot |= PROT_READ;
    st = map((uintptr_t)at, (size + PAGE_SIZE - 1) & -(size_t)PAGE_SIZE, prot, flags, &out);
    errno = error_of(st);
    return st == ZX_OK ? (void *)out : MAP_FAILED;
}
weak_alias(__mmap, mmap);

hidden int __munmap(void *at, size_t size)
{
    size = (size + PAGE_SIZE - 1) & -(size_t)PAGE_SIZE;
    if (zx_vmar_unmap(zx_vmar_root_self(), (uintptr_t)at, size) == ZX_OK)
        return 0;
    errno = EINVAL;
    return -1;
}
weak_alias(__munmap, munmap);

/* Memory that could be written and not read is not supported. */
hidden int __mprotect(void *at, size_t size, int prot)
{
    zx_status_t st =
        zx_vmar_protect(zx_vmar_root_self(), permissions(prot), (uintptr_t)at, size);

    if (st == ZX_OK)
        return 0;
    errno = st == ZX_ERR_ACCESS_DENIED ? EACCES : st == ZX_ERR_INVALID_ARGS ? ENOTSUP : EINVAL;
    return -1;
}
weak_alias(__mprotect, mprotect);

hidden int __madvise(void *at, size_t size, int advice)
{
    (void)at, (void)size, (void)advice;
    errno = ENOSYS;
    return -1;
}
weak_alias(__madvise, madvise);

hidden void *__mremap(void *at, size_t old, size_t size, int flags, ...)
{
    (void)at, (void)old, (void)size, (void)flags;
    errno = ENOSYS;
    return MAP_FAILED;
}
