/*
 * child.c - the first program: a process in the root job, its image or that of its interpreter,
 * the vDSO, a stack.
 */
#include "uapi/zircon/syscalls/object.h"
#include "user/userboot/userboot.h"
#include "user/zircon/elf.h"
#include "user/zircon/stack.h"

enum { PAGE = 4096, STACK = 256 * 1024, INTERP_MAX = 255, PHDRS_MAX = 16 };

/* What of a program decides how it is loaded. */
struct needs {
    char interp[INTERP_MAX + 1]; /* "": none */
    uint64_t stack;              /* bytes; 0: as usual */
};

static uint64_t page_up(uint64_t n)
{
    return (n + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

static zx_status_t read_needs(zx_handle_t vmo, struct needs *out)
{
    struct elf_phdr ph[PHDRS_MAX];
    struct elf_header h;
    zx_status_t st = elf_read(vmo, &h, ph, PHDRS_MAX);

    *out = (struct needs){.stack = 0};
    for (unsigned i = 0; st == ZX_OK && i < h.phnum; i++) {
        if (ph[i].type == PT_GNU_STACK)
            out->stack = ph[i].memsz;
        if (ph[i].type != PT_INTERP)
            continue;
        st = ph[i].filesz > INTERP_MAX
                 ? ZX_ERR_INVALID_ARGS
                 : zx_vmo_read(vmo, out->interp, ph[i].offset, ph[i].filesz);
    }
    return st;
}

zx_status_t child_create(zx_handle_t job, const char *name, struct child *out)
{
    zx_status_t st;

    *out = (struct child){0};
    st = zx_process_create(job, name, strlen(name), 0, &out->process, &out->vmar);
    if (st == ZX_OK)
        st = zx_thread_create(out->process, name, strlen(name), 0, &out->thread);
    return st == ZX_OK ? ZX_OK : fail("making the process", st);
}

/* The lower half of the address space, which is kept free while the program is loaded: it is
 * for what the program itself wants there. */
static zx_status_t reserve_low_half(zx_handle_t vmar, zx_handle_t *out)
{
    zx_info_vmar_t info;
    zx_vaddr_t addr;
    uint64_t size;
    zx_status_t st = zx_object_get_info(vmar, ZX_INFO_VMAR, &info, sizeof(info), NULL, NULL);

    if (st != ZX_OK)
        return st;
    size = page_up((info.base + info.len) / 2) - info.base;
    st = zx_vmar_allocate(vmar, ZX_VM_SPECIFIC, 0, size, out, &addr);
    return st == ZX_OK && addr != info.base ? ZX_ERR_BAD_STATE : st;
}

static zx_status_t map_stack(struct child *child, uint64_t size)
{
    static const char name[] = "userboot-child-initial-stack";
    zx_handle_t vmo;
    zx_vaddr_t base;
    zx_status_t st = zx_vmo_create(size, 0, &vmo);

    if (st != ZX_OK)
        return st;
    zx_object_set_property(vmo, ZX_PROP_NAME, name, sizeof(name) - 1);
    st = zx_vmar_map(child->vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, vmo, 0, size, &base);
    zx_handle_close(vmo);
    if (st == ZX_OK)
        child->sp = initial_sp(base + size);
    return st;
}

static zx_status_t open_program(struct child *child, const struct bootfs *fs,
                                const char *program, struct needs *needs, zx_handle_t *vmo)
{
    zx_status_t st = bootfs_file(fs, "", program, strlen(program), vmo);

    if (st == ZX_OK)
        st = read_needs(*vmo, needs);
    if (st != ZX_OK)
        return fail(program, st);
    if (!needs->interp[0])
        return ZX_OK;
    child->executable = *vmo;
    st = bootfs_file(fs, "lib/", needs->interp, strlen(needs->interp), vmo);
    return st == ZX_OK ? ZX_OK : fail(needs->interp, st);
}

static zx_status_t map_all(struct child *child, zx_handle_t vmo, zx_handle_t vdso,
                           uint64_t stack)
{
    struct image image, vdso_image;
    zx_status_t st = load_image(child->vmar, vmo, &image);

    if (st == ZX_OK)
        st = load_image(child->vmar, vdso, &vdso_image);
    if (st == ZX_OK)
        st = map_stack(child, stack);
    if (st != ZX_OK)
        return st;
    child->entry = image.entry;
    child->vdso = vdso_image.base;
    return ZX_OK;
}

zx_status_t child_load(struct child *child, const struct bootfs *fs, const char *program,
                       zx_handle_t vdso)
{
    struct needs needs;
    zx_handle_t vmo, low;
    zx_status_t st = open_program(child, fs, program, &needs, &vmo);

    if (st != ZX_OK)
        return st;
    st = reserve_low_half(child->vmar, &low);
    if (st != ZX_OK)
        return fail("reserving the lower half", st);
    st = map_all(child, vmo, vdso, needs.stack ? page_up(needs.stack) : STACK);
    zx_handle_close(vmo);
    if (st == ZX_OK)
        st = zx_vmar_destroy(low);
    zx_handle_close(low);
    return st == ZX_OK ? ZX_OK : fail(program, st);
}
