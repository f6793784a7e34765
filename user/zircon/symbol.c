/*
 * symbol.c - finding what an image exports.
 */
#include "user/zircon/symbol.h"

void dynamic_read(const struct elf_dyn *dyn, struct dynamic *out)
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

uint64_t symbol_find(uint64_t base, const struct dynamic *image, const char *name)
{
    const uint32_t *table = (const uint32_t *)(base + image->value[DT_HASH]);
    const struct elf_sym *syms = (const struct elf_sym *)(base + image->value[DT_SYMTAB]);
    const char *strings = (const char *)(base + image->value[DT_STRTAB]);
    uint32_t buckets = table[0];
    const uint32_t *bucket = table + 2, *chain = bucket + buckets;

    for (uint32_t i = bucket[hash(name) % buckets]; i; i = chain[i]) {
        if (syms[i].shndx && syms[i].info >> 4 != STB_LOCAL &&
            same(strings + syms[i].name, name))
            return base + syms[i].value;
    }
    return 0;
}

const struct elf_dyn *dynamic_section(uint64_t base)
{
    const struct elf_header *h = (const struct elf_header *)base;
    const struct elf_phdr *ph = (const struct elf_phdr *)(base + h->phoff);

    static const struct elf_dyn none[1] = {{.tag = DT_NULL}};

    for (unsigned i = 0; i < h->phnum; i++) {
        if (ph[i].type == PT_DYNAMIC)
            return (const struct elf_dyn *)(base + ph[i].vaddr);
    }
    return none;
}

void dynamic_of_image(uint64_t base, struct dynamic *out)
{
    dynamic_read(dynamic_section(base), out);
}
