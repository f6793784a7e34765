/*
 * vdso.c - the image of the vDSO: found, mapped once per process, protected.
 */
#include "personality/zircon/vdso.h"

#include "base/assert.h"
#include "base/string.h"
#include "hal/cpu.h"
#include "mm/page.h"
#include "object/vdso_image.h"
#include "object/vmo_object.h"
#include "personality/zircon/vdso_variant.h"
#include "uapi/zcore/vdso.h"
#include "uapi/zircon/syscalls/system.h"

/* The image that user/vdso was linked to; isa/ISA/vdso_image.S. */
extern const unsigned char vdso_image[], vdso_image_end[];

/* Set in vdso_init, constant afterwards. */
static struct vdso_image image;
static struct vmo_object *variants[VDSO_VARIANTS];

/* In process.vdso_code: the claim of a mapping that is being made. No pc is above it. */
#define CODE_CLAIMED UINT64_MAX

static void write_constants(void)
{
    static const char version[] = "zcore 0.1";
    struct page_stats pages;
    struct vdso_constants constants = {
        .num_cpus = hal_cpu_count(),
        .features_cpu = ZX_HAS_CPU_FEATURES,
        .dcache_line_size = 64,
        .icache_line_size = 64,
        .ticks_per_second = 1000000000,
        .ticks_to_ns_numerator = 1,
        .ticks_to_ns_denominator = 1,
        .version_size = sizeof(version) - 1,
    };
    status_t st;

    page_stats_read(&pages);
    constants.physmem = pages.total * PAGE_SIZE;
    memcpy(constants.version, version, sizeof(version));
    st = vmo_write(image.vmo, VDSO_CONSTANTS_OFFSET, &constants, sizeof(constants), NULL);
    assert(st == OK); /* memory at boot */
}

/* Calls that a variant's programs do without. */
static void make_variant(enum vdso_variant which, const char *name, const char *const without[])
{
    struct vmo *vmo = image.vmo;
    status_t st = which == VDSO_FULL ? OK : vmo_clone(image.vmo, 0, image.size, &vmo);

    for (; st == OK && *without; without++)
        st = vdso_block(vmo, vdso_image, *without);
    if (st == OK)
        st = vmo_object_create(vmo, &variants[which]);
    assert(st == OK); /* memory at boot, and names of calls that there are */
    memcpy(vmo->label->name, name, strlen(name) + 1);
    if (which != VDSO_FULL)
        vmo_put(vmo); /* it is the object's */
}

void vdso_init(void)
{
    static const char *const none[] = {NULL};
    static const char *const test1[] = {"syscall_test_1", "syscall_test_2", NULL};
    static const char *const test2[] = {"syscall_test_3", NULL};

    vdso_image_init(&image, vdso_image, vdso_image_end, "[vdso]");
    write_constants();
    make_variant(VDSO_FULL, "vdso/full", none);
    make_variant(VDSO_TEST1, "vdso/test1", test1);
    make_variant(VDSO_TEST2, "vdso/test2", test2);
    hal_icache_sync();
}

struct vmo_object *vdso_variant(enum vdso_variant which)
{
    return variants[which];
}

bool vdso_is_image(const struct vmo *vmo)
{
    for (unsigned i = 0; i < VDSO_VARIANTS; i++)
        if (vmo == variants[i]->vmo)
            return true;
    return false;
}

status_t vdso_claim(struct process *p, uint64_t offset, uint64_t size)
{
    SPIN_GUARD(&p->object.lock);

    if (offset != image.code_offset || size != image.code_size || p->vdso_code)
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
    p->vdso_end = code + image.code_size;
}

void vdso_refused(struct process *p)
{
    SPIN_GUARD(&p->object.lock);

    p->vdso_code = 0;
}

user_addr_t vdso_base(struct process *p)
{
    SPIN_GUARD(&p->object.lock);

    return p->vdso_end ? p->vdso_code - image.code_offset : 0;
}

static status_t map_segment(struct vmar *in, user_addr_t base, uint64_t offset, uint64_t size,
                            unsigned prot)
{
    const struct vmar_map_args args = {
        .vmo = image.vmo,
        .vmo_offset = offset,
        .size = size,
        .prot = prot,
        .max_prot = prot,
        .flags = MAPPING_SHARED | (prot & HAL_PROT_EXEC ? MAPPING_PINNED : 0u),
        .place = PLACE_EXACT,
        .addr = base + offset,
    };
    user_addr_t at;

    return vmar_map(in, &args, &at);
}

status_t vdso_map_at(struct vmar *root, user_addr_t base)
{
    status_t st = map_segment(root, base, 0, image.code_offset, HAL_PROT_READ);

    if (st == OK)
        st = map_segment(root, base, image.code_offset, image.code_size,
                         HAL_PROT_READ | HAL_PROT_EXEC);
    return st;
}

void vdso_at(struct process *p, user_addr_t base)
{
    vdso_mapped(p, base + image.code_offset);
}

/* The region stays, nameless: it keeps the two together. */
status_t vdso_map(struct process *p, user_addr_t *base)
{
    struct vmar *region;
    status_t st;

    st = vmar_create_child(p->aspace->root, PLACE_RANDOM, 0, image.size, 0, 0, &region);
    if (st != OK)
        return st;
    st = vdso_map_at(region, region->region.base);
    if (st == OK) {
        *base = region->region.base;
        vdso_at(p, *base);
    }
    vmar_put(region);
    return st;
}
