/*
 * clones.h - VMOs whose page n begins with the word n + 1, their clones, and what is theirs.
 */
#pragma once

#include "tests/zircon/paged.h"
#include "uapi/zircon/syscalls/object.h"

#define CLONE ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE

static inline zx_handle_t clone_make(uint64_t pages, uint32_t options)
{
    zx_handle_t vmo = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create(pages * PAGE, options, &vmo));
    return vmo;
}

static inline zx_handle_t clone_tagged(uint64_t pages)
{
    zx_handle_t vmo = clone_make(pages, ZX_VMO_RESIZABLE);

    for (uint64_t i = 0; i < pages; i++)
        paged_set_word(vmo, i, i + 1);
    return vmo;
}

/* Of `count` pages from `first` on; options beside CLONE. */
static inline zx_handle_t clone_with(zx_handle_t vmo, uint32_t options, uint64_t first,
                                     uint64_t count)
{
    zx_handle_t child = ZX_HANDLE_INVALID;

    EXPECT_OK(zx_vmo_create_child(vmo, CLONE | options, first * PAGE, count * PAGE, &child));
    return child;
}

static inline zx_handle_t clone_of(zx_handle_t vmo, uint64_t first, uint64_t count)
{
    return clone_with(vmo, 0, first, count);
}

/* Pages that count as this VMO's. */
static inline uint64_t clone_owns(zx_handle_t vmo)
{
    return paged_info(vmo).committed_bytes / PAGE;
}

static inline void clone_drop(zx_handle_t vmo)
{
    EXPECT_OK(zx_handle_close(vmo));
}

/* Calls `see` with each permutation of 0 ... n - 1, n <= 4. */
static inline void clone_permute(unsigned n, void (*see)(const unsigned order[]))
{
    unsigned total = n == 4 ? 256 : 27, order[4];

    for (unsigned code = 0; code < total; code++) {
        unsigned rest = code, used = 0;

        for (unsigned i = 0; i < n; i++, rest /= n)
            used |= 1u << (order[i] = rest % n);
        if (used == (1u << n) - 1)
            see(order);
    }
}
