/*
 * fp.c - FP and vector state, saved when a task leaves the CPU and loaded when another comes.
 *
 * The kernel uses no such register, so after a trap they still hold the user's. Three facts say
 * where the truth is:
 *
 *   cpu->fp_owner      the context whose state the registers of this CPU were last loaded with
 *   cpu->fp_dirty      user mode has run since: the registers are newer than memory
 *   ctx->priv.fp_cpu   1 + the CPU that last loaded it; 0 after memory was written
 *
 * Registers may be used as they are exactly when owner and fp_cpu name each other: a context
 * that has run elsewhere meanwhile names the other CPU, and new memory at an old address names
 * none. A suspended context is never dirty (hal_context_park), so nobody needs another CPU's
 * registers. A dead one may be: it ended without a park, and another CPU frees it. So whoever
 * saves looks at the owner under the CPU's fp_lock, and hal_context_fini takes the owner away
 * under it.
 */
#include "hal/bare/x86_64/fp.h"

#include "base/string.h"
#include "hal/bare/x86_64/instructions.h"

/* Components of XCR0 and of XSTATE_BV (SDM volume 1, 13.1). */
#define STATE_X87    (1ull << 0)
#define STATE_SSE    (1ull << 1)
#define STATE_AVX    (1ull << 2)
#define STATE_AVX512 (7ull << 5) /* masks, upper halves, upper registers: all or none */

#define FCW_DEFAULT   0x37f
#define MXCSR_DEFAULT 0x1f80u
#define MXCSR_MASK    0xffbfu /* when FXSAVE reports 0 (SDM volume 1, 11.6.6) */

/* The legacy area and the header of the standard format (SDM volume 1, 13.4). */
struct fp_area {
    uint16_t fcw, fsw;
    uint8_t ftw, reserved0;
    uint16_t fop;
    uint64_t fip, fdp;
    uint32_t mxcsr, mxcsr_mask;
    uint8_t registers[480];
    uint64_t xstate_bv, xcomp_bv, reserved1[6];
};
_Static_assert(offsetof(struct fp_area, xstate_bv) == 512,
               "the header follows the legacy area");

/* Set by the boot CPU before any other CPU runs. */
static uint64_t components; /* XCR0; 0: no XSAVE */
static size_t area_size = offsetof(struct fp_area, xstate_bv);
static uint32_t mxcsr_mask = MXCSR_MASK;

size_t hal_fp_size(void)
{
    return area_size;
}

size_t hal_fp_kept_size(void)
{
    return hal_fp_size();
}

void hal_context_fp_view(struct hal_context *ctx, struct hal_fp_view *view)
{
    *view = hal_fp_view_whole(ctx->fp);
}

status_t hal_context_fp_widen(struct hal_context *ctx, uint64_t more UNUSED,
                              struct hal_fp_view *view)
{
    *view = hal_fp_view_whole(ctx->fp);
    return OK;
}

static void area_save(struct fp_area *area)
{
    if (components)
        __asm__ volatile("xsave64 (%0)" : : "r"(area), "a"(-1), "d"(-1) : "memory");
    else
        __asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
}

static void area_load(const struct fp_area *area)
{
    if (components)
        __asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"(-1), "d"(-1) : "memory");
    else
        __asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
}

static uint64_t components_choose(void)
{
    struct cpuid leaf = cpuid(0xd, 0);
    uint64_t offered = (uint64_t)leaf.edx << 32 | leaf.eax;
    uint64_t chosen = offered & (STATE_X87 | STATE_SSE | STATE_AVX);

    if ((offered & STATE_AVX512) == STATE_AVX512 && (chosen & STATE_AVX))
        chosen |= STATE_AVX512;
    return chosen;
}

static uint32_t mxcsr_mask_find(void)
{
    static struct fp_area probe __attribute__((aligned(HAL_FP_ALIGN)));

    __asm__ volatile("fninit; fxsave64 %0" : "=m"(probe));
    return probe.mxcsr_mask ? probe.mxcsr_mask : MXCSR_MASK;
}

void fp_init_cpu(void)
{
    if (hal_cpu_id() == 0) {
        components = cpu_features.xsave ? components_choose() : 0;
        mxcsr_mask = mxcsr_mask_find();
    }
    if (!components)
        return;
    __asm__ volatile("xsetbv"
                     :
                     : "c"(0), "a"((uint32_t)components), "d"((uint32_t)(components >> 32)));
    if (hal_cpu_id() == 0)
        area_size = cpuid(0xd, 0).ebx; /* of what XCR0 has on */
}

static void live_save(struct cpu *cpu)
{
    SPIN_GUARD(&cpu->fp_lock);

    if (!cpu->fp_dirty)
        return;
    area_save(atomic_load_explicit(&cpu->fp_owner, memory_order_relaxed)->fp);
    cpu->fp_dirty = false;
}

/* Memory is the truth: no registers are, on any CPU. */
static void live_drop(struct hal_context *ctx)
{
    struct cpu *cpu;

    if (ctx->priv.fp_cpu == 0)
        return;
    cpu = &cpus[ctx->priv.fp_cpu - 1];
    ctx->priv.fp_cpu = 0;
    SPIN_GUARD(&cpu->fp_lock);

    if (atomic_load_explicit(&cpu->fp_owner, memory_order_relaxed) != ctx)
        return;
    atomic_store_explicit(&cpu->fp_owner, NULL, memory_order_relaxed);
    cpu->fp_dirty = false;
}

/* Once this context is the owner, nobody else touches fp_dirty: it lives. */
void fp_load(struct cpu *cpu, struct hal_context *ctx)
{
    unsigned here = cpu->hal.id + 1;

    if (atomic_load_explicit(&cpu->fp_owner, memory_order_relaxed) != ctx ||
        ctx->priv.fp_cpu != here) {
        live_save(cpu);
        area_load(ctx->fp);
        atomic_store_explicit(&cpu->fp_owner, ctx, memory_order_relaxed);
        ctx->priv.fp_cpu = here;
    }
    cpu->fp_dirty = true;
}

void hal_context_init(struct hal_context *ctx, void *fp)
{
    struct fp_area *area = fp;

    memset(area, 0, area_size);
    area->fcw = FCW_DEFAULT;
    area->mxcsr = MXCSR_DEFAULT;
    if (components)
        area->xstate_bv = STATE_X87 | STATE_SSE;
    *ctx = (struct hal_context){.fp = fp};
}

void hal_context_fp_sync(struct hal_context *ctx)
{
    struct cpu *cpu = cpu_local();

    if (atomic_load_explicit(&cpu->fp_owner, memory_order_relaxed) == ctx)
        live_save(cpu);
}

/* A user may have written it: what XRSTOR would refuse is taken out. */
void hal_context_fp_written(struct hal_context *ctx)
{
    struct fp_area *area = ctx->fp;

    area->mxcsr &= mxcsr_mask;
    if (components) {
        area->xstate_bv &= components;
        area->xcomp_bv = 0;
        memset(area->reserved1, 0, sizeof(area->reserved1));
    }
    live_drop(ctx);
}

status_t hal_context_copy(struct hal_context *to, struct hal_context *from)
{
    hal_context_fp_sync(from);
    to->regs = from->regs;
    memcpy(to->fp, from->fp, area_size);
    live_drop(to);
    return OK;
}

void hal_context_park(void)
{
    live_save(cpu_local());
}

void hal_context_fini(struct hal_context *ctx)
{
    live_drop(ctx);
}
