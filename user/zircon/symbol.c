/*
 * symbol.c - finding what an image exports.
 */
#include "user/zircon/symbol.h"

void dynamic_read(const struct elf_dyn *dyn, struct dynamic *out)
{
    for (unsigned i = 0; i < DT_COUNT; i++)
        out->value[i] = 0;
    out->gnu_hash = 0;
    for (; dyn->tag != DT_NULL; dyn++) {
        if (dyn->tag > 0 && dyn->tag < DT_COUNT)
            out->value[dyn->tag] = dyn->value;
        else if (dyn->tag == DT_GNU_HASH)
            out->gnu_hash = dyn->value;
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

struct symbols {
    const struct elf_sym *list;
    const char *names;
};

static int is_defined(const struct symbols *s, uint32_t i, const char *name)
{
    return s->list[i].shndx && s->list[i].info >> 4 != STB_LOCAL &&
           same(s->names + s->list[i].name, name);
}

/* The index of a symbol; 0: there is none. */
static uint32_t find_by_hash(const uint32_t *table, const struct symbols *s, const char *name)
{
    uint32_t buckets = table[0];
    const uint32_t *bucket = table + 2, *chain = bucket + buckets;
    uint32_t i = bucket[hash(name) % buckets];

    while (i && !is_defined(s, i, name))
        i = chain[i];
    return i;
}

/* A filter of 64-bit words, buckets, hashes of all symbols from the first; the lowest bit of a
 * hash ends a bucket. */
static uint32_t find_by_gnu_hash(const uint32_t *table, const struct symbols *s,
                                 const char *name)
{
    uint32_t buckets = table[0], first = table[1], words = table[2], h = 5381, i;
    const uint32_t *bucket = table + 4 + 2 * words, *hashes = bucket + buckets;

    for (const char *c = name; *c; c++)
        h = h * 33 + (unsigned char)*c;
    i = bucket[h % buckets];
    if (i < first)
        return 0;
    for (;; i++) {
        if ((hashes[i - first] | 1) == (h | 1) && is_defined(s, i, name))
            return i;
        if (hashes[i - first] & 1)
            return 0;
    }
}

uint64_t symbol_find(uint64_t base, const struct dynamic *image, const char *name)
{
    const struct symbols s = {(const struct elf_sym *)(base + image->value[DT_SYMTAB]),
                              (const char *)(base + image->value[DT_STRTAB])};
    uint32_t i = 0;

    if (image->value[DT_HASH])
        i = find_by_hash((const uint32_t *)(base + image->value[DT_HASH]), &s, name);
    else if (image->gnu_hash)
        i = find_by_gnu_hash((const uint32_t *)(base + image->gnu_hash), &s, name);
    return i ? base + s.list[i].value : 0;
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
