/*
 * relocate.c - a program relocates itself and binds its zx_* imports to the vDSO. Until it is
 * done nothing here may be reached through a table: all is hidden, and addressed from the pc.
 */
#include "user/zircon/elf.h"
#include "user/zircon/runtime_internal.h"

extern const struct elf_header __ehdr_start __attribute__((visibility("hidden")));
extern const struct elf_dyn _DYNAMIC[] __attribute__((visibility("hidden")));

/* Values of the dynamic section by tag; 0: not there. */
struct dynamic {
    uint64_t value[DT_COUNT];
};

static void read_dynamic(const struct elf_dyn *dyn, struct dynamic *out)
{
    for (unsigned i = 0; i < DT_COUNT; i++)
        out->value[i] = 0;
    for (; dyn->tag != DT_NULL; dyn++) {
        if (dyn->tag > 0 && dyn->tag < DT_COUNT)
            out->value[dyn->tag] = dyn->value;
    }
}

static int same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

/* gABI, "Hash Table". */
static uint32_t hash(const char *name)
{
    uint32_t h = 0;

    for (; *name; name++) {
        h = (h << 4) + (unsigned char)*name;
        h ^= h >> 24 & 0xf0;
        h &= 0x0fffffff;
    }
    return h;
}

/* The address of `name` in the vDSO, or 0. */
static uint64_t vdso_symbol(uint64_t base, const struct dynamic *vdso, const char *name)
{
    const uint32_t *table = (const uint32_t *)(base + vdso->value[DT_HASH]);
    const struct elf_sym *syms = (const struct elf_sym *)(base + vdso->value[DT_SYMTAB]);
    const char *strings = (const char *)(base + vdso->value[DT_STRTAB]);
    uint32_t buckets = table[0];
    const uint32_t *bucket = table + 2, *chain = bucket + buckets;

    for (uint32_t i = bucket[hash(name) % buckets]; i; i = chain[i]) {
        if (syms[i].shndx && same(strings + syms[i].name, name))
            return base + syms[i].value;
    }
    return 0;
}

static const struct elf_dyn *vdso_dynamic(uint64_t base)
{
    const struct elf_header *h = (const struct elf_header *)base;
    const struct elf_phdr *ph = (const struct elf_phdr *)(base + h->phoff);

    while (ph->type != PT_DYNAMIC)
        ph++;
    return (const struct elf_dyn *)(base + ph->vaddr);
}

/* An import that the vDSO lacks stays 0: calling it faults there. */
static void apply(uint64_t self, const struct dynamic *own, uint64_t vdso,
                  const struct dynamic *theirs, uint64_t table, uint64_t size)
{
    const struct elf_rela *rela = (const struct elf_rela *)(self + table);
    const struct elf_sym *syms = (const struct elf_sym *)(self + own->value[DT_SYMTAB]);
    const char *strings = (const char *)(self + own->value[DT_STRTAB]);

    for (uint64_t i = 0; i < size / sizeof(*rela); i++) {
        uint64_t *where = (uint64_t *)(self + rela[i].offset);
        enum relocation kind = runtime_relocation(rela[i].type);

        if (kind == RELOCATE_BY_BASE)
            *where = self + (uint64_t)rela[i].addend;
        else if (kind == RELOCATE_BY_SYMBOL)
            *where = vdso_symbol(vdso, theirs, strings + syms[rela[i].sym].name) +
                     (uint64_t)rela[i].addend;
    }
}

void runtime_relocate(uint64_t vdso)
{
    uint64_t self = (uint64_t)&__ehdr_start;
    struct dynamic own, theirs;

    read_dynamic(_DYNAMIC, &own);
    read_dynamic(vdso_dynamic(vdso), &theirs);
    apply(self, &own, vdso, &theirs, own.value[DT_RELA], own.value[DT_RELASZ]);
    apply(self, &own, vdso, &theirs, own.value[DT_JMPREL], own.value[DT_PLTRELSZ]);
}
