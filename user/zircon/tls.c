/*
 * tls.c - blocks of threads, from the program's PT_TLS segment.
 */
#include "user/zircon/tls.h"

#include "user/libc/libc_internal.h"

#include "user/zircon/elf.h"

extern const struct elf_header __ehdr_start __attribute__((visibility("hidden")));

static const struct elf_phdr *segment(void)
{
    const struct elf_phdr *ph =
        (const struct elf_phdr *)((uintptr_t)&__ehdr_start + __ehdr_start.phoff);

    for (unsigned i = 0; i < __ehdr_start.phnum; i++) {
        if (ph[i].type == PT_TLS)
            return &ph[i];
    }
    return NULL;
}

static struct tls_shape shape_of(const struct elf_phdr *ph)
{
    if (!ph)
        return (struct tls_shape){.align = 1};
    return (struct tls_shape){.size = ph->memsz, .align = ph->align ? ph->align : 1};
}

size_t tls_block_size(void)
{
    struct tls_shape shape = shape_of(segment());

    return shape.size + 3 * tls_block_align(&shape) + sizeof(struct runtime_thread);
}

struct tls_places tls_block_init(void *memory)
{
    const struct elf_phdr *ph = segment();
    struct tls_shape shape = shape_of(ph);
    struct tls_places places = tls_place(&shape, (uintptr_t)memory);

    if (ph)
        memcpy((void *)places.variables, (const char *)&__ehdr_start + ph->vaddr, ph->filesz);
    places.thread->self = places.thread;
    libc_thread_init(places.thread->libc);
    return places;
}
