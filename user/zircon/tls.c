/*
 * tls.c - blocks of threads.
 */
#include "user/zircon/tls.h"

#include "user/libc/libc_internal.h"
#include "user/zircon/elf.h"

extern const struct elf_header __ehdr_start __attribute__((visibility("hidden")));

static struct tls_layout layout;

void tls_init(const struct tls_layout *linked)
{
    if (linked)
        layout = *linked;
    else
        tls_layout_add(&layout, (uintptr_t)&__ehdr_start);
}

size_t tls_block_size(void)
{
    return layout.shape.size + 3 * tls_block_align(&layout.shape) +
           sizeof(struct runtime_thread);
}

struct tls_places tls_block_init(void *memory)
{
    struct tls_places places = tls_place(&layout.shape, (uintptr_t)memory);

    for (unsigned i = 0; i < layout.count; i++) {
        const struct tls_module *m = &layout.modules[i];

        memcpy((char *)places.pointer + m->at, m->image, m->size);
    }
    places.thread->self = places.thread;
    libc_thread_init(places.thread->libc);
    return places;
}

/* What libraries call for their variables; the linker has put both words there. */
struct tls_index {
    intptr_t module, offset;
};
__attribute__((visibility("default"))) void *__tls_get_addr(const struct tls_index *index);

void *__tls_get_addr(const struct tls_index *index)
{
    return (char *)tls_pointer() + index->module + index->offset + tls_bias;
}
