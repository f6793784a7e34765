/*
 * contract_fp.c - FP registers of contexts: kept, copied, written, and in need of memory.
 */
#include "base/string.h"
#include "hal/contract_internal.h"

static void contexts_keep_their_registers(void)
{
    struct contract_thread a, b;

    contract_thread_init(&a, USER_FP, 0xaaaa, 0);
    contract_thread_init(&b, USER_FP, 0xbbbb, 0);
    for (unsigned i = 0; i < 4; i++) {
        contract_expect_value(&a, 0xaaaa);
        if (i & 1)
            hal_context_park(); /* either way the next one is entered */
        contract_expect_value(&b, 0xbbbb);
        if (i & 2)
            hal_context_park();
    }
    contract_thread_fini(&b);
    contract_thread_fini(&a);
}

static void a_copy_has_the_registers(void)
{
    struct contract_thread a, b;

    contract_thread_init(&a, USER_FP, 0xcafe, 0);
    contract_thread_init(&b, USER_SPIN, 0, 0);
    contract_expect_value(&a, 0xcafe);
    CHECK_EQ(hal_context_copy(&b.ctx, &a.ctx), OK);
    contract_expect_value(&b, 0xcafe);
    contract_thread_restart(&b, USER_FP, 0xd00d, 0);
    contract_expect_value(&b, 0xd00d);
    contract_expect_value(&a, 0xcafe);
    contract_thread_fini(&b);
    contract_thread_fini(&a);
}

/* Memory is the truth between a sync and the next entry: clearing it clears the register. */
static void written_state_is_loaded(void)
{
    struct contract_thread a, fresh;
    struct hal_fp_view to, from;

    contract_thread_init(&a, USER_FP, 0xf00d, 0);
    contract_thread_init(&fresh, USER_SPIN, 0, 0);
    contract_expect_value(&a, 0xf00d);
    hal_context_fp_sync(&a.ctx);
    hal_context_fp_view(&a.ctx, &to);
    hal_context_fp_view(&fresh.ctx, &from);
    memcpy(to.piece[0].memory, from.piece[0].memory, MIN(to.piece[0].size, from.piece[0].size));
    hal_context_fp_written(&a.ctx);
    contract_expect_value(&a, 0);
    contract_thread_fini(&fresh);
    contract_thread_fini(&a);
}

/* Without a page for it there is no more state, and no copy of it; what there is stays. */
static void more_state_may_take_memory(void)
{
    struct contract_thread a, b;
    struct hal_fp_view view;
    status_t st;

    contract_thread_init(&a, USER_FP, 0xbeef, 0);
    contract_thread_init(&b, USER_SPIN, 0, 0);
    contract_expect_value(&a, 0xbeef);
    hal_context_fp_sync(&a.ctx);
    contract_refuse_pages(true);
    st = hal_context_fp_widen(&a.ctx, UINT64_MAX, &view);
    contract_refuse_pages(false);
    CHECK(st == OK || st == ERR_NO_MEMORY);
    contract_expect_value(&a, 0xbeef);

    hal_context_fp_sync(&a.ctx);
    CHECK_EQ(hal_context_fp_widen(&a.ctx, UINT64_MAX, &view), OK);
    contract_refuse_pages(true);
    CHECK_EQ(hal_context_copy(&b.ctx, &a.ctx), st); /* a page for each, or for none */
    contract_refuse_pages(false);
    CHECK_EQ(hal_context_copy(&b.ctx, &a.ctx), OK);
    contract_expect_value(&b, 0xbeef);
    contract_expect_value(&a, 0xbeef);
    contract_thread_fini(&b);
    contract_thread_fini(&a);
}

void contract_test_fp(void)
{
    unsigned before = contract_pages_out();

    CHECK_RUN(contexts_keep_their_registers);
    CHECK_RUN(a_copy_has_the_registers);
    CHECK_RUN(written_state_is_loaded);
    CHECK_RUN(more_state_may_take_memory);
    CHECK_EQ(contract_pages_out(), before);
}
