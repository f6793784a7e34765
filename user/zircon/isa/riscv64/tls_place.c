/*
 * tls_place.c (riscv64) - variant I: the variables begin at the thread pointer, behind the
 * struct.
 */
#include "user/zircon/tls.h"

const intptr_t tls_bias = 0x800;

static const size_t below = (sizeof(struct runtime_thread) + 15) & ~(size_t)15;

intptr_t tls_append(struct tls_shape *all, const struct tls_shape *one)
{
    intptr_t at = (intptr_t)tls_round_up(all->size, one->align);

    all->size = (size_t)at + one->size;
    if (all->align < one->align)
        all->align = one->align;
    return at;
}

struct tls_places tls_place(const struct tls_shape *shape, uintptr_t at)
{
    uintptr_t pointer = tls_round_up(at + below, tls_block_align(shape));

    return (struct tls_places){pointer, pointer, (struct runtime_thread *)(pointer - below)};
}

zx_status_t tls_set_pointer(zx_handle_t handle, uintptr_t pointer)
{
    (void)handle;
    __asm__ volatile("mv tp, %0" : : "r"(pointer));
    return ZX_OK;
}

uintptr_t tls_pointer(void)
{
    uintptr_t pointer;

    __asm__("mv %0, tp" : "=r"(pointer));
    return pointer;
}

struct runtime_thread *runtime_thread_self(void)
{
    return (struct runtime_thread *)(tls_pointer() - below);
}
