/*
 * vdso_variant.c - the symbols of a vDSO's image, of which some are made local and their code
 * traps (ELF-64, "Symbol Table").
 */
#include "personality/zircon/vdso_variant.h"

#include "base/string.h"
#include "isa/regs.h"

struct symbol {
    uint32_t name;
    unsigned char info, other;
    uint16_t section;
    uint64_t value, size;
};

struct dynamic {
    int64_t tag;
    uint64_t value;
};

struct phdr {
    uint32_t type, flags;
    uint64_t offset, addr, physical, file_size, mem_size, align;
};

enum { PHDRS_OFFSET = 64, PT_DYNAMIC = 2 };
enum { DT_HASH = 4, DT_STRTAB = 5, DT_SYMTAB = 6 };
enum { TYPE_MASK = 15 }; /* of info; above it the binding, of which 0 is local */

/* The build made the image: it has what is looked for. */
static const void *find(const unsigned char *image, int64_t tag)
{
    const struct phdr *ph = (const void *)(image + PHDRS_OFFSET);
    const struct dynamic *d;

    while (ph->type != PT_DYNAMIC)
        ph++;
    for (d = (const void *)(image + ph->addr); d->tag != tag; d++)
        continue;
    return image + d->value;
}

/* zx_CALL or _zx_CALL. */
static bool names(const char *symbol, const char *call)
{
    symbol += *symbol == '_';
    return !strncmp(symbol, "zx_", 3) && !strcmp(symbol + 3, call);
}

static status_t fill_with_traps(struct vmo *vmo, const struct symbol *s)
{
    static const unsigned char trap[1] = {ISA_TRAP_BYTE};
    status_t st = OK;

    for (uint64_t i = 0; st == OK && i < s->size; i++)
        st = vmo_write(vmo, s->value + i, trap, 1, NULL);
    return st;
}

static status_t block_symbol(struct vmo *vmo, const unsigned char *image,
                             const struct symbol *s)
{
    unsigned char local = s->info & TYPE_MASK;
    status_t st =
        vmo_write(vmo, (uint64_t)((const unsigned char *)&s->info - image), &local, 1, NULL);

    return st == OK ? fill_with_traps(vmo, s) : st;
}

status_t vdso_block(struct vmo *vmo, const unsigned char *image, const char *call)
{
    const struct symbol *symbols = find(image, DT_SYMTAB);
    const char *strings = find(image, DT_STRTAB);
    uint32_t count = ((const uint32_t *)find(image, DT_HASH))[1];
    status_t st = ERR_NOT_FOUND;

    for (uint32_t i = 1; i < count; i++) {
        if (!names(strings + symbols[i].name, call))
            continue;
        st = block_symbol(vmo, image, &symbols[i]);
        if (st != OK)
            return st;
    }
    return st;
}
