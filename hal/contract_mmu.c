/*
 * contract_mmu.c - page tables, as far as they can be seen without user mode.
 */
#include "hal/boot.h"
#include "hal/contract_internal.h"

#define RW (HAL_PROT_READ | HAL_PROT_WRITE)

static struct hal_pt pt;

static void expect_page(user_addr_t va, paddr_t pa, unsigned prot)
{
    paddr_t found = 0;
    unsigned rights = 0;

    if (CHECK_EQ(hal_pt_query(&pt, va, &found, &rights), OK)) {
        CHECK_EQ(found, pa);
        CHECK_EQ(rights & prot, prot);
        CHECK_EQ(rights & HAL_PROT_WRITE, prot & HAL_PROT_WRITE);
    }
}

static void expect_nothing(user_addr_t va)
{
    paddr_t found;
    unsigned rights;

    CHECK_EQ(hal_pt_query(&pt, va, &found, &rights), ERR_NOT_FOUND);
}

static void a_fresh_table_is_empty(void)
{
    expect_nothing(HAL_USER_BASE);
    expect_nothing(USER_CODE);
    expect_nothing(HAL_USER_END - PAGE_SIZE);
    hal_pt_unmap(&pt, USER_CODE, 5);
    hal_pt_protect(&pt, USER_CODE, 5, RW);
    expect_nothing(USER_CODE);
}

static void mapping_and_unmapping(void)
{
    paddr_t page = contract_page();

    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(hal_pt_map(&pt, USER_DATA + i * PAGE_SIZE, page, 1, RW), OK);
    expect_nothing(USER_DATA - PAGE_SIZE);
    expect_nothing(USER_DATA + 3 * PAGE_SIZE);
    hal_pt_unmap(&pt, USER_DATA + PAGE_SIZE, 1);
    expect_page(USER_DATA, page, RW);
    expect_nothing(USER_DATA + PAGE_SIZE);
    expect_page(USER_DATA + 2 * PAGE_SIZE, page, RW);
    hal_pt_unmap(&pt, USER_DATA, 3);
    expect_nothing(USER_DATA);
    expect_nothing(USER_DATA + 2 * PAGE_SIZE);
    contract_page_free(page);
}

static void mapping_replaces(void)
{
    paddr_t a = contract_page(), b = contract_page();

    CHECK_EQ(hal_pt_map(&pt, USER_DATA, a, 1, RW), OK);
    CHECK_EQ(hal_pt_map(&pt, USER_DATA, b, 1, HAL_PROT_READ), OK);
    expect_page(USER_DATA, b, HAL_PROT_READ);
    hal_pt_unmap(&pt, USER_DATA, 1);
    contract_page_free(a);
    contract_page_free(b);
}

static void protecting(void)
{
    paddr_t page = contract_page();

    CHECK_EQ(hal_pt_map(&pt, USER_FAR, page, 1, RW), OK);
    CHECK_EQ(hal_pt_map(&pt, USER_FAR + 2 * PAGE_SIZE, page, 1, RW), OK);
    hal_pt_protect(&pt, USER_FAR, 3, HAL_PROT_READ);
    expect_page(USER_FAR, page, HAL_PROT_READ);
    expect_nothing(USER_FAR + PAGE_SIZE); /* what is absent stays absent */
    expect_page(USER_FAR + 2 * PAGE_SIZE, page, HAL_PROT_READ);
    hal_pt_protect(&pt, USER_FAR, 1, HAL_PROT_READ | HAL_PROT_EXEC);
    expect_page(USER_FAR, page, HAL_PROT_READ | HAL_PROT_EXEC);
    hal_pt_protect(&pt, USER_FAR, 1, RW);
    expect_page(USER_FAR, page, RW);
    hal_pt_unmap(&pt, USER_FAR, 3);
    contract_page_free(page);
}

/* A run over the borders of lowest tables, and the last page there is. */
static void long_runs_and_edges(void)
{
    const size_t count = 700;
    const paddr_t base = hal_boot_info()->regions[0].base;
    const user_addr_t va = USER_FAR - 100 * PAGE_SIZE;
    const size_t fit = MIN(count, hal_boot_info()->regions[0].size / PAGE_SIZE);

    CHECK_EQ(hal_pt_map(&pt, va, base, fit, HAL_PROT_READ), OK);
    for (size_t i = 0; i < fit; i += 23)
        expect_page(va + i * PAGE_SIZE, base + i * PAGE_SIZE, HAL_PROT_READ);
    expect_nothing(va - PAGE_SIZE);
    expect_nothing(va + fit * PAGE_SIZE);
    hal_pt_unmap(&pt, va, fit);
    for (size_t i = 0; i < fit; i += 23)
        expect_nothing(va + i * PAGE_SIZE);
    CHECK_EQ(hal_pt_map(&pt, HAL_USER_END - PAGE_SIZE, base, 1, HAL_PROT_READ), OK);
    expect_page(HAL_USER_END - PAGE_SIZE, base, HAL_PROT_READ);
    hal_pt_unmap(&pt, HAL_USER_END - PAGE_SIZE, 1);
}

void contract_test_mmu(void)
{
    unsigned before = contract_pages_out();

    if (!CHECK_EQ(hal_pt_init(&pt), OK))
        return;
    CHECK_RUN(a_fresh_table_is_empty);
    CHECK_RUN(mapping_and_unmapping);
    CHECK_RUN(mapping_replaces);
    CHECK_RUN(protecting);
    CHECK_RUN(long_runs_and_edges);
    hal_pt_fini(&pt);
    CHECK_EQ(contract_pages_out(), before); /* all tables came back */
}
