/*
 * vdso_variant.h - takes calls out of a vDSO.
 */
#pragma once

#include "vm/vmo.h"

/*
 * Programs find `call` in `vmo` no more, under none of its names, and its code traps. `vmo` has
 * the image's bytes, which are at `image` too. ERR_NOT_FOUND; ERR_NO_MEMORY.
 */
status_t vdso_block(struct vmo *vmo, const unsigned char *image, const char *call) MUST_USE;
