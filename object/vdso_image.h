/*
 * vdso_image.h - a vDSO's image (user/vdso) as a VMO that processes map.
 *
 * Its data come first, among them how user mode reads the clock (uapi/zcore/clock.h).
 */
#pragma once

#include "vm/vmo.h"

/* Constant after vdso_image_init. */
struct vdso_image {
    struct vmo *vmo;
    uint64_t size;
    /* The segment of the code: all, or the rest behind one of data. Whole pages. */
    uint64_t code_offset, code_size;
    uint64_t entry;
};

/* At boot, from what the build embedded in the kernel. `name` is static. */
void vdso_image_init(struct vdso_image *image, const unsigned char *start,
                     const unsigned char *end, const char *name);
