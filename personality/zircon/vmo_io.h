/*
 * vmo_io.h - bytes between a VMO and user memory, by a page of kernel memory; both sides wait
 * for their pages as needed.
 */
#pragma once

#include "personality/zircon/call.h"

/*
 * The caller has checked the range and holds a reference to the VMO. OK: all is moved. Else
 * what the first side said that failed: ERR_FAULT for user memory, ERR_CANCELED, ERR_NO_MEMORY
 * (also for want of the kernel's page), and, where it is interruptible, ERR_INTERRUPTED; then
 * part of it may have been moved, and to move it once more does no harm.
 */
struct vmo_io {
    struct co co;
    struct thread *thread;             /* in: whose user memory */
    enum transfer_direction direction; /* in */
    struct vmo *vmo;                   /* in */
    uint64_t offset, size;             /* in: bytes, in the VMO */
    user_addr_t user;                  /* in */
    bool interruptible; /* in: a suspension ends the wait for a page of the VMO */
    uint64_t done;      /* bytes, of whole pieces */
    unsigned char *page;
    size_t piece;   /* bytes of the present one */
    size_t in_page; /* of it, moved between VMO and `page` */
    status_t outcome;
    union {
        struct transfer transfer;
        struct vmo_page_in page_in;
    };
};
co_fn vmo_io;
