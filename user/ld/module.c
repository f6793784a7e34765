/*
 * module.c - images in memory: what they need, and how they are bound to each other.
 */
#include "user/ld/ld.h"
#include "user/zircon/runtime_internal.h"

zx_status_t module_add(struct modules *all, const char *name, zx_vaddr_t base)
{
    struct module *m = &all->list[all->count];

    if (all->count == MODULES_MAX)
        return ZX_ERR_NO_RESOURCES;
    m->name = name;
    m->base = base;
    dynamic_of_image(base, &m->dynamic);
    all->count++;
    return ZX_OK;
}

bool module_has(const struct modules *all, const char *name)
{
    for (unsigned i = 0; i < all->count; i++) {
        if (!strcmp(all->list[i].name, name))
            return true;
    }
    return false;
}

const char *module_needs(const struct module *m, unsigned i)
{
    const struct elf_dyn *d = dynamic_section(m->base);

    for (; d->tag != DT_NULL; d++) {
        if (d->tag == DT_NEEDED && i-- == 0)
            return (const char *)(m->base + m->dynamic.value[DT_STRTAB] + d->value);
    }
    return NULL;
}

/* 0: no module has it. */
static uint64_t find(const struct modules *all, const char *name)
{
    uint64_t addr = 0;

    for (unsigned i = 0; !addr && i < all->count; i++) {
        const struct module *m = &all->list[i];

        if (m->dynamic.value[DT_HASH])
            addr = symbol_find(m->base, &m->dynamic, name);
    }
    return addr;
}

static zx_status_t apply_one(const struct modules *all, const struct module *m,
                             const struct elf_rela *rela, const char **what)
{
    const struct elf_sym *syms =
        (const struct elf_sym *)(m->base + m->dynamic.value[DT_SYMTAB]);
    uint64_t *where = (uint64_t *)(m->base + rela->offset);
    uint64_t value = m->base;

    *what = (const char *)(m->base + m->dynamic.value[DT_STRTAB] + syms[rela->sym].name);
    switch (runtime_relocation(rela->type)) {
    case RELOCATE_BY_BASE:
        break;
    case RELOCATE_BY_SYMBOL:
        value = find(all, *what);
        if (!value && syms[rela->sym].info >> 4 != STB_WEAK)
            return ZX_ERR_NOT_FOUND;
        break;
    default:
        return rela->type ? ZX_ERR_NOT_SUPPORTED : ZX_OK; /* 0: nothing is to be done */
    }
    *where = value + (uint64_t)rela->addend;
    return ZX_OK;
}

static zx_status_t apply(const struct modules *all, const struct module *m, uint64_t table,
                         uint64_t size, const char **what)
{
    const struct elf_rela *rela = (const struct elf_rela *)(m->base + table);
    zx_status_t st = ZX_OK;

    for (uint64_t i = 0; st == ZX_OK && i < size / sizeof(*rela); i++)
        st = apply_one(all, m, &rela[i], what);
    return st;
}

zx_status_t module_relocate(const struct modules *all, const struct module *m,
                            const char **what)
{
    const uint64_t *dyn = m->dynamic.value;
    zx_status_t st = apply(all, m, dyn[DT_RELA], dyn[DT_RELASZ], what);

    return st == ZX_OK ? apply(all, m, dyn[DT_JMPREL], dyn[DT_PLTRELSZ], what) : st;
}

void module_construct(const struct module *m)
{
    void (**list)(void) = (void (**)(void))(m->base + m->dynamic.value[DT_INIT_ARRAY]);

    for (uint64_t i = 0; i < m->dynamic.value[DT_INIT_ARRAYSZ] / sizeof(*list); i++)
        list[i]();
}
