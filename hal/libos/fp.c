/* fp.c - floating-point and vector state: when it is saved and loaded, and its format. */
#include "hal/libos/fp.h"

#include "base/assert.h"
#include "base/string.h"
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

enum { XSAVE_LEAF = 13, XSAVE_LEGACY = 512, XSAVE_HEADER = 64 };
enum { FEATURE_LEAF = 7, FEATURE_AVX512BW = 1u << 30, XSAVE_IN_USE = 1u << 2 };

/* The head of the standard format. */
struct xsave_area {
    uint16_t fcw, fsw, ftw, fop;
    uint64_t fip, fdp;
    uint32_t mxcsr, mxcsr_mask;
    uint64_t st[16];
    uint8_t legacy_rest[XSAVE_LEGACY - 160];
    uint64_t present, compaction, reserved[6];
};

enum { FCW_INITIAL = 0x37f, MXCSR_INITIAL = 0x1f80 };

_Static_assert(sizeof(struct xsave_area) == XSAVE_LEGACY + XSAVE_HEADER, "SDM 1, 13.4.1");

static uint64_t fp_components;
static size_t fp_size;
static uint32_t fp_mxcsr_mask;

/*
 * Components that plain moves carry. Where a context has nothing else in use, which is so for
 * nearly all whenever a call waits (the C library clears the upper halves of YMM0 to YMM15
 * after use), a switch takes a quarter of the time of XSAVE and XRSTOR: 33 ns for 140. 0: the
 * processor does not tell what is in use.
 */
static uint64_t fp_movable;
static uint32_t fp_masks_at, fp_high_zmm_at; /* in the area */

static uint64_t xcr0(void)
{
    uint32_t low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

/* Components whose registers are still in their initial state are left out by the instruction:
 * their bit in `present` is 0 then, and their bytes are old. */
static void xsave(void *area)
{
    __asm__ volatile("xsaveopt64 (%0)"
                     :
                     : "r"(area), "a"((uint32_t)fp_components),
                       "d"((uint32_t)(fp_components >> 32))
                     : "memory");
}

static void xrstor(const void *area)
{
    __asm__ volatile("xrstor64 (%0)"
                     :
                     : "r"(area), "a"((uint32_t)fp_components),
                       "d"((uint32_t)(fp_components >> 32))
                     : "memory");
}

/* Components that are not in their initial state. */
static uint64_t in_use(void)
{
    uint32_t low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(1));
    return ((uint64_t)high << 32 | low) & fp_components;
}

/* False: it has something in use that moves do not carry. */
static bool store_by_moves(struct xsave_area *area)
{
    uint64_t present = fp_movable ? in_use() | XSTATE_SSE : 0;

    if (!present || present & ~fp_movable)
        return false;
    fp_store_sse(area);
    if (present & XSTATE_MASKS)
        fp_store_masks((char *)area + fp_masks_at);
    if (present & XSTATE_HIGH_ZMM)
        fp_store_high_zmm((char *)area + fp_high_zmm_at);
    area->present = present;
    return true;
}

/* False: there is more in the area, or something that it does not have would have to go back to
 * its initial state. */
static bool fetch_by_moves(const struct xsave_area *area)
{
    uint64_t present = area->present;

    if (!(present & XSTATE_SSE) || present & ~fp_movable || in_use() & ~present)
        return false;
    fp_fetch_sse(area);
    if (present & XSTATE_MASKS)
        fp_fetch_masks((const char *)area + fp_masks_at);
    if (present & XSTATE_HIGH_ZMM)
        fp_fetch_high_zmm((const char *)area + fp_high_zmm_at);
    return true;
}

static void moves_setup(void)
{
    if (!(cpuid(XSAVE_LEAF, 1).eax & XSAVE_IN_USE))
        return;
    fp_movable = XSTATE_SSE;
    if (!(cpuid(FEATURE_LEAF, 0).ebx & FEATURE_AVX512BW)) /* whose masks are of 64 bits */
        return;
    fp_movable |= (XSTATE_MASKS | XSTATE_HIGH_ZMM) & fp_components;
    fp_masks_at = cpuid(XSAVE_LEAF, 5).ebx;
    fp_high_zmm_at = cpuid(XSAVE_LEAF, 7).ebx;
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
    moves_setup();
}

size_t hal_fp_size(void)
{
    return ROUND_UP(fp_size, HAL_FP_ALIGN);
}

void hal_context_init(struct hal_context *ctx, void *fp)
{
    struct xsave_area *area = fp;

    *ctx = (struct hal_context){.fp = fp};
    memset(fp, 0, fp_size);
    area->fcw = FCW_INITIAL;
    area->mxcsr = MXCSR_INITIAL;
    area->mxcsr_mask = fp_mxcsr_mask;
}

void hal_context_park(void)
{
    struct carrier *c = carrier_self();
    struct hal_context *owner = c->fp_owner;

    if (!c->fp_live)
        return;
    c->fp_live = false;
    if (owner && !store_by_moves(owner->fp))
        xsave(owner->fp);
}

void fp_switch(struct carrier *c, struct hal_context *ctx)
{
    hal_context_park();
    if (!fetch_by_moves(ctx->fp))
        xrstor(ctx->fp);
    atomic_store_explicit(&c->fp_owner, ctx, memory_order_relaxed);
    ctx->priv.fp_carrier = c;
}

void hal_context_fp_sync(struct hal_context *ctx)
{
    struct carrier *c = ctx->priv.fp_carrier;

    /* Live elsewhere it cannot be: its thread is the caller's, or was parked. */
    if (c && c == carrier_self() && c->fp_owner == ctx)
        hal_context_park();
}

void hal_context_fp_written(struct hal_context *ctx)
{
    struct xsave_area *area = ctx->fp;

    /* What a guest's signal frame holds must not make the load fault. */
    area->mxcsr &= fp_mxcsr_mask;
    area->present &= fp_components;
    area->compaction = 0;
    memset(area->reserved, 0, sizeof(area->reserved));
    ctx->priv.fp_carrier = NULL;
}

void hal_context_copy(struct hal_context *to, struct hal_context *from)
{
    hal_context_fp_sync(from);
    to->regs = from->regs;
    memcpy(to->fp, from->fp, fp_size);
    hal_context_fp_written(to);
}

void hal_context_fini(struct hal_context *ctx)
{
    struct carrier *c = ctx->priv.fp_carrier;
    struct hal_context *owner = ctx;

    /* Another CPU may be loading another context there: only take away what is ours. */
    if (c)
        atomic_compare_exchange_strong(&c->fp_owner, &owner, NULL);
    ctx->priv.fp_carrier = NULL;
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
