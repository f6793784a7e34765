/*
 * vdso.c - the image of the vDSO: found, mapped once per process, protected.
 */
#include "personality/zircon/vdso.h"

#include "base/assert.h"
#include "base/string.h"
#include "object/elf.h"
#include "object/vmo_object.h"

/* The image that user/vdso was linked to; isa/ISA/vdso_image.S. */
extern const unsigned char vdso_image[], vdso_image_end[];

/* Set in vdso_init, constant afterwards. */
static struct vmo_object *object;
static uint64_t code_offset, code_size; /* of the segment, in whole pages */

/* In process.vdso_code: the claim of a mapping that is being made. No pc is above it. */
#define CODE_CLAIMED UINT64_MAX

static status_t read_image(const struct elf_file *file, uint64_t offset, void *to, size_t size)
{
    (void)file;
    memcpy(to, vdso_image + offset, size);
    return OK;
}

/* The build made it: whatever is wrong with it is our own fault. */
static void find_code(uint64_t size)
{
    struct elf_file file = {.size = size, .read = read_image};
    struct elf_image image;
    status_t st = elf_parse(&file, &image);

    assert(st == OK && image.segment_count == 2 && image.low == 0);
    assert(image.segment[0].prot == HAL_PROT_READ);
    assert(image.segment[1].prot == (HAL_PROT_READ | HAL_PROT_EXEC));
    code_offset = image.segment[1].addr;
    code_size = image.segment[1].file_size;
    assert(image.segment[1].offset == code_offset);
    assert(IS_ALIGNED(code_offset, PAGE_SIZE) && IS_ALIGNED(code_size, PAGE_SIZE));
}

void vdso_init(void)
{
    uint64_t size = (uint64_t)(vdso_image_end - vdso_image);
    struct vmo *vmo;
    status_t st;

    find_code(size);
    st = vmo_create(code_offset + code_size, 0, &vmo);
    if (st == OK)
        st = vmo_write(vmo, 0, vdso_image, code_offset + code_size, NULL);
    if (st == OK)
        st = vmo_object_create(vmo, &object);
    assert(st == OK); /* memory at boot */
    vmo_put(vmo);
    memcpy(object->name, "vdso/full", sizeof("vdso/full"));
}

struct vmo_object *vdso_vmo(void)
{
    return object;
}

status_t vdso_claim(struct process *p, uint64_t offset, uint64_t size)
{
    SPIN_GUARD(&p->object.lock);

    if (offset != code_offset || size != code_size || p->vdso_code)
        return ERR_ACCESS_DENIED;
    p->vdso_code = CODE_CLAIMED;
    return OK;
}

/* Threads of `p` compare their pc with both: the end comes last, so that they agree. */
void vdso_mapped(struct process *p, user_addr_t code)
{
    SPIN_GUARD(&p->object.lock);

    p->vdso_code = code;
    atomic_thread_fence(memory_order_release);
    p->vdso_end = code + code_size;
}

void vdso_refused(struct process *p)
{
    SPIN_GUARD(&p->object.lock);

    p->vdso_code = 0;
}

user_addr_t vdso_base(struct process *p)
{
    SPIN_GUARD(&p->object.lock);

    return p->vdso_end ? p->vdso_code - code_offset : 0;
}

static status_t map_segment(struct vmar *region, uint64_t offset, uint64_t size, unsigned prot)
{
    const struct vmar_map_args args = {
        .vmo = object->vmo,
        .vmo_offset = offset,
        .size = size,
        .prot = prot,
        .max_prot = prot,
        .flags = MAPPING_SHARED | (prot & HAL_PROT_EXEC ? MAPPING_PINNED : 0u),
        .place = PLACE_EXACT,
        .addr = region->region.base + offset,
    };
    user_addr_t at;

    return vmar_map(region, &args, &at);
}

/* The region stays, nameless: it keeps the two together. */
status_t vdso_map(struct process *p, user_addr_t *base)
{
    struct vmar *region;
    status_t st;

    st = vmar_create_child(p->aspace->root, PLACE_RANDOM, 0, code_offset + code_size, 0, 0,
                           &region);
    if (st != OK)
        return st;
    st = map_segment(region, 0, code_offset, HAL_PROT_READ);
    if (st == OK)
        st = map_segment(region, code_offset, code_size, HAL_PROT_READ | HAL_PROT_EXEC);
    if (st == OK) {
        *base = region->region.base;
        vdso_mapped(p, *base + code_offset);
    }
    vmar_put(region);
    return st;
}
