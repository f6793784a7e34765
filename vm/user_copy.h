/*
 * user_copy.h - the only way to touch user memory.
 *
 * Copies go page by page through the page tables and the linear map, under aspace.pt_lock, and
 * honour protection as hardware would. Absent pages are faulted in without waiting where that
 * is possible; where it is not, the copy reports ERR_USER_PAGE, notes address and access in the
 * user_access, and the caller (a coroutine at its end) brings the page in by vm_fault and calls
 * again. No spinlock may be held: a fault takes aspace.lock.
 */
#pragma once

#include "vm/aspace.h"

/* One party's way to its user memory. In the thread; or on the stack for another process's. */
struct user_access {
    struct aspace *aspace;
    user_addr_t fault_addr; /* valid after ERR_USER_PAGE */
    unsigned fault_access;
};

/* OK, ERR_FAULT, ERR_USER_PAGE. On an error some leading part may have been copied. */
status_t copy_from_user(struct user_access *ua, void *to, user_addr_t from,
                        size_t size) MUST_USE;
status_t copy_to_user(struct user_access *ua, user_addr_t to, const void *from,
                      size_t size) MUST_USE;
status_t clear_user(struct user_access *ua, user_addr_t to, size_t size) MUST_USE;

/*
 * Several copies to or from a short range of user memory, in one go: `count` pieces by
 * ascending address, less than a page apart; where two overlap, the later one's bytes are
 * written. The last ends last.
 */
struct user_piece {
    user_addr_t user;
    void *kernel;
    size_t size;
};
status_t copy_pieces_from_user(struct user_access *ua, const struct user_piece *pieces,
                               unsigned count) MUST_USE;
status_t copy_pieces_to_user(struct user_access *ua, const struct user_piece *pieces,
                             unsigned count) MUST_USE;

/* A NUL-terminated string of at most `size` bytes, NUL included. ERR_NAME_TOO_LONG: no NUL
 * there.
 * `*length` without the NUL. */
status_t copy_string_from_user(struct user_access *ua, char *to, user_addr_t from, size_t size,
                               size_t *length) MUST_USE;

/* Atomic on a naturally aligned user word, for futexes. */
status_t user_load_u32(struct user_access *ua, user_addr_t addr, uint32_t *out) MUST_USE;
/* Compare and exchange; `*old` is what was there. */
status_t user_cmpxchg_u32(struct user_access *ua, user_addr_t addr, uint32_t expect,
                          uint32_t desired, uint32_t *old) MUST_USE;
