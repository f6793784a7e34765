/*
 * vm_test.h - for vm's unit tests: a machine, page tables and a pager.
 */
#pragma once

#include "vm/machine_test.h"

#include <string.h>

#include "base/status.h"
#include "vm/user_copy.h"
#include "vm/vmar_internal.h"

#define MIB (1ull << 20)

enum { R = HAL_PROT_READ, W = HAL_PROT_WRITE, X = HAL_PROT_EXEC };

/* Tests map in pages from here on. */
#define BASE         0x10000000ull
#define AT(page)     (BASE + (user_addr_t)(page)*PAGE_SIZE)
#define PAGES(count) ((uint64_t)(count) << PAGE_SHIFT)

static UNUSED void boot(const struct sim_config *config)
{
    machine_boot(config, NULL);
}

static UNUSED int setup(void **state)
{
    (void)state;
    boot(&(struct sim_config){.memory = 64 * MIB});
    return 0;
}

static UNUSED int teardown(void **state)
{
    (void)state;
    machine_end();
    return 0;
}

/* A pager whose page n holds n + 1 in each word. */
struct test_pager {
    bool slow;       /* nothing is at hand */
    uint64_t absent; /* this page is not at hand; 0: none */
    unsigned reads, waits, releases;
    status_t failure; /* of page_in */
};

static void pager_fill(uint64_t index, struct page *page)
{
    uint64_t *words = page_data(page);

    for (size_t i = 0; i < PAGE_SIZE / sizeof(*words); i++)
        words[i] = index + 1;
}

static status_t pager_try(struct vmo *vmo, uint64_t index, struct page *page)
{
    struct test_pager *pager = vmo->pager_data;

    if (pager->slow || (pager->absent && pager->absent == index))
        return ERR_SHOULD_WAIT;
    pager->reads++;
    pager_fill(index, page);
    return OK;
}

struct pager_wait {
    VMO_PAGE_IN_FRAME;
};
CO_FITS(pager_wait, union vmo_page_in_slot);

static CO_FN(pager_wait)
{
    struct test_pager *pager;

    CO_YIELD();
    pager = f->vmo->pager_data;
    pager->waits++;
    if (pager->failure == OK)
        pager_fill(f->index, f->page);
    CO_RETURN(pager->failure);
}
CO_END

static void pager_release(struct vmo *vmo)
{
    ((struct test_pager *)vmo->pager_data)->releases++;
}

static const struct vmo_pager_ops test_pager_ops = {
    .try_page_in = pager_try,
    .page_in = pager_wait,
    .release = pager_release,
};

/* Run a coroutine as a task of its own; its status. */
static UNUSED status_t run_coroutine(struct co *root)
{
    struct task task = {0};

    task_spawn(&task, "test", root, TASK_PRIORITY_DEFAULT, NULL, NULL);
    while (!task_done(&task))
        executor_step();
    return task.status;
}

/* One word of a VMO. */
static UNUSED uint64_t peek(struct vmo *vmo, uint64_t page)
{
    uint64_t word = UINT64_MAX;

    assert_int_equal(vmo_read(vmo, page << PAGE_SHIFT, &word, sizeof(word), NULL), OK);
    return word;
}

static UNUSED void poke(struct vmo *vmo, uint64_t page, uint64_t word)
{
    assert_int_equal(vmo_write(vmo, page << PAGE_SHIFT, &word, sizeof(word), NULL), OK);
}

static UNUSED status_t get_page(struct vmo *vmo, uint64_t index, unsigned how,
                                struct page **out, bool *writable)
{
    SPIN_GUARD(&vmo->lock);

    return vmo_get_page_locked(vmo, index, how, out, writable);
}

static struct aspace *as; /* of the tests with an address space */

static UNUSED int setup_aspace(void **state)
{
    setup(state);
    assert_int_equal(aspace_create(&as), OK);
    return 0;
}

static UNUSED int teardown_aspace(void **state)
{
    aspace_put(as);
    return teardown(state);
}

#define TEST(name)        cmocka_unit_test_setup_teardown(name, setup, teardown)
#define ASPACE_TEST(name) cmocka_unit_test_setup_teardown(name, setup_aspace, teardown_aspace)

static UNUSED struct vmo *make(uint64_t pages)
{
    struct vmo *vmo;

    assert_int_equal(vmo_create(PAGES(pages), VMO_RESIZABLE, &vmo), OK);
    return vmo;
}

static UNUSED struct vmo *make_file(struct test_pager *pager, uint64_t pages)
{
    struct vmo *file;

    *pager = (struct test_pager){0};
    assert_int_equal(vmo_create_paged(PAGES(pages), &test_pager_ops, pager, &file), OK);
    return file;
}

static UNUSED struct vmo *clone_of(struct vmo *vmo, uint64_t first, uint64_t pages)
{
    struct vmo *clone;

    assert_int_equal(vmo_clone(vmo, PAGES(first), PAGES(pages), &clone), OK);
    return clone;
}

/* Map a VMO from its beginning at AT(page), and give its reference to the mapping. */
static UNUSED struct vmo *map(struct vmo *vmo, unsigned page, unsigned count, unsigned prot,
                              unsigned flags)
{
    struct vmar_map_args args = {.vmo = vmo,
                                 .size = PAGES(count),
                                 .prot = prot,
                                 .max_prot = R | W | X,
                                 .flags = flags,
                                 .place = PLACE_EXACT,
                                 .addr = AT(page)};
    user_addr_t at;

    assert_int_equal(vmar_map(as->root, &args, &at), OK);
    vmo_put(vmo);
    return vmo;
}

/* Page frame and rights in the page tables; 0: nothing is mapped. */
static UNUSED paddr_t frame(struct aspace *of, user_addr_t at)
{
    unsigned prot;
    paddr_t pa;
    SPIN_GUARD(&of->pt_lock);

    return hal_pt_query(&of->pt, at, &pa, &prot) == OK ? pa : 0;
}

static UNUSED unsigned rights(struct aspace *of, user_addr_t at)
{
    unsigned prot;
    paddr_t pa;
    SPIN_GUARD(&of->pt_lock);

    return hal_pt_query(&of->pt, at, &pa, &prot) == OK ? prot : 0;
}

/* User memory, as the user would. */
static UNUSED uint64_t load(struct aspace *of, user_addr_t at)
{
    struct user_access ua = {.aspace = of};
    uint64_t word = UINT64_MAX;

    assert_int_equal(copy_from_user(&ua, &word, at, sizeof(word)), OK);
    return word;
}

static UNUSED void store(struct aspace *of, user_addr_t at, uint64_t word)
{
    struct user_access ua = {.aspace = of};

    assert_int_equal(copy_to_user(&ua, at, &word, sizeof(word)), OK);
}

/* The mappings, one letter a page from AT(0) on: . for none, else by its rights; | between. */
static UNUSED const char *layout(void)
{
    static const char letters[] = "-rwWxXyY";
    static char text[256];
    struct mapping_info info;
    user_addr_t at = AT(0);
    size_t n = 0;

    while (aspace_next_mapping(as, at, &info) == OK && info.base < AT(60)) {
        vmo_put(info.vmo);
        if (n && info.base == at)
            text[n++] = '|';
        for (; at < info.base; at += PAGE_SIZE)
            text[n++] = '.';
        for (; at < info.base + info.size; at += PAGE_SIZE)
            text[n++] = letters[info.prot];
    }
    text[n] = 0;
    return text;
}
