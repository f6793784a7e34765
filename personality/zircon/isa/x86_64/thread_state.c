/*
 * thread_state.c (x86_64) - registers in Zircon's structs. The FP state is the standard XSAVE
 * layout (Intel SDM volume 1, 13.4 and 13.5).
 */
#include "personality/zircon/thread_state.h"

#include "base/string.h"
#include "isa/cpuid.h"

enum {
    LEGACY_SIZE = 512,
    MXCSR = 24,
    MXCSR_MASK = 28,
    ST = 32,
    XMM = 160,
    XSTATE_BV = 512,
    MXCSR_MASK_DEFAULT = 0xffbf,
    FCW_DEFAULT = 0x37f,
    XSAVE_LEAF = 13,
    RFLAGS_TF = 0x100,
};
enum component { X87, SSE, YMM_HIGH, OPMASK = 5, ZMM_HIGH, ZMM_16 };

_Static_assert(sizeof(zx_x86_64_thread_state_general_regs_t) == sizeof(struct user_regs),
               "Zircon's order is ours");
_Static_assert(offsetof(zx_x86_64_thread_state_fp_regs_t, st) == ST, "as in the legacy area");

status_t thread_state_size(uint32_t kind, size_t *size)
{
    bool fp = hal_fp_size() >= LEGACY_SIZE;

    switch (kind) {
    case ZX_THREAD_STATE_GENERAL_REGS:
        *size = sizeof(zx_x86_64_thread_state_general_regs_t);
        return OK;
    case ZX_THREAD_STATE_FP_REGS:
        *size = sizeof(zx_x86_64_thread_state_fp_regs_t);
        return fp ? OK : ERR_NOT_SUPPORTED;
    case ZX_THREAD_STATE_VECTOR_REGS:
        *size = sizeof(zx_x86_64_thread_state_vector_regs_t);
        return fp ? OK : ERR_NOT_SUPPORTED;
    case ZX_THREAD_STATE_SINGLE_STEP:
        *size = sizeof(zx_thread_state_single_step_t);
        return hal_context_can_step() ? OK : ERR_NOT_SUPPORTED;
    case ZX_THREAD_X86_REGISTER_FS:
    case ZX_THREAD_X86_REGISTER_GS:
        *size = sizeof(uint64_t);
        return OK;
    case ZX_THREAD_STATE_DEBUG_REGS:
        *size = sizeof(zx_x86_64_thread_state_debug_regs_t);
        return hal_context_can_watch() ? OK : ERR_NOT_SUPPORTED;
    default:
        return ERR_INVALID_ARGS;
    }
}

/* --- FP and vector state --- */

static uint64_t xstate_bv(const struct hal_fp_view *fp)
{
    const uint64_t *bits = hal_fp_at(fp, XSTATE_BV);

    return bits ? *bits : 1u << X87 | 1u << SSE; /* without XSAVE: the legacy area only */
}

static void set_present(const struct hal_fp_view *fp, uint64_t components)
{
    uint64_t *bits = hal_fp_at(fp, XSTATE_BV);

    if (bits)
        *bits |= components;
}

static bool present(const struct hal_fp_view *fp, unsigned component)
{
    return xstate_bv(fp) >> component & 1;
}

/* Where an extended component is in the area; 0: the machine has none. */
static size_t offset_of(enum component component)
{
    struct cpuid leaf = cpuid(XSAVE_LEAF, component);
    uint32_t low, high;

    if (hal_fp_size() <= LEGACY_SIZE)
        return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if (!(low >> component & 1))
        return 0;
    return (size_t)leaf.ebx + leaf.eax <= hal_fp_size() ? leaf.ebx : 0;
}

/* Where pieces of the vector registers are: `count` of `size` bytes, `at` bytes into each. */
static const struct piece {
    enum component component;
    unsigned first, count, size, at;
} pieces[] = {
    {YMM_HIGH, 0, 16, 16, 16},
    {ZMM_HIGH, 0, 16, 32, 32},
    {ZMM_16, 16, 16, 64, 0},
};

static void get_piece(const struct hal_fp_view *fp, const struct piece *p,
                      zx_x86_64_thread_state_vector_regs_t *out)
{
    size_t offset = offset_of(p->component);
    const unsigned char *from = hal_fp_at(fp, offset);

    if (!offset || !present(fp, p->component))
        return;
    for (unsigned i = 0; i < p->count; i++)
        memcpy((unsigned char *)&out->zmm[p->first + i] + p->at, from + i * p->size, p->size);
}

static void set_piece(const struct hal_fp_view *fp, const struct piece *p,
                      const zx_x86_64_thread_state_vector_regs_t *in)
{
    size_t offset = offset_of(p->component);
    unsigned char *to = hal_fp_at(fp, offset);

    if (!offset)
        return;
    for (unsigned i = 0; i < p->count; i++)
        memcpy(to + i * p->size, (const unsigned char *)&in->zmm[p->first + i] + p->at,
               p->size);
}

static void get_vector(const struct hal_fp_view *fp, zx_x86_64_thread_state_vector_regs_t *out)
{
    size_t opmask = offset_of(OPMASK);

    for (unsigned i = 0; i < 16 && present(fp, SSE); i++)
        memcpy(&out->zmm[i], (char *)hal_fp_at(fp, XMM) + i * 16, 16);
    for (unsigned i = 0; i < countof(pieces); i++)
        get_piece(fp, &pieces[i], out);
    if (opmask && present(fp, OPMASK))
        memcpy(out->opmask, hal_fp_at(fp, opmask), sizeof(out->opmask));
    memcpy(&out->mxcsr, hal_fp_at(fp, MXCSR), sizeof(out->mxcsr));
}

/* All that the machine has. */
static uint64_t vector_components(void)
{
    uint64_t components = 1u << SSE | (offset_of(OPMASK) ? 1u << OPMASK : 0);

    for (unsigned i = 0; i < countof(pieces); i++)
        components |= offset_of(pieces[i].component) ? 1u << pieces[i].component : 0;
    return components;
}

static status_t set_vector(struct hal_context *ctx,
                           const zx_x86_64_thread_state_vector_regs_t *in)
{
    size_t opmask = offset_of(OPMASK);
    struct hal_fp_view fp;
    uint32_t mask;
    status_t st;

    hal_context_fp_view(ctx, &fp);
    memcpy(&mask, hal_fp_at(&fp, MXCSR_MASK), sizeof(mask));
    if (in->mxcsr & ~(mask ? mask : MXCSR_MASK_DEFAULT))
        return ERR_INVALID_ARGS;
    st = hal_context_fp_widen(ctx, vector_components(), &fp);
    if (st != OK)
        return st;
    set_present(&fp, vector_components());
    for (unsigned i = 0; i < 16; i++)
        memcpy((char *)hal_fp_at(&fp, XMM) + i * 16, &in->zmm[i], 16);
    for (unsigned i = 0; i < countof(pieces); i++)
        set_piece(&fp, &pieces[i], in);
    if (opmask)
        memcpy(hal_fp_at(&fp, opmask), in->opmask, sizeof(in->opmask));
    memcpy(hal_fp_at(&fp, MXCSR), &in->mxcsr, sizeof(in->mxcsr));
    return OK;
}

/* The legacy area's head, with the MXCSR left out. */
static void get_fp(const struct hal_fp_view *fp, zx_x86_64_thread_state_fp_regs_t *out)
{
    if (!present(fp, X87)) {
        out->fcw = FCW_DEFAULT;
        return;
    }
    memcpy(out, hal_fp_at(fp, 0), MXCSR);
    memcpy(out->st, hal_fp_at(fp, ST), sizeof(out->st));
}

static status_t set_fp(struct hal_context *ctx, const zx_x86_64_thread_state_fp_regs_t *in)
{
    struct hal_fp_view fp;
    status_t st = hal_context_fp_widen(ctx, 1u << X87, &fp);

    if (st != OK)
        return st;
    set_present(&fp, 1u << X87);
    memcpy(hal_fp_at(&fp, 0), in, MXCSR);
    memcpy(hal_fp_at(&fp, ST), in->st, sizeof(in->st));
    return OK;
}

/* --- general registers --- */

static bool is_base(uint64_t base)
{
    return base < HAL_USER_END;
}

static status_t set_general(struct user_regs *r,
                            const zx_x86_64_thread_state_general_regs_t *in)
{
    uint64_t step = r->rflags & RFLAGS_TF;

    if (in->rip >= HAL_USER_END || !is_base(in->fs_base) || !is_base(in->gs_base))
        return ERR_INVALID_ARGS;
    if (in->gs_base && !hal_context_gs_settable())
        return ERR_NOT_SUPPORTED;
    memcpy(r, in, sizeof(*r));
    r->rflags = (r->rflags & RFLAGS_USER_MASK & ~(uint64_t)RFLAGS_TF) | step;
    r->rflags |= RFLAGS_USER_DEFAULT;
    return OK;
}

static status_t set_step(struct user_regs *r, uint32_t step)
{
    if (step > 1)
        return ERR_INVALID_ARGS;
    r->rflags = step ? r->rflags | RFLAGS_TF : r->rflags & ~(uint64_t)RFLAGS_TF;
    return OK;
}

/* --- debug registers --- */

/* Bits that are always one (Intel SDM volume 3, 17.2.3 and 17.2.4). */
#define DR6_ONES 0xffff0ff0ull
#define DR7_ONES 0x700ull
/* What user mode has of DR7: which breakpoints are enabled, and their kinds and lengths. */
#define DR7_USER 0xffff00ffull

static void get_debug(const struct debug_regs *regs, zx_x86_64_thread_state_debug_regs_t *out)
{
    memcpy(out->dr, regs->address, sizeof(out->dr));
    out->dr6 = regs->status | DR6_ONES;
    out->dr7 = regs->control | DR7_ONES;
}

static status_t set_debug(struct debug_regs *regs,
                          const zx_x86_64_thread_state_debug_regs_t *in)
{
    for (unsigned i = 0; i < countof(in->dr); i++) {
        if (in->dr[i] && (in->dr[i] < HAL_USER_BASE || in->dr[i] >= HAL_USER_END))
            return ERR_INVALID_ARGS;
    }
    memcpy(regs->address, in->dr, sizeof(in->dr));
    regs->control = in->dr7 & DR7_USER;
    return OK;
}

void thread_state_get(struct hal_context *ctx, uint32_t kind, union thread_registers *out)
{
    struct hal_fp_view fp;

    memset(out, 0, sizeof(*out));
    hal_context_fp_view(ctx, &fp);
    switch (kind) {
    case ZX_THREAD_STATE_GENERAL_REGS:
        memcpy(&out->x86_general, &ctx->regs, sizeof(ctx->regs));
        break;
    case ZX_THREAD_STATE_FP_REGS:
        get_fp(&fp, &out->x86_fp);
        break;
    case ZX_THREAD_STATE_VECTOR_REGS:
        get_vector(&fp, &out->x86_vector);
        break;
    case ZX_THREAD_STATE_SINGLE_STEP:
        out->step = ctx->regs.rflags & RFLAGS_TF ? 1 : 0;
        break;
    case ZX_THREAD_STATE_DEBUG_REGS:
        get_debug(hal_context_debug(&ctx->priv), &out->x86_debug);
        break;
    case ZX_THREAD_X86_REGISTER_FS:
        out->word = ctx->regs.fs_base;
        break;
    default:
        out->word = ctx->regs.gs_base;
    }
}

static status_t set_base(uint64_t *base, uint64_t value, bool settable)
{
    if (!is_base(value))
        return ERR_INVALID_ARGS;
    if (!settable)
        return ERR_NOT_SUPPORTED;
    *base = value;
    return OK;
}

status_t thread_state_set(struct hal_context *ctx, uint32_t kind,
                          const union thread_registers *in)
{
    status_t st = OK;

    switch (kind) {
    case ZX_THREAD_STATE_GENERAL_REGS:
        return set_general(&ctx->regs, &in->x86_general);
    case ZX_THREAD_STATE_FP_REGS:
        st = set_fp(ctx, &in->x86_fp);
        break;
    case ZX_THREAD_STATE_VECTOR_REGS:
        st = set_vector(ctx, &in->x86_vector);
        break;
    case ZX_THREAD_STATE_SINGLE_STEP:
        return set_step(&ctx->regs, in->step);
    case ZX_THREAD_STATE_DEBUG_REGS:
        return set_debug(hal_context_debug(&ctx->priv), &in->x86_debug);
    case ZX_THREAD_X86_REGISTER_FS:
        return set_base(&ctx->regs.fs_base, in->word, true);
    default:
        return set_base(&ctx->regs.gs_base, in->word, hal_context_gs_settable());
    }
    if (st == OK)
        hal_context_fp_written(ctx);
    return st;
}
