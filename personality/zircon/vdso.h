/*
 * vdso.h - the vDSO: the image through which Zircon processes make their calls.
 *
 * It is one VMO of two segments: data, read-only, then code. The kernel takes Zircon calls only
 * from a mapping of that code: exactly the code segment, one per process, never changed or
 * unmapped.
 */
#pragma once

#include "object/process.h"

struct vmo_object;
struct vmo;

void vdso_init(void);

/*
 * The VMOs that handles name; programs map one into processes they make. All have one layout.
 * No reference. The first, FULL, is the default; the others lack calls: TEST1 syscall_test_1
 * and 2, TEST2 syscall_test_3.
 */
enum vdso_variant { VDSO_FULL, VDSO_TEST1, VDSO_TEST2, VDSO_VARIANTS };
struct vmo_object *vdso_variant(enum vdso_variant which);
static inline struct vmo_object *vdso_vmo(void)
{
    return vdso_variant(VDSO_FULL);
}

/* Whether it is the memory of one of them. */
bool vdso_is_image(const struct vmo *vmo);

#define VDSO_RIGHTS ((ZX_DEFAULT_VMO_RIGHTS & ~ZX_RIGHT_WRITE) | ZX_RIGHT_EXECUTE)

/* Map both segments at a random place in `p`, which has none. `*base`: of the data. */
status_t vdso_map(struct process *p, user_addr_t *base) MUST_USE;

/* The same at a place, straight in `root`; then, once `p` has that memory, where it is. */
status_t vdso_map_at(struct vmar *root, user_addr_t base) MUST_USE;
void vdso_at(struct process *p, user_addr_t base);

/*
 * A program asks for an executable mapping of part of the vDSO's VMO in `p`. OK: it may be
 * made, with MAPPING_PINNED, and vdso_mapped or vdso_refused is called next. ERR_ACCESS_DENIED:
 * not the code segment, or `p` has its vDSO already.
 */
status_t vdso_claim(struct process *p, uint64_t offset, uint64_t size) MUST_USE;
void vdso_mapped(struct process *p, user_addr_t code);
void vdso_refused(struct process *p);

/* Where the data is, for ZX_PROP_PROCESS_VDSO_BASE_ADDRESS; 0: not mapped. */
user_addr_t vdso_base(struct process *p);
