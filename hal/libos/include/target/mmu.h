/*
 * mmu.h (libos) - user page tables: a radix tree in our own memory, with the mappings of a host
 * process as its TLB.
 *
 * The host's mapping of a page may be missing (the host's SIGSEGV then installs it from the
 * table), but it never differs from the table while user mode runs, with one exception: what is
 * listed as stale, which is put right before user mode is entered.
 */
#pragma once

#include "hal/libos/layout.h"
#include "hal/spinlock.h"

/* Text that user mode runs is patched (hal/libos/patch.h), in views of its files. */
#define HAL_PATCHES_TEXT 1

#define HAL_MEMORY_ZERO 1 /* the host clears it */

#define HAL_USER_BASE 0x10000ull
#define HAL_USER_END  LIBOS_USER_END

/* Inside, but never to be mapped: the kernel's window. hal_pt_map refuses it. */
#define HAL_USER_HOLE_BASE LIBOS_WINDOW_BASE
#define HAL_USER_HOLE_END  LIBOS_WINDOW_END

struct space;

struct pt_range {
    user_addr_t start, end;
    bool rights_only; /* stale: the frames are right, or listed elsewhere */
};

enum { PT_STALE_MAX = 16, PT_FRESH_MAX = 16, PT_STUB_AREAS = 4, PT_LEAVES = 8 };

/* Memory for system call stubs (hal/libos/stub.h); `va` 0: none. */
struct pt_stub_area {
    user_addr_t va;
    unsigned used; /* bytes from the start, for stubs that may be anywhere */
};

/* A table of the lowest level, found before; `entries` NULL: none. */
struct pt_leaf {
    user_addr_t start;
    uint64_t *entries;
};

struct hal_pt {
    struct spinlock lock; /* guards all below; the fault path takes it without vm's lock */
    paddr_t root;         /* table of the top level; 0: none yet */
    struct pt_leaf leaves[PT_LEAVES]; /* tables stay until the end, so these do */
    struct space *space;              /* the host process; NULL until it first runs */
    /* The host may still map what these held before. More than fit: all is dropped. */
    struct pt_range stale[PT_STALE_MAX];
    unsigned stale_count;
    bool drop_all;
    /* Newly mapped, worth installing before the guest touches it. More than fit: forgotten. */
    struct pt_range fresh[PT_FRESH_MAX];
    unsigned fresh_count;
    /* Any of the above; read without the lock on the way to user mode. */
    atomic_bool dirty;
    struct pt_stub_area stubs[PT_STUB_AREAS]; /* patch.c's, where one CPU is at a time */
};

static inline void *hal_phys_to_virt(paddr_t pa)
{
    return (void *)(LIBOS_LINEAR_BASE + pa);
}

static inline paddr_t hal_virt_to_phys(const void *va)
{
    return (paddr_t)((uintptr_t)va - LIBOS_LINEAR_BASE);
}

bool hal_memory_take(paddr_t pa, uint64_t size);
void hal_memory_give(paddr_t pa, uint64_t size);
