/*
 * vmar_test.h - a VMO to map, for the tests of regions.
 */
#pragma once

#include "vm/vm_test.h"

static struct vmo *memory; /* what most tests map */

static UNUSED int setup_memory(void **state)
{
    setup_aspace(state);
    memory = make(1000);
    return 0;
}

static UNUSED int teardown_memory(void **state)
{
    vmo_put(memory);
    return teardown_aspace(state);
}

#define MEMORY_TEST(name) cmocka_unit_test_setup_teardown(name, setup_memory, teardown_memory)

static UNUSED struct vmar_map_args args_at(unsigned page, unsigned count, unsigned prot)
{
    return (struct vmar_map_args){.vmo = memory,
                                  .vmo_offset = PAGES(page),
                                  .size = PAGES(count),
                                  .prot = prot,
                                  .max_prot = R | W | X,
                                  .flags = MAPPING_SHARED,
                                  .place = PLACE_EXACT,
                                  .addr = AT(page)};
}

/* Page n of the VMO at AT(n). */
static UNUSED status_t map_at(struct vmar *vmar, unsigned page, unsigned count, unsigned prot)
{
    struct vmar_map_args args = args_at(page, count, prot);
    user_addr_t at;
    status_t st = vmar_map(vmar, &args, &at);

    if (st == OK)
        assert_int_equal(at, AT(page));
    return st;
}

static UNUSED status_t map_anywhere(struct vmar *vmar, uint64_t size, user_addr_t limit,
                                    user_addr_t *out)
{
    struct vmar_map_args args = {.vmo = memory,
                                 .size = size,
                                 .prot = R,
                                 .max_prot = R,
                                 .flags = MAPPING_SHARED,
                                 .limit = limit};

    return vmar_map(vmar, &args, out);
}
