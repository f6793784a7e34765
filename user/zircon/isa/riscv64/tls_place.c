/*
 * tls_place.c (riscv64) - variant I: the variables begin at the thread pointer, behind the
 * struct.
 */
#include "user/zircon/tls.h"

static const size_t below = (sizeof(struct runtime_thread) + 15) & ~(size_t)15;

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

struct runtime_thread *runtime_thread_self(void)
{
    uintptr_t pointer;

    __asm__("mv %0, tp" : "=r"(pointer));
    return (struct runtime_thread *)(pointer - below);
}
