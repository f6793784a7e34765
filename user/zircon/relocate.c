/*
 * relocate.c - a program relocates itself and binds its zx_* imports to the vDSO. Until it is
 * done nothing here may be reached through a table: all is hidden, and addressed from the pc.
 */
#include "user/zircon/runtime_internal.h"
#include "user/zircon/symbol.h"

extern const struct elf_header __ehdr_start __attribute__((visibility("hidden")));
extern const struct elf_dyn _DYNAMIC[] __attribute__((visibility("hidden")));

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
            *where = symbol_find(vdso, theirs, strings + syms[rela[i].sym].name) +
                     (uint64_t)rela[i].addend;
    }
}

static int has_linker(void)
{
    const struct elf_phdr *ph =
        (const struct elf_phdr *)((uint64_t)&__ehdr_start + __ehdr_start.phoff);

    for (unsigned i = 0; i < __ehdr_start.phnum; i++) {
        if (ph[i].type == PT_INTERP)
            return 1;
    }
    return 0;
}

int runtime_relocate(uint64_t vdso)
{
    uint64_t self = (uint64_t)&__ehdr_start;
    struct dynamic own, theirs;

    if (has_linker())
        return 0;
    dynamic_read(_DYNAMIC, &own);
    dynamic_of_image(vdso, &theirs);
    apply(self, &own, vdso, &theirs, own.value[DT_RELA], own.value[DT_RELASZ]);
    apply(self, &own, vdso, &theirs, own.value[DT_JMPREL], own.value[DT_PLTRELSZ]);
    return 1;
}
