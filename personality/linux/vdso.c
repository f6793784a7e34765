/*
 * vdso.c - the vDSO of Linux programs, mapped by each exec.
 */
#include "personality/linux/vdso.h"

#include "object/vdso_image.h"
#include "personality/hybrid.h"
#include "personality/linux/memory/layout.h"
#include "personality/linux/process/exec.h"

/* isa/ISA/vdso_image.S */
extern const unsigned char linux_vdso_image[], linux_vdso_image_end[];

static struct vdso_image image;

void linux_vdso_init(void)
{
    vdso_image_init(&image, linux_vdso_image, linux_vdso_image_end, "[vdso]");
}

status_t exec_map_vdso(struct exec *exec)
{
    const struct vmar_map_args args = {
        .vmo = image.vmo,
        .size = image.size,
        .prot = HAL_PROT_READ | HAL_PROT_EXEC,
        .max_prot = HAL_PROT_READ | HAL_PROT_EXEC,
        .flags = MAPPING_SHARED,
        .place = PLACE_EXACT,
        .addr = layout_vdso_base(),
    };
    struct linux_layout *l = &exec->layout;
    status_t st = vmar_map(exec->aspace->root, &args, &l->vdso);

    if (st == OK)
        l->sigreturn = l->vdso + image.entry;
    if (st == OK && exec->zircon) {
        l->zircon_vdso = l->vdso + image.size;
        st = hybrid_map_vdso(exec->aspace, l->zircon_vdso);
    }
    return st;
}
