/* fp_area.c - FP and vector state to and from memory, in either format. */
#include "hal/libos/fp_area.h"

#include "base/string.h"
#include "hal/libos/fp.h"
#include "isa/cpuid.h"

/* XSAVE components (Intel SDM 1, 13.1). The tile registers of AMX need a permission that guests
 * do not get; PKRU is about the address space that the kernel shares with the guest. */
enum {
    XSTATE_X87 = 1u << 0,
    XSTATE_SSE = 1u << 1,
    XSTATE_MASKS = 1u << 5,    /* AVX-512: K0 to K7 */
    XSTATE_HIGH_ZMM = 1u << 7, /* AVX-512: ZMM16 to ZMM31 */
    XSTATE_PKRU = 1u << 9,
    XSTATE_AMX = 3u << 17
};
#define XSTATE_KEPT (XSTATE_X87 | XSTATE_SSE | XSTATE_MASKS | XSTATE_HIGH_ZMM)
#define COMPACTED   (1ull << 63)

enum { XSAVE_LEAF = 13, FEATURE_LEAF = 7, FEATURE_AVX512BW = 1u << 30 };
enum { XSAVE_COMPACTS = 1u << 1, XSAVE_IN_USE = 1u << 2 }; /* of XSAVE_LEAF, 1 */
enum { FCW_INITIAL = 0x37f, MXCSR_INITIAL = 0x1f80 };

/*
 * Plain moves carry all but x87 of what is kept, and where a context has nothing else in use a
 * switch takes a quarter of the time of XSAVE and XRSTOR: 33 ns for 140.
 */
uint64_t fp_components, fp_kept;
static size_t fp_size;
static uint32_t fp_mxcsr_mask;
static uint32_t fp_masks_at, fp_high_zmm_at; /* in the standard format */

static uint64_t xcr0(void)
{
    uint32_t low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

/* Of a component in its initial state the bit in `present` is 0. Not XSAVEOPT, which leaves out
 * what it takes to be in memory since the last XRSTOR from there: the page may be another by
 * now. */
static void xsave(void *area)
{
    __asm__ volatile("xsave64 (%0)"
                     :
                     : "r"(area), "a"((uint32_t)fp_components),
                       "d"((uint32_t)(fp_components >> 32))
                     : "memory");
}

static void xsavec(struct kept_area *kept)
{
    __asm__ volatile("xsavec64 (%0)"
                     :
                     : "r"(kept), "a"((uint32_t)fp_kept), "d"((uint32_t)(fp_kept >> 32))
                     : "memory");
}

/* From either format. */
static void xrstor(const void *area)
{
    __asm__ volatile("xrstor64 (%0)"
                     :
                     : "r"(area), "a"((uint32_t)fp_components),
                       "d"((uint32_t)(fp_components >> 32))
                     : "memory");
}

uint64_t fp_area_in_use(void)
{
    uint32_t low, high;

    if (!fp_kept)
        return fp_components;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(1));
    return ((uint64_t)high << 32 | low) & fp_components;
}

static void store_by_moves(struct kept_area *kept, uint64_t present)
{
    fp_store_sse(&kept->head);
    if (present & XSTATE_MASKS)
        fp_store_masks(kept->masks);
    if (present & XSTATE_HIGH_ZMM)
        fp_store_high_zmm(kept->high_zmm);
    kept->head.present = present;
}

bool fp_area_store_kept(struct kept_area *kept, uint64_t in_use)
{
    uint64_t present = in_use | XSTATE_SSE;

    if (present & ~fp_kept)
        return false;
    if (present & XSTATE_X87)
        xsavec(kept);
    store_by_moves(kept, present);
    return true;
}

void fp_area_store(struct xsave_area *area)
{
    xsave(area);
}

/* False: x87 is in it, or something that it does not have would have to go back to its initial
 * state. */
static bool fetch_by_moves(const struct kept_area *kept, uint64_t in_use)
{
    uint64_t present = kept->head.present;

    if (!(present & XSTATE_SSE) || present & XSTATE_X87 || in_use & ~present)
        return false;
    fp_fetch_sse(&kept->head);
    if (present & XSTATE_MASKS)
        fp_fetch_masks(kept->masks);
    if (present & XSTATE_HIGH_ZMM)
        fp_fetch_high_zmm(kept->high_zmm);
    return true;
}

void fp_area_fetch_kept(const struct kept_area *kept, uint64_t in_use)
{
    if (!fetch_by_moves(kept, in_use))
        xrstor(kept);
}

void fp_area_fetch(const struct xsave_area *area)
{
    xrstor(area);
}

/* AVX-512's two are kept if both are there, and as large as we know them. */
static void kept_setup(void)
{
    uint32_t features = cpuid(XSAVE_LEAF, 1).eax;
    struct cpuid masks = cpuid(XSAVE_LEAF, 5), high = cpuid(XSAVE_LEAF, 7);

    if (!(features & XSAVE_IN_USE) || !(features & XSAVE_COMPACTS))
        return;
    fp_kept = XSTATE_X87 | XSTATE_SSE;
    if (!(cpuid(FEATURE_LEAF, 0).ebx & FEATURE_AVX512BW) || XSTATE_KEPT & ~fp_components)
        return; /* BW: masks of 64 bits */
    if (masks.eax != sizeof(((struct kept_area *)0)->masks) ||
        high.eax != sizeof(((struct kept_area *)0)->high_zmm))
        return;
    fp_kept = XSTATE_KEPT;
    fp_masks_at = masks.ebx;
    fp_high_zmm_at = high.ebx;
}

void fp_setup(void)
{
    static struct xsave_area probe __attribute__((aligned(64)));
    struct cpuid component;

    fp_components = xcr0() & ~(uint64_t)(XSTATE_PKRU | XSTATE_AMX);
    fp_size = sizeof(struct xsave_area);
    for (unsigned i = 2; i < 63; i++) {
        if (!(fp_components >> i & 1))
            continue;
        component = cpuid(XSAVE_LEAF, i);
        fp_size = MAX(fp_size, (size_t)component.ebx + component.eax);
    }
    __asm__ volatile("fxsave64 (%0)" : : "r"(&probe) : "memory");
    fp_mxcsr_mask = probe.mxcsr_mask ? probe.mxcsr_mask : 0xffbf;
    kept_setup();
}

size_t hal_fp_size(void)
{
    return ROUND_UP(fp_size, HAL_FP_ALIGN);
}

size_t hal_fp_kept_size(void)
{
    if (!fp_kept)
        return hal_fp_size();
    return fp_kept & XSTATE_HIGH_ZMM ? sizeof(struct kept_area) : sizeof(struct xsave_area);
}

static uint64_t compaction(bool kept)
{
    return kept && fp_kept ? COMPACTED | fp_kept : 0;
}

void fp_area_init(struct xsave_area *area)
{
    memset(area, 0, hal_fp_kept_size());
    area->fcw = FCW_INITIAL;
    area->mxcsr = MXCSR_INITIAL;
    area->mxcsr_mask = fp_mxcsr_mask;
    area->compaction = compaction(true);
}

static void add(struct hal_fp_view *view, size_t at, void *memory, size_t size)
{
    view->piece[view->count++] = (struct hal_fp_piece){at, size, memory};
}

void fp_area_view(struct kept_area *kept, uint64_t components, struct hal_fp_view *view)
{
    view->count = 0;
    view->components = components | XSTATE_X87 | XSTATE_SSE | ~fp_components;
    add(view, 0, &kept->head, sizeof(kept->head));
    if (components & XSTATE_MASKS)
        add(view, fp_masks_at, kept->masks, sizeof(kept->masks));
    if (components & XSTATE_HIGH_ZMM)
        add(view, fp_high_zmm_at, kept->high_zmm, sizeof(kept->high_zmm));
}

/* Without SSE the compacted format has no MXCSR either; the standard one has. */
void fp_area_settle(struct xsave_area *area, bool kept)
{
    area->mxcsr &= fp_mxcsr_mask;
    area->present &= kept ? fp_kept : fp_components;
    area->compaction = compaction(kept);
    memset(area->reserved, 0, sizeof(area->reserved));
    if (kept && !(area->present & XSTATE_SSE)) {
        memset(area->xmm, 0, sizeof(area->xmm));
        area->present |= XSTATE_SSE;
    }
}

static bool x87_is_initial(const struct xsave_area *area)
{
    uint64_t used = area->fsw | area->ftw | area->fop | area->fip | area->fdp;

    for (unsigned i = 0; i < countof(area->st); i++)
        used |= area->st[i];
    return !used && area->fcw == FCW_INITIAL;
}

void fp_trim_frame(void *frame)
{
    struct xsave_area *area = frame;

    if (area->present & XSTATE_X87 && x87_is_initial(area))
        area->present &= ~(uint64_t)XSTATE_X87;
}

void fp_take_frame(const void *frame)
{
    xrstor(frame);
}
