/*
 * contract_test.c - entry of the contract test; memory, boot information, entropy.
 */
#include "hal/contract_test.h"

#include "base/assert.h"
#include "base/string.h"
#include "hal/boot.h"
#include "hal/contract_internal.h"
#include "hal/spinlock.h"

/* Pages for the suite and for the HAL: from the end of the largest region downwards, and a list
 * of returned pages that is linked through their first words. */
static struct {
    struct spinlock lock;
    paddr_t base, end; /* not yet taken */
    paddr_t returned;  /* 0: none */
    unsigned out;
    bool refuses;
} pool;

static unsigned timer_calls[HAL_MAX_CPUS];

static status_t take(paddr_t *out)
{
    SPIN_GUARD(&pool.lock);

    if (pool.refuses)
        return ERR_NO_MEMORY;
    if (pool.returned) {
        *out = pool.returned;
        pool.returned = *(paddr_t *)hal_phys_to_virt(*out);
    } else if (pool.base < pool.end) {
        pool.end -= PAGE_SIZE;
        *out = pool.end;
    } else {
        return ERR_NO_MEMORY;
    }
    pool.out++;
    return OK;
}

static status_t page_alloc(paddr_t *out)
{
    status_t st = take(out);

    if (st == OK)
        memset(hal_phys_to_virt(*out), 0, PAGE_SIZE);
    return st;
}

void contract_page_free(paddr_t page)
{
    SPIN_GUARD(&pool.lock);

    *(paddr_t *)hal_phys_to_virt(page) = pool.returned;
    pool.returned = page;
    pool.out--;
}

paddr_t contract_page(void)
{
    paddr_t page;

    if (page_alloc(&page) != OK)
        panic("the contract test has no page left");
    return page;
}

unsigned contract_pages_out(void)
{
    SPIN_GUARD(&pool.lock);

    return pool.out;
}

void contract_refuse_pages(bool refuse)
{
    SPIN_GUARD(&pool.lock);

    pool.refuses = refuse;
}

static void on_timer(void)
{
    timer_calls[hal_cpu_id()]++;
}

unsigned contract_timer_calls(void)
{
    return timer_calls[hal_cpu_id()];
}

/* The suite kills nothing. */
static void on_space_died(struct hal_pt *pt)
{
    (void)pt;
    CHECK(!"an address space died");
}

bool (*contract_syscall)(struct hal_context *ctx);

static bool on_syscall(struct hal_context *ctx)
{
    return contract_syscall && contract_syscall(ctx);
}

static const struct hal_upcalls upcalls = {
    .timer = on_timer,
    .syscall = on_syscall,
    .page_alloc = page_alloc,
    .page_free = contract_page_free,
    .space_died = on_space_died,
};

static bool overlap(const struct hal_memory_region *a, const struct hal_memory_region *b)
{
    return a->base < b->base + b->size && b->base < a->base + a->size;
}

static void boot_info_is_sane(void)
{
    const struct hal_boot_info *boot = hal_boot_info();
    uint64_t total = 0;

    CHECK(boot->region_count >= 1 && boot->region_count <= HAL_MAX_REGIONS);
    for (unsigned i = 0; i < boot->region_count; i++) {
        const struct hal_memory_region *r = &boot->regions[i];

        CHECK(IS_ALIGNED(r->base, PAGE_SIZE) && IS_ALIGNED(r->size, PAGE_SIZE) && r->size > 0);
        for (unsigned j = 0; j < i; j++)
            CHECK(!overlap(r, &boot->regions[j]));
        total += r->size;
    }
    CHECK(total >= 1u << 20);
    CHECK(!boot->initramfs_size || boot->initramfs);
    CHECK(!boot->record_size || boot->record[boot->record_size - 1] == '\0');
    CHECK_EQ(hal_cpu_id(), 0);
    CHECK(hal_cpu_count() >= 1 && hal_cpu_count() <= HAL_MAX_CPUS);
}

static void linear_map_reaches_all_memory(void)
{
    const struct hal_boot_info *boot = hal_boot_info();

    for (unsigned i = 0; i < boot->region_count; i++) {
        const struct hal_memory_region *r = &boot->regions[i];
        uint64_t *first = hal_phys_to_virt(r->base);
        uint64_t *last = hal_phys_to_virt(r->base + r->size - sizeof(*last));
        uint64_t was_first = *first, was_last = *last;

        *first = 0x1111;
        *last = 0x2222;
        CHECK_EQ(*first, 0x1111);
        CHECK_EQ(*last, 0x2222);
        *first = was_first;
        *last = was_last;
        CHECK_EQ(hal_virt_to_phys(first), r->base);
        CHECK_EQ((char *)last - (char *)first, r->size - sizeof(*last));
    }
}

static void entropy_differs(void)
{
    static const char zeroes[32];
    char a[32] = {0}, b[32] = {0};

    hal_entropy(a, sizeof(a));
    hal_entropy(b, sizeof(b));
    CHECK(memcmp(a, b, sizeof(a)) != 0);
    CHECK(memcmp(a, zeroes, sizeof(a)) != 0);
    hal_entropy_add(a, sizeof(a));
    hal_entropy(a, 0);
}

static void backtrace_is_bounded(void)
{
    uintptr_t frames[8];

    CHECK(hal_backtrace(frames, countof(frames)) <= countof(frames));
    CHECK_EQ(hal_backtrace(frames, 0), 0);
}

static void pool_init(void)
{
    const struct hal_boot_info *boot = hal_boot_info();
    const struct hal_memory_region *most = &boot->regions[0];

    for (unsigned i = 1; i < boot->region_count; i++)
        if (boot->regions[i].size > most->size)
            most = &boot->regions[i];
    memset(&pool, 0, sizeof(pool)); /* a simulated machine runs the suite more than once */
    pool.base = most->base;
    pool.end = most->base + most->size;
}

unsigned hal_contract_test(void)
{
    unsigned before = check_failures();

    hal_upcalls_register(&upcalls);
    CHECK_RUN(boot_info_is_sane);
    CHECK_RUN(linear_map_reaches_all_memory);
    pool_init();
    CHECK_RUN(entropy_differs);
    CHECK_RUN(backtrace_is_bounded);
    contract_test_mmu();
    contract_test_time();
    contract_test_user();
    contract_test_faults();
    contract_test_fp();
    contract_test_cpus();
    return check_failures() - before;
}
