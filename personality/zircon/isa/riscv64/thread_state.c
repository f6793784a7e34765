/*
 * thread_state.c (riscv64) - registers in Zircon's structs.
 */
#include "personality/zircon/thread_state.h"

#include "base/string.h"

_Static_assert(sizeof(zx_riscv64_thread_state_general_regs_t) == sizeof(struct user_regs),
               "Zircon's order is ours");

/* What ctx->fp points at (hal/context.h). */
struct fp_area {
    uint64_t f[32];
    uint32_t fcsr;
};

status_t thread_state_size(uint32_t kind, size_t *size)
{
    switch (kind) {
    case ZX_THREAD_STATE_GENERAL_REGS:
        *size = sizeof(zx_riscv64_thread_state_general_regs_t);
        return OK;
    case ZX_THREAD_STATE_FP_REGS:
        *size = sizeof(zx_riscv64_thread_state_fp_regs_t);
        return OK;
    case ZX_THREAD_STATE_VECTOR_REGS:
    case ZX_THREAD_STATE_DEBUG_REGS:
    case ZX_THREAD_STATE_SINGLE_STEP:
    case ZX_THREAD_X86_REGISTER_FS:
    case ZX_THREAD_X86_REGISTER_GS:
        return ERR_NOT_SUPPORTED;
    default:
        return ERR_INVALID_ARGS;
    }
}

void thread_state_get(struct hal_context *ctx, uint32_t kind, union thread_registers *out)
{
    const struct fp_area *fp = ctx->fp;

    memset(out, 0, sizeof(*out));
    if (kind == ZX_THREAD_STATE_GENERAL_REGS) {
        memcpy(&out->riscv_general, &ctx->regs, sizeof(ctx->regs));
        return;
    }
    for (unsigned i = 0; i < countof(fp->f); i++)
        out->riscv_fp.q[i].low = fp->f[i];
    out->riscv_fp.fcsr = fp->fcsr;
}

status_t thread_state_set(struct hal_context *ctx, uint32_t kind,
                          const union thread_registers *in)
{
    struct fp_area *fp = ctx->fp;

    if (kind == ZX_THREAD_STATE_GENERAL_REGS) {
        if (in->riscv_general.pc >= HAL_USER_END)
            return ERR_INVALID_ARGS;
        memcpy(&ctx->regs, &in->riscv_general, sizeof(ctx->regs));
        return OK;
    }
    for (unsigned i = 0; i < countof(fp->f); i++)
        fp->f[i] = in->riscv_fp.q[i].low;
    fp->fcsr = in->riscv_fp.fcsr;
    hal_context_fp_written(ctx);
    return OK;
}
