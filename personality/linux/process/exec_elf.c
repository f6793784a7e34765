/*
 * exec_elf.c - mapping an ELF program and its interpreter into a new address space.
 */
#include "mm/slab.h"
#include "object/elf.h"
#include "personality/linux/memory/layout.h"
#include "personality/linux/process/exec.h"

static status_t read_vmo(const struct elf_file *file, uint64_t offset, void *to, size_t size)
{
    return vmo_read(file->arg, offset, to, size, NULL);
}

/* The file's contents; ERR_ACCESS_DENIED for what has none. */
static status_t image_open(struct inode *inode, struct elf_file *file)
{
    struct inode_attr attr;
    struct vmo *vmo = inode_vmo(inode);

    if (!vmo)
        return ERR_ACCESS_DENIED;
    inode_attr_get(inode, &attr);
    *file = (struct elf_file){.size = attr.size, .read = read_vmo, .arg = vmo};
    return OK;
}

/* A private mapping of part of a file's VMO; `offset` is page aligned. */
static status_t map_private(struct aspace *as, struct vmo *vmo, uint64_t offset, uint64_t size,
                            unsigned prot, unsigned place, user_addr_t addr, user_addr_t *out)
{
    struct vmar_map_args args = {.vmo_offset = 0,
                                 .size = ROUND_UP(size, PAGE_SIZE),
                                 .prot = prot,
                                 .max_prot = HAL_PROT_READ | HAL_PROT_WRITE | HAL_PROT_EXEC,
                                 .place = place,
                                 .addr = addr,
                                 .limit = layout_mmap_limit()};
    struct vmo *from = HAL_PATCHES_TEXT && prot & HAL_PROT_EXEC && place == PLACE_OVERWRITE
                           ? aspace_text(as, vmo, offset, addr)
                           : vmo_get(vmo);
    status_t st = vmo_clone(from, offset, args.size, &args.vmo);

    vmo_put(from);
    if (st != OK)
        return st;
    st = vmar_map(as->root, &args, out);
    vmo_put(args.vmo);
    return st;
}

status_t map_anonymous(struct aspace *as, uint64_t size, unsigned prot, unsigned place,
                       user_addr_t addr, user_addr_t *out)
{
    struct vmar_map_args args = {.size = ROUND_UP(size, PAGE_SIZE),
                                 .prot = prot,
                                 .max_prot = HAL_PROT_READ | HAL_PROT_WRITE | HAL_PROT_EXEC,
                                 .place = place,
                                 .addr = addr,
                                 .limit = layout_mmap_limit()};
    status_t st = vmo_create(args.size, 0, &args.vmo);

    if (st != OK)
        return st;
    st = vmar_map(as->root, &args, out);
    vmo_put(args.vmo);
    return st;
}

/* The rest of the last file page is the segment's bss, or nobody's: zero either way. */
static status_t clear_tail(struct aspace *as, user_addr_t end)
{
    struct user_access ua = {.aspace = as};
    user_addr_t page_end = ROUND_UP(end, PAGE_SIZE);

    return end == page_end ? OK : clear_user(&ua, end, page_end - end);
}

static status_t map_segment(struct aspace *as, struct vmo *vmo, const struct elf_segment *s,
                            uint64_t bias)
{
    user_addr_t start = ROUND_DOWN(s->addr + bias, PAGE_SIZE), at;
    user_addr_t file_end = s->addr + bias + s->file_size;
    user_addr_t mem_end = ROUND_UP(s->addr + bias + s->mem_size, PAGE_SIZE);
    status_t st = OK;

    if (s->file_size)
        st = map_private(as, vmo, ROUND_DOWN(s->offset, PAGE_SIZE), file_end - start, s->prot,
                         PLACE_OVERWRITE, start, &at);
    if (st == OK && s->file_size && s->mem_size > s->file_size && s->prot & HAL_PROT_WRITE)
        st = clear_tail(as, file_end);
    start = s->file_size ? ROUND_UP(file_end, PAGE_SIZE) : start;
    if (st == OK && mem_end > start)
        st = map_anonymous(as, mem_end - start, s->prot, PLACE_OVERWRITE, start, &at);
    return st;
}

enum { AHEAD_STEP = 4 * PAGE_SIZE, AHEAD_MAX = 16 * PAGE_SIZE };

/* Relocation and the C library's start write where a segment that may be written begins, and
 * much of the rest if that is small. */
static void touch_ahead(struct aspace *as, const struct elf_segment *s, uint64_t bias)
{
    if (s->prot & HAL_PROT_WRITE)
        for (uint64_t at = 0; at < MIN(s->file_size, (uint64_t)AHEAD_MAX); at += AHEAD_STEP)
            (void)!try_vm_fault(as, s->addr + bias + at, HAL_PROT_WRITE);
}

/* Where a relocatable image goes: all of it is reserved in one piece, then overwritten. */
static status_t choose_bias(struct aspace *as, const struct elf_image *image, bool interpreter,
                            uint64_t *bias)
{
    uint64_t size = image->high - image->low;
    user_addr_t at;
    status_t st;

    *bias = 0;
    if (!image->relocatable)
        return OK;
    if (interpreter)
        st = map_anonymous(as, size, 0, PLACE_ANY, 0, &at);
    else
        st = map_anonymous(as, size, 0, PLACE_HINT, layout_pie_base(), &at);
    if (st == OK)
        *bias = at - image->low;
    return st;
}

static status_t map_elf(struct aspace *as, const struct elf_file *file,
                        const struct elf_image *image, bool interpreter, uint64_t *bias)
{
    status_t st = choose_bias(as, image, interpreter, bias);

    for (unsigned i = 0; st == OK && i < image->segment_count; i++) {
        st = map_segment(as, file->arg, &image->segment[i], *bias);
        if (st == OK)
            touch_ahead(as, &image->segment[i], *bias);
    }
    /* An address that a fixed image may not have is a bad image. */
    return st == ERR_OUT_OF_RANGE || st == ERR_INVALID_ARGS ? ERR_NO_EXEC : st;
}

static void note_layout(struct linux_layout *l, const struct elf_image *image, uint64_t bias)
{
    const struct elf_segment *last = &image->segment[image->segment_count - 1];

    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *s = &image->segment[i];

        if (s->prot & HAL_PROT_EXEC && !l->code_end) {
            l->code_start = s->addr + bias;
            l->code_end = s->addr + s->file_size + bias;
        }
        if (s->prot & HAL_PROT_WRITE) {
            l->data_start = s->addr + bias;
            l->data_end = s->addr + s->file_size + bias;
        }
    }
    l->brk_start = l->brk =
        layout_brk_base(ROUND_UP(last->addr + last->mem_size + bias, PAGE_SIZE));
}

/* The interpreter's path out of the image; heap. */
static status_t interpreter_path(const struct elf_file *file, const struct elf_image *image,
                                 char **out)
{
    char *path = kmalloc(image->interp_size);
    status_t st;

    if (!path)
        return ERR_NO_MEMORY;
    st = vmo_read(file->arg, image->interp_offset, path, image->interp_size, NULL);
    if (st == OK && path[image->interp_size - 1])
        st = ERR_NO_EXEC;
    if (st != OK) {
        kfree(path);
        return st;
    }
    *out = path;
    return OK;
}

/* For /proc/PID/maps. */
static void note_origin(struct aspace *as, const struct elf_image *image, uint64_t bias,
                        struct mapping_origin *origin)
{
    aspace_set_origin(as, image->low + bias, image->high + bias, origin);
}

static status_t map_interpreter_file(struct exec *exec, const struct path *path,
                                     struct exec_auxv *aux)
{
    struct elf_file file;
    struct elf_image *image = kmalloc(sizeof(*image));
    struct mapping_origin *origin;
    uint64_t bias;
    status_t st;

    if (!image)
        return ERR_NO_MEMORY;
    st = image_open(path->dentry->inode, &file);
    if (st != OK)
        goto out_image;
    st = elf_parse(&file, image);
    if (st == OK)
        st = map_elf(exec->aspace, &file, image, true, &bias);
    if (st == OK) {
        origin = mapping_origin_of_path(path);
        note_origin(exec->aspace, image, bias, origin);
        mapping_origin_put(origin);
        aux->base = image->low + bias;
        exec->entry = image->entry + bias;
    }
    vmo_put(file.arg);
out_image:
    kfree(image);
    return st;
}

static status_t map_interpreter(struct exec *exec, struct walk_env *env,
                                const struct elf_file *file, const struct elf_image *image,
                                struct exec_auxv *aux)
{
    struct path path;
    char *name;
    status_t st = interpreter_path(file, image, &name);

    if (st != OK)
        return st;
    st = path_walk(env, NULL, name, 0, &path, NULL);
    kfree(name);
    if (st != OK)
        return st;
    st = inode_permission(env, path.dentry->inode, 1);
    if (st == OK)
        st = map_interpreter_file(exec, &path, aux);
    path_put(&path);
    /* A broken interpreter is ELIBBAD in Linux; nobody tells it from ENOEXEC but by the text.
     */
    return st;
}

static status_t map_program(struct exec *exec, struct walk_env *env,
                            const struct elf_file *file, struct elf_image *image,
                            struct exec_auxv *aux)
{
    uint64_t bias;
    status_t st = elf_parse(file, image);

    if (st == OK)
        st = map_elf(exec->aspace, file, image, false, &bias);
    if (st != OK)
        return st;
    note_origin(exec->aspace, image, bias, file_mapping_origin(exec->exe));
    note_layout(&exec->layout, image, bias);
    aux->phdr = image->phdr_addr ? image->phdr_addr + bias : 0;
    aux->phdr_count = image->phdr_count;
    aux->entry = exec->entry = image->entry + bias;
    return image->interp_size ? map_interpreter(exec, env, file, image, aux) : OK;
}

status_t exec_map_image(struct exec *exec, struct walk_env *env, struct exec_auxv *aux)
{
    struct elf_image *image = kmalloc(sizeof(*image));
    struct elf_file file;
    status_t st;

    if (!image)
        return ERR_NO_MEMORY;
    st = image_open(exec->exe->inode, &file);
    if (st == OK) {
        st = map_program(exec, env, &file, image, aux);
        vmo_put(file.arg);
    }
    kfree(image);
    return st;
}
