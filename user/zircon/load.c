/*
 * load.c - mapping a program into another process.
 */
#include "user/zircon/load.h"

#include "user/zircon/elf.h"

enum { PHDRS_MAX = 16, PAGE = 4096 };

static uint64_t page_down(uint64_t n)
{
    return n & ~(uint64_t)(PAGE - 1);
}

static uint64_t page_up(uint64_t n)
{
    return page_down(n + PAGE - 1);
}

static zx_vm_option_t options_of(uint32_t flags)
{
    return ZX_VM_SPECIFIC | (flags & PF_R ? ZX_VM_PERM_READ : 0u) |
           (flags & PF_W ? ZX_VM_PERM_WRITE : 0u) | (flags & PF_X ? ZX_VM_PERM_EXECUTE : 0u);
}

/* The segment's own copy, zero behind the bytes of the file. */
static zx_status_t segment_copy(zx_handle_t vmo, const struct elf_phdr *ph, uint64_t size,
                                zx_handle_t *out)
{
    static const unsigned char zeroes[PAGE];
    uint64_t end = ph->vaddr % PAGE + ph->filesz, tail = page_up(end) - end;
    zx_status_t st = zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE,
                                         page_down(ph->offset), page_up(end), out);
    zx_handle_t all;

    if (st == ZX_OK)
        st = zx_vmo_write(*out, zeroes, end, tail);
    if (st != ZX_OK || size == page_up(end))
        return st;
    /* A child of the child reads as zero where that has nothing. */
    st = zx_vmo_create_child(*out, ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE, 0, size, &all);
    zx_handle_close(*out);
    *out = all;
    return st;
}

static zx_status_t map_segment(zx_handle_t region, zx_handle_t vmo, const struct elf_phdr *ph,
                               uint64_t low)
{
    uint64_t at = page_down(ph->vaddr), size = page_up(ph->vaddr + ph->memsz) - at;
    zx_handle_t copy = ZX_HANDLE_INVALID;
    zx_vaddr_t addr;
    zx_status_t st = ZX_OK;

    if ((ph->flags & PF_W) || ph->memsz != ph->filesz)
        st = segment_copy(vmo, ph, size, &copy);
    if (st == ZX_OK)
        st = zx_vmar_map(region, options_of(ph->flags), at - low, copy ? copy : vmo,
                         copy ? 0 : page_down(ph->offset), size, &addr);
    zx_handle_close(copy);
    return st;
}

/* Linkers leave empty ones, too. */
static int is_mapped(const struct elf_phdr *ph)
{
    return ph->type == PT_LOAD && ph->memsz;
}

static zx_status_t map_all(zx_handle_t vmar, zx_handle_t vmo, const struct elf_phdr *ph,
                           unsigned count, struct image *out)
{
    uint64_t low = UINT64_MAX, high = 0;
    zx_handle_t region;
    zx_vaddr_t addr;
    zx_status_t st;

    for (unsigned i = 0; i < count; i++) {
        if (!is_mapped(&ph[i]))
            continue;
        if (page_down(ph[i].vaddr) < low)
            low = page_down(ph[i].vaddr);
        if (page_up(ph[i].vaddr + ph[i].memsz) > high)
            high = page_up(ph[i].vaddr + ph[i].memsz);
    }
    if (high <= low)
        return ZX_ERR_INVALID_ARGS;
    st = zx_vmar_allocate(vmar,
                          ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE | ZX_VM_CAN_MAP_EXECUTE |
                              ZX_VM_CAN_MAP_SPECIFIC,
                          0, high - low, &region, &addr);
    for (unsigned i = 0; st == ZX_OK && i < count; i++) {
        if (is_mapped(&ph[i]))
            st = map_segment(region, vmo, &ph[i], low);
    }
    zx_handle_close(region);
    out->base = addr - low;
    return st;
}

/* Its own header: the machine that it is for is ours. */
extern const struct elf_header __ehdr_start __attribute__((visibility("hidden")));

/* Nothing that would overflow, or map what is not in the file, of `size` bytes. */
static int segment_is_sound(const struct elf_phdr *ph, uint64_t size)
{
    const uint64_t max = 1ull << 47;

    return ph->filesz <= ph->memsz && ph->memsz < max && ph->vaddr < max &&
           ph->offset <= size && ph->filesz <= size - ph->offset &&
           (ph->vaddr - ph->offset) % PAGE == 0;
}

zx_status_t elf_read(zx_handle_t vmo, struct elf_header *h, struct elf_phdr *ph, unsigned max)
{
    static const unsigned char ident[] = {
        0x7f, 'E', 'L', 'F', 2 /* 64 bits */, 1 /* little endian */, 1 /* version */};
    uint64_t size = 0;
    zx_status_t st = zx_vmo_read(vmo, h, 0, sizeof(*h));

    if (st == ZX_OK)
        st = zx_vmo_get_size(vmo, &size);
    if (st != ZX_OK)
        return st;
    for (unsigned i = 0; i < sizeof(ident); i++) {
        if (h->ident[i] != ident[i])
            return ZX_ERR_NOT_SUPPORTED;
    }
    if (h->type != ET_DYN || h->machine != __ehdr_start.machine || h->phnum > max ||
        h->phentsize != sizeof(ph[0]))
        return ZX_ERR_NOT_SUPPORTED;
    st = zx_vmo_read(vmo, ph, h->phoff, h->phnum * sizeof(ph[0]));
    for (unsigned i = 0; st == ZX_OK && i < h->phnum; i++) {
        if (ph[i].type == PT_LOAD && !segment_is_sound(&ph[i], size))
            return ZX_ERR_NOT_SUPPORTED;
    }
    return st;
}

zx_status_t load_image(zx_handle_t vmar, zx_handle_t vmo, struct image *out)
{
    struct elf_phdr ph[PHDRS_MAX];
    struct elf_header h;
    zx_status_t st = elf_read(vmo, &h, ph, PHDRS_MAX);

    if (st == ZX_OK)
        st = map_all(vmar, vmo, ph, h.phnum, out);
    out->entry = out->base + h.entry;
    return st;
}
