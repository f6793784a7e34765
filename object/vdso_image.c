/*
 * vdso_image.c - a vDSO from the build's image: checked, copied, told of the clock.
 */
#include "object/vdso_image.h"

#include "base/assert.h"
#include "base/string.h"
#include "hal/mmu.h"
#include "hal/time.h"
#include "mm/slab.h"
#include "object/elf.h"
#include "uapi/zcore/clock.h"

static status_t read_image(const struct elf_file *file, uint64_t offset, void *to, size_t size)
{
    memcpy(to, (const unsigned char *)file->arg + offset, size);
    return OK;
}

/* The build made it: whatever is wrong with it is our own fault. */
static void find_code(struct vdso_image *image, const unsigned char *start, uint64_t size)
{
    struct elf_file file = {.size = size, .read = read_image, .arg = (void *)(uintptr_t)start};
    const struct elf_segment *code;
    struct elf_image elf;
    status_t st = elf_parse(&file, &elf);

    assert(st == OK && elf.low == 0 && elf.segment_count <= 2);
    code = &elf.segment[elf.segment_count - 1];
    assert(code->prot == (HAL_PROT_READ | HAL_PROT_EXEC) && code->offset == code->addr);
    assert(IS_ALIGNED(code->addr, PAGE_SIZE) && IS_ALIGNED(code->file_size, PAGE_SIZE));
    assert(code == elf.segment || elf.segment[0].prot == HAL_PROT_READ);
    assert(elf.segment[0].file_size >= VDSO_CLOCK_OFFSET + VDSO_CLOCK_SIZE);
    image->code_offset = code->addr;
    image->code_size = code->file_size;
    image->size = code->addr + code->file_size;
    image->entry = elf.entry;
}

/* The machine may have a word in what the code is. */
static status_t write_code(const struct vdso_image *image, const unsigned char *start)
{
    void *code = kmemdup(start + image->code_offset, image->code_size);
    status_t st;

    if (!code)
        return ERR_NO_MEMORY;
    hal_user_code(code, image->code_size);
    st = vmo_write(image->vmo, image->code_offset, code, image->code_size, NULL);
    kfree(code);
    return st;
}

void vdso_image_init(struct vdso_image *image, const unsigned char *start,
                     const unsigned char *end, const char *name)
{
    struct user_clock clock;
    status_t st;

    find_code(image, start, (uint64_t)(end - start));
    hal_time_user_clock(&clock);
    st = vmo_create(image->size, 0, &image->vmo);
    if (st == OK)
        st = vmo_write(image->vmo, 0, start, image->size, NULL);
    if (st == OK)
        st = write_code(image, start);
    if (st == OK)
        st = vmo_write(image->vmo, VDSO_CLOCK_OFFSET, &clock, sizeof(clock), NULL);
    assert(st == OK); /* memory at boot */
    image->vmo->name = name;
    hal_icache_sync();
}
