/*
 * context.c - hal_context_run and the FP registers.
 *
 * FP state is kept lazily, as on hardware: after a trap it stays in the CPU's registers until
 * another context needs them or the CPU parks it. So a kernel that forgets to park is found out
 * when the context turns up on another CPU.
 */
#include "hal/context.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "hal/sim/sim_internal.h"
#include "hal/sim/user_internal.h"

/* Of the legacy area. */
#define FP_CONTROL_AT  0u /* uint16_t */
#define FP_CONTROL     0x37f
#define SSE_CONTROL_AT 24u /* uint32_t */
#define SSE_CONTROL    0x1f80

size_t hal_fp_size(void)
{
    return SIM_FP_SIZE;
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

void hal_context_init(struct hal_context *ctx, void *fp)
{
    const uint16_t fp_control = FP_CONTROL;
    const uint32_t sse_control = SSE_CONTROL;

    assert(IS_ALIGNED((uintptr_t)fp, HAL_FP_ALIGN));
    *ctx = (struct hal_context){.fp = fp};
    memset(fp, 0, SIM_FP_SIZE);
    memcpy((char *)fp + FP_CONTROL_AT, &fp_control, sizeof(fp_control));
    memcpy((char *)fp + SSE_CONTROL_AT, &sse_control, sizeof(sse_control));
}

/* The CPU whose registers hold the FP state of `ctx`; NULL: memory holds it. */
static struct sim_cpu *fp_home(const struct hal_context *ctx)
{
    for (unsigned i = 0; i < sim.cpu_count; i++)
        if (sim.cpus[i].fp_owner == ctx)
            return &sim.cpus[i];
    return NULL;
}

static void fp_save(struct sim_cpu *c)
{
    if (c->fp_owner)
        memcpy(c->fp_owner->fp, c->fp, SIM_FP_SIZE);
    c->fp_owner = NULL;
}

static void fp_load(struct sim_cpu *c, struct hal_context *ctx)
{
    struct sim_cpu *home = fp_home(ctx);

    if (home == c)
        return;
    if (home)
        panic("a context enters CPU %u and was not parked on CPU %u", c->cpu.id, home->cpu.id);
    fp_save(c);
    memcpy(c->fp, ctx->fp, SIM_FP_SIZE);
    c->fp_owner = ctx;
}

void hal_context_park(void)
{
    fp_save(sim.here);
}

void hal_context_fp_sync(struct hal_context *ctx)
{
    struct sim_cpu *home = fp_home(ctx);

    assert(!home || home == sim.here);
    if (home)
        fp_save(home);
}

void hal_context_fp_written(struct hal_context *ctx)
{
    struct sim_cpu *home = fp_home(ctx);

    if (home)
        home->fp_owner = NULL;
}

status_t hal_context_copy(struct hal_context *to, struct hal_context *from)
{
    hal_context_fp_sync(from);
    hal_context_fp_sync(to);
    to->regs = from->regs;
    memcpy(to->fp, from->fp, SIM_FP_SIZE);
    return OK;
}

void hal_context_fini(struct hal_context *ctx)
{
    struct sim_cpu *home = fp_home(ctx);

    if (home)
        home->fp_owner = NULL;
    sim_user_destroy(ctx->priv.user);
    ctx->priv.user = NULL;
}

static void run_until_trap(struct hal_context *ctx, struct hal_pt *pt, struct hal_trap *trap)
{
    *trap = (struct hal_trap){.kind = HAL_TRAP_INTERRUPT};
    if (atomic_load(&sim.here->cpu.pending))
        return;
    fp_load(sim.here, ctx);
    if (!ctx->priv.user)
        ctx->priv.user = sim_user_create();
    sim_user_enter(ctx->priv.user, ctx, pt, trap);
}

static bool call_is_over(struct hal_context *ctx)
{
    return sim_upcalls && sim_upcalls->syscall && sim_upcalls->syscall(ctx);
}

void hal_context_run(struct hal_context *ctx, struct hal_pt *pt, struct hal_trap *trap)
{
    assert(hal_cpu_local()->preempt_count == 0);
    do
        run_until_trap(ctx, pt, trap);
    while (trap->kind == HAL_TRAP_SYSCALL && call_is_over(ctx));
}
