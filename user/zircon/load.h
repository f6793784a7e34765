/*
 * load.h - load an ELF image into another process.
 */
#pragma once

#include "user/zircon/runtime.h"

struct image {
    zx_vaddr_t base; /* address of the image's byte 0 */
    zx_vaddr_t entry;
};

/* Maps the position-independent image in `vmo` (readable, mappable, executable) at a place of
 * the kernel's choice below `vmar`. Works for programs and for the vDSO. */
zx_status_t load_image(zx_handle_t vmar, zx_handle_t vmo, struct image *out);

/* Reads the headers of an ELF file of this machine that is to be mapped (ET_DYN), and checks
 * them. ZX_ERR_NOT_SUPPORTED: it is none, or has more than `max` program headers. */
struct elf_header;
struct elf_phdr;
zx_status_t elf_read(zx_handle_t vmo, struct elf_header *h, struct elf_phdr *ph, unsigned max);
