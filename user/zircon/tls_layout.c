/*
 * tls_layout.c - where the thread-local variables of images go, by their PT_TLS segments.
 */
#include "user/zircon/elf.h"
#include "user/zircon/tls.h"

static const struct elf_phdr *segment(uintptr_t base)
{
    const struct elf_header *h = (const struct elf_header *)base;
    const struct elf_phdr *ph = (const struct elf_phdr *)(base + h->phoff);

    for (unsigned i = 0; i < h->phnum; i++) {
        if (ph[i].type == PT_TLS)
            return &ph[i];
    }
    return NULL;
}

intptr_t tls_layout_add(struct tls_layout *layout, uintptr_t base)
{
    const struct elf_phdr *ph = segment(base);
    struct tls_module *m = &layout->modules[layout->count];
    struct tls_shape own;

    if (!layout->shape.align)
        layout->shape.align = 1;
    if (!ph || layout->count == TLS_MODULES_MAX)
        return 0;
    own = (struct tls_shape){.size = ph->memsz, .align = ph->align ? ph->align : 1};
    m->image = (const void *)(base + ph->vaddr);
    m->size = ph->filesz;
    m->at = tls_append(&layout->shape, &own);
    layout->count++;
    return m->at;
}
