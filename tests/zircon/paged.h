/*
 * paged.h - a pager with one VMO, and those who read it: what the cases of pager*.c are made
 * of.
 *
 * Page n of the VMO is supplied with the word n + 1 at its start.
 */
#pragma once

#include "tests/zircon/ztest.h"
#include "uapi/zircon/syscalls/memory.h"
#include "uapi/zircon/syscalls/port.h"

enum { PAGED_KEY = 0x7a67 };

struct paged {
    zx_handle_t pager, port, vmo;
    zx_vaddr_t addr; /* all of the VMO, mapped for reading and writing */
    uint64_t pages;
};

/* A case both ways: Pager.NAME_vmo and Pager.NAME_vmar. */
#define BOTH(name)                        \
    static void name(enum paged_how how); \
    CASE(Pager, name##_vmo)               \
    {                                     \
        name(PAGED_READ);                 \
    }                                     \
    CASE(Pager, name##_vmar)              \
    {                                     \
        name(PAGED_TOUCH);                \
    }                                     \
    static void name(enum paged_how how)

/* A case with ZX_VMO_TRAP_DIRTY and without: PagerWriteback.NAMETrapDirty, NAMENoTrapDirty. */
#define TRAP_OR_NOT(name)                   \
    static void name(uint32_t trap);        \
    CASE(PagerWriteback, name##TrapDirty)   \
    {                                       \
        name(ZX_VMO_TRAP_DIRTY);            \
    }                                       \
    CASE(PagerWriteback, name##NoTrapDirty) \
    {                                       \
        name(0);                            \
    }                                       \
    static void name(uint32_t trap)

/* Failures are noted; false: there is none. */
int paged_make(struct paged *p, uint64_t pages, uint32_t options);
/* All of it supplied. */
int paged_make_supplied(struct paged *p, uint64_t pages, uint32_t options);
void paged_drop(struct paged *p);

/* The next packet is a request for just these pages, and is there in good time. */
void paged_expect(struct paged *p, uint64_t first, uint64_t count);
/* A request, whichever. False: none came. */
int paged_next(struct paged *p, uint64_t *first, uint64_t *count);
/* No packet is there. */
void paged_expect_none(struct paged *p);
void paged_expect_complete(struct paged *p);
/* Pages first ... first + count - 1, with their words. */
void paged_supply(struct paged *p, uint64_t first, uint64_t count);

/* The next packet asks whether just these pages may be written. */
void paged_expect_dirty(struct paged *p, uint64_t first, uint64_t count);
/* Any ZX_PAGER_OP on pages. */
zx_status_t paged_op(struct paged *p, uint32_t op, uint64_t first, uint64_t count);
/* What the pager is told to be dirty is just this, in pages. */
void paged_expect_ranges(struct paged *p, unsigned count, const zx_vmo_dirty_range_t *ranges);
#define EXPECT_RANGES(p, ...)                                                              \
    paged_expect_ranges(                                                                   \
        (p), sizeof((zx_vmo_dirty_range_t[]){__VA_ARGS__}) / sizeof(zx_vmo_dirty_range_t), \
        (zx_vmo_dirty_range_t[]){__VA_ARGS__})
#define EXPECT_NO_RANGES(p) paged_expect_ranges((p), 0, NULL)

/* A thread that looks at the words of pages of `vmo`: by zx_vmo_read, at `addr` if that is not
 * 0, or makes them present; or that sets them to PAGED_WRITTEN, by one zx_vmo_write or at
 * `addr`, or to zero. */
enum paged_how { PAGED_READ, PAGED_TOUCH, PAGED_COMMIT, PAGED_WRITE, PAGED_STORE, PAGED_ZERO };
enum { PAGED_WRITTEN = 0x77, PAGED_WRITE_MAX = 20 /* pages */ };
struct paged_reader {
    struct ztest_thread thread;
    enum paged_how how;
    zx_handle_t vmo;
    zx_vaddr_t addr;
    uint64_t first, count;
    zx_status_t status; /* of the first call that failed; ZX_ERR_IO_DATA_LOSS: a wrong word */
};
void paged_read(struct paged_reader *r, struct paged *p, enum paged_how how, uint64_t first,
                uint64_t count);
/* The same of another VMO, mapped at `addr`. */
void paged_read_other(struct paged_reader *r, zx_handle_t vmo, zx_vaddr_t addr,
                      enum paged_how how, uint64_t first, uint64_t count);
/* A VMO of so many pages, a reader of them all, and the request for them all, which has come.
 */
int paged_asked(struct paged *p, struct paged_reader *r, enum paged_how how, uint64_t pages);
/* Waits for its end; its status. */
zx_status_t paged_done(struct paged_reader *r);

/* A child process that reads one word of a mapping of `vmo`: 0 if it got it; what kills it. */
struct paged_toucher {
    struct ztest_child child;
    zx_vaddr_t addr; /* of the mapping, in the child */
};
int paged_touch(struct paged_toucher *t, zx_handle_t vmo, uint64_t pages, uint64_t at);
int64_t paged_touched(struct paged_toucher *t);

/* Somebody who wants page 0, and will not get it: PAGED_READ or PAGED_TOUCH. */
struct paged_wanter {
    enum paged_how how;
    struct paged_reader reader;
    struct paged_toucher toucher;
};
int paged_want(struct paged_wanter *w, struct paged *p, enum paged_how how);
/* Waits for its end: the call has failed so, or the touch has killed. */
void paged_expect_refused(struct paged_wanter *w, zx_status_t status);

/* Mapped for reading and writing; 0, and a failure, if it cannot be. */
zx_vaddr_t paged_map(zx_handle_t vmo, uint64_t size);
void paged_unmap(zx_vaddr_t addr, uint64_t size);
/* One word of a VMO. */
uint64_t paged_word(zx_handle_t vmo, uint64_t page);
void paged_set_word(zx_handle_t vmo, uint64_t page, uint64_t word);
/* What ZX_INFO_VMO says. */
zx_info_vmo_t paged_info(zx_handle_t vmo);
