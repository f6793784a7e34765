/*
 * fp.c - the FP registers, moved as rarely as possible.
 *
 * A context's values are in memory (ctx->fp), or in the registers of one CPU as well, or there
 * alone. The unit's own state, sstatus.FS, tells which of the latter two:
 *
 *     off      the registers are not for the context that runs; its first FP instruction traps
 *     clean    they hold the values of fp_owner, as its memory does
 *     dirty    they hold newer values of fp_owner than its memory
 *
 * Dirty values are saved before the CPU turns to another context, so whoever does not run has
 * the truth in memory. A CPU may go on naming an owner that has since run elsewhere or is gone:
 * the registers count only if the owner names this CPU in turn (priv.fp_cpu).
 */
#include "hal/bare/riscv64/fp_internal.h"

#include "base/string.h"
#include "hal/bare/riscv64/cpu_internal.h"

size_t hal_fp_size(void)
{
    return sizeof(struct fp_state);
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

static void unit_set(uint64_t state)
{
    csr_clear(sstatus, SSTATUS_FS);
    csr_set(sstatus, state);
}

static uint64_t unit_state(void)
{
    return csr_read(sstatus) & SSTATUS_FS;
}

static struct hal_context *owner_of(struct cpu *cpu)
{
    return atomic_load_explicit(&cpu->fp_owner, memory_order_relaxed);
}

/* The registers of `cpu` are those of `ctx`. */
static bool live_on(struct cpu *cpu, const struct hal_context *ctx)
{
    return owner_of(cpu) == ctx && ctx->priv.fp_cpu == cpu->head.id;
}

/* Memory of the owner becomes as new as the registers. */
static void save_if_dirty(struct cpu *cpu)
{
    struct hal_context *owner = owner_of(cpu);

    if (!owner || unit_state() != SSTATUS_FS_DIRTY)
        return;
    fp_regs_save(owner->fp);
    unit_set(SSTATUS_FS_CLEAN);
}

void fp_prepare(struct hal_context *ctx)
{
    struct cpu *cpu = cpu_this();

    if (!live_on(cpu, ctx)) {
        save_if_dirty(cpu);
        unit_set(0);
    } else if (!unit_state()) {
        unit_set(SSTATUS_FS_CLEAN);
    }
}

bool fp_load(struct hal_context *ctx)
{
    struct cpu *cpu = cpu_this();

    if (unit_state())
        return false;
    unit_set(SSTATUS_FS_CLEAN);
    fp_regs_load(ctx->fp);
    unit_set(SSTATUS_FS_CLEAN); /* loading made them look dirty */
    atomic_store_explicit(&cpu->fp_owner, ctx, memory_order_relaxed);
    ctx->priv.fp_cpu = cpu->head.id;
    return true;
}

void hal_context_init(struct hal_context *ctx, void *fp)
{
    *ctx = (struct hal_context){.fp = fp, .priv.fp_cpu = FP_NOWHERE};
    memset(fp, 0, sizeof(struct fp_state));
}

status_t hal_context_copy(struct hal_context *to, struct hal_context *from)
{
    hal_context_fp_sync(from);
    to->regs = from->regs;
    memcpy(to->fp, from->fp, sizeof(struct fp_state));
    hal_context_fp_written(to);
    return OK;
}

/* Elsewhere nothing of it can be newer than memory: it was saved when that CPU left it. */
void hal_context_fp_sync(struct hal_context *ctx)
{
    hal_preempt_disable();
    if (live_on(cpu_this(), ctx))
        save_if_dirty(cpu_this());
    hal_preempt_enable();
}

void hal_context_fp_written(struct hal_context *ctx)
{
    hal_context_fini(ctx);
    ctx->priv.fp_cpu = FP_NOWHERE;
}

void hal_context_park(void)
{
    hal_preempt_disable();
    save_if_dirty(cpu_this());
    hal_preempt_enable();
}

/* A context that ended while its CPU ran it can still own dirty registers there: that CPU must
 * not write to memory that goes away. Other CPUs' claims are stale and die here too. */
void hal_context_fini(struct hal_context *ctx)
{
    for (unsigned id = 0; id < hal_cpu_count(); id++) {
        struct hal_context *expected = ctx;

        atomic_compare_exchange_strong(&cpus[id].fp_owner, &expected, NULL);
    }
}
