/*
 * elf.c - ELF64 headers, checked.
 */
#include "object/elf.h"

#include "base/string.h"
#include "hal/mmu.h"
#include "isa/regs.h"

/* gABI figure 4-3. */
struct elf_header {
    unsigned char ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
_Static_assert(sizeof(struct elf_header) == 64, "as in the file");

/* gABI figure 5-1. */
struct elf_phdr {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
_Static_assert(sizeof(struct elf_phdr) == ELF_PHDR_SIZE, "as in the file");

enum { ET_EXEC = 2, ET_DYN = 3 };
enum { PT_LOAD = 1, PT_INTERP = 3, PT_GNU_STACK = 0x6474e551 };
enum { PF_X = 1, PF_W = 2, PF_R = 4 };
/* Linux's limit too: the headers fit into 64 KiB. */
enum { PHDRS_MAX = 65536 / ELF_PHDR_SIZE };

static bool in_file(const struct elf_file *file, uint64_t offset, uint64_t size)
{
    return offset <= file->size && size <= file->size - offset;
}

static status_t check_header(const struct elf_file *file, const struct elf_header *h)
{
    static const unsigned char ident[] = {
        0x7f, 'E', 'L', 'F', 2 /* 64 bits */, 1 /* little endian */, 1 /* version */};

    if (memcmp(h->ident, ident, sizeof(ident)) != 0 || h->version != 1)
        return ERR_NO_EXEC;
    if ((h->type != ET_EXEC && h->type != ET_DYN) || h->machine != ISA_ELF_MACHINE)
        return ERR_NO_EXEC;
    if (h->phentsize != ELF_PHDR_SIZE || h->phnum == 0 || h->phnum > PHDRS_MAX)
        return ERR_NO_EXEC;
    if (!in_file(file, h->phoff, (uint64_t)h->phnum * ELF_PHDR_SIZE))
        return ERR_NO_EXEC;
    return OK;
}

static unsigned prot_of(uint32_t flags)
{
    return (flags & PF_R ? HAL_PROT_READ : 0u) | (flags & PF_W ? HAL_PROT_WRITE : 0u) |
           (flags & PF_X ? HAL_PROT_EXEC : 0u);
}

/* Where the last segment ends; 0: there is none yet. */
static uint64_t segments_end(const struct elf_image *image)
{
    const struct elf_segment *last = image->segment + image->segment_count;

    return image->segment_count ? last[-1].addr + last[-1].mem_size : 0;
}

static status_t add_segment(const struct elf_file *file, const struct elf_phdr *ph,
                            struct elf_image *image)
{
    if (ph->filesz > ph->memsz || !in_file(file, ph->offset, ph->filesz))
        return ERR_NO_EXEC;
    if (ph->align > 1 && (ph->align & (ph->align - 1)) != 0)
        return ERR_NO_EXEC;
    if (ph->memsz == 0)
        return OK;
    if (((ph->vaddr ^ ph->offset) & PAGE_MASK) != 0)
        return ERR_NO_EXEC;
    if (ph->vaddr >= HAL_USER_END || ph->memsz > HAL_USER_END - ph->vaddr)
        return ERR_NO_EXEC;
    if (ph->vaddr < segments_end(image))
        return ERR_NO_EXEC;
    if (image->segment_count == ELF_MAX_SEGMENTS)
        return ERR_NO_EXEC;

    image->segment[image->segment_count++] = (struct elf_segment){
        .addr = ph->vaddr,
        .offset = ph->offset,
        .file_size = ph->filesz,
        .mem_size = ph->memsz,
        .prot = prot_of(ph->flags),
    };
    return OK;
}

static status_t add_phdr(const struct elf_file *file, const struct elf_phdr *ph,
                         struct elf_image *image)
{
    switch (ph->type) {
    case PT_LOAD:
        return add_segment(file, ph, image);
    case PT_INTERP:
        if (ph->filesz < 2 || ph->filesz > ELF_INTERP_MAX ||
            !in_file(file, ph->offset, ph->filesz) || image->interp_size)
            return ERR_NO_EXEC;
        image->interp_offset = ph->offset;
        image->interp_size = (uint32_t)ph->filesz;
        return OK;
    case PT_GNU_STACK:
        image->stack_exec = ph->flags & PF_X;
        image->stack_size = ph->memsz;
        return OK;
    default:
        return OK;
    }
}

/* Where the program headers are in memory: in the segment that has their place in the file. */
static uint64_t phdr_address(const struct elf_image *image, uint64_t phoff)
{
    uint64_t size = (uint64_t)image->phdr_count * ELF_PHDR_SIZE;

    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *s = &image->segment[i];

        if (phoff >= s->offset && size <= s->file_size &&
            phoff - s->offset <= s->file_size - size)
            return s->addr + (phoff - s->offset);
    }
    return 0;
}

status_t elf_parse(const struct elf_file *file, struct elf_image *out)
{
    struct elf_header h;
    struct elf_phdr ph;
    status_t st;

    if (!in_file(file, 0, sizeof(h)))
        return ERR_NO_EXEC;
    st = file->read(file, 0, &h, sizeof(h));
    if (st == OK)
        st = check_header(file, &h);
    if (st != OK)
        return st;

    *out = (struct elf_image){
        .relocatable = h.type == ET_DYN,
        .entry = h.entry,
        .phdr_count = h.phnum,
        .stack_exec = true,
    };
    for (unsigned i = 0; i < h.phnum; i++) {
        st = file->read(file, h.phoff + i * sizeof(ph), &ph, sizeof(ph));
        if (st == OK)
            st = add_phdr(file, &ph, out);
        if (st != OK)
            return st;
    }
    if (!out->segment_count)
        return ERR_NO_EXEC;

    out->low = ROUND_DOWN(out->segment[0].addr, PAGE_SIZE);
    out->high = ROUND_UP(segments_end(out), PAGE_SIZE);
    out->phdr_addr = phdr_address(out, h.phoff);
    return OK;
}
