/*
 * module.c - images in memory: what they need, and how they are bound to each other.
 */
#include "user/ld/ld.h"
#include "user/zircon/runtime_internal.h"
#include "user/zircon/tls.h"

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

/* The first module from `i` on that has a symbol, and its address; NULL: none has it. */
static const struct module *find(const struct modules *all, unsigned i, const char *name,
                                 uint64_t *addr)
{
    for (; i < all->count; i++) {
        const struct module *m = &all->list[i];

        *addr = symbol_find(m->base, &m->dynamic, name);
        if (*addr)
            return m;
    }
    return NULL;
}

/* What a relocation is of: the symbol, or else the module itself. */
struct target {
    const struct module *module;
    uint64_t addr, size;
};

/* `from`: the first module that is searched. */
static zx_status_t resolve(const struct modules *all, unsigned from, const struct module *m,
                           uint32_t sym, struct target *out, const char **what)
{
    const struct elf_sym *syms =
        (const struct elf_sym *)(m->base + m->dynamic.value[DT_SYMTAB]);

    *out = (struct target){m, m->base, syms[sym].size};
    *what = (const char *)(m->base + m->dynamic.value[DT_STRTAB] + syms[sym].name);
    if (sym == 0)
        return ZX_OK;
    if (syms[sym].info >> 4 == STB_LOCAL) {
        out->addr = m->base + syms[sym].value;
        return ZX_OK;
    }
    out->module = find(all, from, *what, &out->addr);
    return out->module || syms[sym].info >> 4 == STB_WEAK ? ZX_OK : ZX_ERR_NOT_FOUND;
}

static zx_status_t apply_one(const struct modules *all, const struct module *m,
                             const struct elf_rela *rela, const char **what)
{
    uint64_t *where = (uint64_t *)(m->base + rela->offset), addend = (uint64_t)rela->addend;
    enum relocation kind = runtime_relocation(rela->type);
    struct target target;
    zx_status_t st = resolve(all, kind == RELOCATE_COPY, m, rela->sym, &target, what);

    if (kind == RELOCATE_NOT)
        return rela->type ? ZX_ERR_NOT_SUPPORTED : ZX_OK; /* 0: nothing is to be done */
    if (st != ZX_OK)
        return st;
    if (kind == RELOCATE_BY_BASE)
        *where = m->base + addend;
    else if (kind == RELOCATE_COPY && target.module)
        memcpy(where, (const void *)target.addr, target.size);
    else if (kind == RELOCATE_BY_SYMBOL || !target.module)
        *where = target.addr + addend;
    else if (kind == RELOCATE_TLS_MODULE)
        *where = (uint64_t)target.module->tls;
    else
        *where = target.addr - target.module->base + addend +
                 (uint64_t)(kind == RELOCATE_TLS_POINTER ? target.module->tls : -tls_bias);
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

/* In the opposite order. */
void module_destroy(const struct module *m)
{
    void (**list)(void) = (void (**)(void))(m->base + m->dynamic.value[DT_FINI_ARRAY]);

    for (uint64_t i = m->dynamic.value[DT_FINI_ARRAYSZ] / sizeof(*list); i-- > 0;)
        list[i]();
}
