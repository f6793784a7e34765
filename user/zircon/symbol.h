/*
 * symbol.h - what an image in memory exports, by its dynamic section. Nothing here needs to be
 * relocated first.
 */
#pragma once

#include "user/zircon/elf.h"

/* Values of the dynamic section by tag; 0: not there. */
struct dynamic {
    uint64_t value[DT_COUNT];
    uint64_t gnu_hash;
};

void dynamic_read(const struct elf_dyn *dyn, struct dynamic *out);
/* Of the image whose byte 0 is at `base`, which has one. */
const struct elf_dyn *dynamic_section(uint64_t base);
void dynamic_of_image(uint64_t base, struct dynamic *out);

/* The address of a symbol that the image defines, by a hash table of the gABI's kind or of
 * GNU's; 0: it has none. Of one that is thread-local: its offset, behind the base. */
uint64_t symbol_find(uint64_t base, const struct dynamic *image, const char *name);
