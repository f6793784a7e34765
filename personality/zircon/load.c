/*
 * load.c - mapping a program, its vDSO and its stack.
 */
#include "personality/zircon/load.h"

#include "isa/regs.h"
#include "object/elf.h"
#include "personality/zircon/vdso.h"
#include "personality/zircon/vmar_flags.h"

#define STACK_SIZE (256ul * 1024)

static status_t read_vmo(const struct elf_file *file, uint64_t offset, void *to, size_t size)
{
    return vmo_read(file->arg, offset, to, size, NULL);
}

static status_t zero(struct vmo *vmo, uint64_t from, uint64_t to)
{
    static const unsigned char zeroes[512];
    status_t st = OK;

    for (uint64_t part; st == OK && from < to; from += part) {
        part = MIN(to - from, sizeof(zeroes));
        st = vmo_write(vmo, from, zeroes, part, NULL);
    }
    return st;
}

/*
 * The segment's own copy of its part of the file, in whole pages, zero from the end of the
 * file's bytes on: a clone that is made larger reads as zero there, whatever else the file has;
 * the last page it shares is cleared.
 */
static status_t segment_copy(struct vmo *image, const struct elf_segment *s, uint64_t size,
                             struct vmo **out)
{
    uint64_t skew = s->addr & PAGE_MASK, end = skew + s->file_size;
    status_t st = vmo_clone(image, s->offset - skew, ROUND_UP(end, PAGE_SIZE), out);

    if (st != OK)
        return st;
    st = zero(*out, end, ROUND_UP(end, PAGE_SIZE));
    if (st == OK)
        st = vmo_set_size(*out, size);
    if (st != OK)
        vmo_put(*out);
    return st;
}

/* What is never written is the file itself. */
static status_t segment_vmo(struct vmo *image, const struct elf_segment *s, uint64_t size,
                            struct vmo **out)
{
    if ((s->prot & HAL_PROT_WRITE) || s->mem_size != s->file_size)
        return segment_copy(image, s, size, out);
    *out = vmo_get(image);
    return OK;
}

static status_t map_segment(struct vmar *region, struct vmo *image, uint64_t bias,
                            const struct elf_segment *s)
{
    uint64_t skew = s->addr & PAGE_MASK;
    struct vmar_map_args args = {
        .size = ROUND_UP(skew + s->mem_size, PAGE_SIZE),
        .prot = s->prot,
        .max_prot = s->prot,
        .flags = MAPPING_SHARED,
        .place = PLACE_EXACT,
        .addr = bias + s->addr - skew,
    };
    user_addr_t at;
    status_t st = segment_vmo(image, s, args.size, &args.vmo);

    if (st != OK)
        return st;
    args.vmo_offset = args.vmo == image ? s->offset - skew : 0;
    st = vmar_map(region, &args, &at);
    vmo_put(args.vmo);
    return st == ERR_ALREADY_EXISTS ? ERR_NO_EXEC : st; /* two segments share a page */
}

/* A region of the image's own keeps its segments together. */
static status_t map_image(struct process *p, struct vmo *image, const struct elf_image *elf,
                          user_addr_t *entry)
{
    struct vmar *region;
    uint64_t bias;
    status_t st = vmar_create_child(p->aspace->root, PLACE_RANDOM, 0, elf->high - elf->low, 0,
                                    VMAR_FLAGS_ALL, &region);

    if (st != OK)
        return st;
    bias = region->region.base - elf->low;
    for (unsigned i = 0; st == OK && i < elf->segment_count; i++)
        st = map_segment(region, image, bias, &elf->segment[i]);
    vmar_put(region);
    *entry = bias + elf->entry;
    return st;
}

static status_t map_stack(struct process *p, uint64_t size, user_addr_t *sp)
{
    const unsigned prot = HAL_PROT_READ | HAL_PROT_WRITE;
    struct vmar_map_args args = {
        .size = size,
        .prot = prot,
        .max_prot = prot,
        .flags = MAPPING_SHARED,
        .place = PLACE_RANDOM,
    };
    user_addr_t base;
    status_t st = vmo_create(size, 0, &args.vmo);

    if (st != OK)
        return st;
    st = vmar_map(p->aspace->root, &args, &base);
    vmo_put(args.vmo);
    if (st == OK)
        *sp = user_initial_sp(base + size);
    return st;
}

status_t load_program(struct process *p, struct vmo *image, uint64_t size, struct loaded *out)
{
    struct elf_file file = {.size = size, .read = read_vmo, .arg = image};
    struct elf_image elf;
    status_t st = elf_parse(&file, &elf);

    if (st == OK && (!elf.relocatable || elf.interp_size))
        st = ERR_NO_EXEC;
    if (st == OK)
        st = map_image(p, image, &elf, &out->entry);
    if (st == OK)
        st = vdso_map(p, &out->vdso);
    if (st == OK)
        st = map_stack(p, ROUND_UP(MAX(elf.stack_size, STACK_SIZE), PAGE_SIZE), &out->sp);
    return st;
}
