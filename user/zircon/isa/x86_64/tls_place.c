/*
 * tls_place.c (x86_64) - variant II: the variables end at the thread pointer, where the struct
 * begins, whose first word is the pointer itself.
 */
#include "user/zircon/tls.h"

const intptr_t tls_bias = 0;

intptr_t tls_append(struct tls_shape *all, const struct tls_shape *one)
{
    all->size = tls_round_up(all->size + one->size, one->align);
    if (all->align < one->align)
        all->align = one->align;
    return -(intptr_t)all->size;
}

struct tls_places tls_place(const struct tls_shape *shape, uintptr_t at)
{
    size_t size = tls_round_up(shape->size, shape->align);
    uintptr_t pointer = tls_round_up(at + size, tls_block_align(shape));

    return (struct tls_places){pointer - size, pointer, (struct runtime_thread *)pointer};
}

zx_status_t tls_set_pointer(zx_handle_t handle, uintptr_t pointer)
{
    return zx_object_set_property(handle, ZX_PROP_REGISTER_FS, &pointer, sizeof(pointer));
}

struct runtime_thread *runtime_thread_self(void)
{
    struct runtime_thread *self;

    __asm__("mov %%fs:0, %0" : "=r"(self));
    return self;
}

uintptr_t tls_pointer(void)
{
    return (uintptr_t)runtime_thread_self();
}
