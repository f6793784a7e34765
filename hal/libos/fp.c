/*
 * fp.c - floating-point and vector state of contexts: when it is saved and loaded, and where it
 * is in memory: in what is kept for the context, or in a page.
 */
#include "hal/libos/fp.h"

#include "base/assert.h"
#include "base/string.h"
#include "hal/libos/fp_area.h"
#include "hal/libos/upcalls.h"

void hal_context_init(struct hal_context *ctx, void *fp)
{
    *ctx = (struct hal_context){.fp = fp, .priv.fp_kept = fp};
    fp_area_init(fp);
}

/* --- pages --- */

/* In the kept format, and not in the standard one. */
static bool is_compacted(const struct hal_context *ctx)
{
    return fp_kept && ctx->fp == ctx->priv.fp_kept;
}

/* Zeroed; NULL: out of memory. */
static void *page_get(void)
{
    paddr_t page;

    return hal_upcalls->page_alloc(&page) == OK ? hal_phys_to_virt(page) : NULL;
}

static void page_drop(struct hal_context *ctx)
{
    if (ctx->fp != ctx->priv.fp_kept)
        hal_upcalls->page_free(hal_virt_to_phys(ctx->fp));
    ctx->fp = ctx->priv.fp_kept;
}

bool fp_refill(struct cpu *cpu)
{
    cpu->fp_spare = page_get();
    return cpu->fp_spare;
}

/* User mode was not entered without one, and has been left once since. */
static void *spare_take(struct cpu *cpu)
{
    void *page = cpu->fp_spare;

    assert(page);
    fp_refill(cpu);
    return page;
}

/* --- contexts --- */

static void save(struct hal_context *ctx, uint64_t in_use)
{
    if (fp_kept && fp_area_store_kept(ctx->priv.fp_kept, in_use)) {
        page_drop(ctx);
        return;
    }
    if (is_compacted(ctx))
        ctx->fp = spare_take(cpu_self());
    fp_area_store(ctx->fp);
}

static void live_end(struct carrier *c)
{
    c->fp_live = false;
    c->fp_initial = ~fp_area_in_use();
}

void hal_context_park(void)
{
    struct carrier *c = carrier_self();
    struct hal_context *owner = c->fp_owner;

    if (!c->fp_live)
        return;
    live_end(c);
    if (owner)
        save(owner, ~c->fp_initial);
}

void fp_switch(struct carrier *c, struct hal_context *ctx)
{
    hal_context_park();
    if (is_compacted(ctx))
        fp_area_fetch_kept(ctx->fp, fp_components & ~c->fp_initial);
    else
        fp_area_fetch(ctx->fp);
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

void hal_context_fp_view(struct hal_context *ctx, struct hal_fp_view *view)
{
    struct kept_area *kept = ctx->fp;

    if (is_compacted(ctx))
        fp_area_view(kept, kept->head.present, view);
    else
        *view = hal_fp_view_whole(ctx->fp);
}

/* From the kept to the standard format. */
static status_t expand(struct hal_context *ctx)
{
    char *page = page_get();
    struct hal_fp_view kept;

    if (!page)
        return ERR_NO_MEMORY;
    hal_context_fp_view(ctx, &kept);
    for (unsigned i = 0; i < kept.count; i++)
        memcpy(page + kept.piece[i].at, kept.piece[i].memory, kept.piece[i].size);
    ((struct xsave_area *)(void *)page)->compaction = 0;
    ctx->fp = page;
    return OK;
}

status_t hal_context_fp_widen(struct hal_context *ctx, uint64_t components,
                              struct hal_fp_view *view)
{
    struct kept_area *kept = ctx->fp;

    if (is_compacted(ctx) && !(components & fp_components & ~fp_kept)) {
        fp_area_view(kept, kept->head.present | components, view);
        return OK;
    }
    if (is_compacted(ctx) && expand(ctx) != OK)
        return ERR_NO_MEMORY;
    *view = hal_fp_view_whole(ctx->fp);
    return OK;
}

void hal_context_fp_written(struct hal_context *ctx)
{
    struct carrier *c = ctx->priv.fp_carrier;

    fp_area_settle(ctx->fp, is_compacted(ctx));
    if (c && c == carrier_self() && c->fp_owner == ctx && c->fp_live)
        live_end(c);
    ctx->priv.fp_carrier = NULL;
}

status_t hal_context_copy(struct hal_context *to, struct hal_context *from)
{
    hal_context_fp_sync(from);
    to->regs = from->regs;
    if (from->fp == from->priv.fp_kept) {
        memcpy(to->fp, from->fp, hal_fp_kept_size());
        return OK;
    }
    to->fp = page_get();
    if (!to->fp) {
        to->fp = to->priv.fp_kept;
        return ERR_NO_MEMORY;
    }
    memcpy(to->fp, from->fp, hal_fp_size());
    return OK;
}

void hal_context_fini(struct hal_context *ctx)
{
    struct carrier *c = ctx->priv.fp_carrier;
    struct hal_context *owner = ctx;

    /* Another CPU may be loading another context there: only take away what is ours. */
    if (c)
        atomic_compare_exchange_strong(&c->fp_owner, &owner, NULL);
    ctx->priv.fp_carrier = NULL;
    page_drop(ctx);
}
