/*
 * fault_internal.h - a fault, and its window; shared by those that come (fault.c) and those
 * that are forestalled (ahead.c). The caller holds the lock of the mapping's VMO.
 */
#pragma once

#include "vm/vmar_internal.h"

/* A copy is made of so many pages at first. */
enum { FAULT_COPY_ORDER = 2 };

struct fault {
    struct mapping *m;
    struct vmo *vmo;     /* m->vmo; its lock is held */
    uint64_t index;      /* of the page that faulted, in the VMO */
    uint64_t first, end; /* the window; after a write: the run made ours */
    bool write;
};

/* Where what the mapping may show of its VMO ends. */
uint64_t fault_shown_pages(const struct mapping *m);

/* The window around ft->index: 2^order pages, aligned `shift` pages from the VMO's start. */
void fault_set_window(struct fault *ft, unsigned order, uint64_t shift);

/* Map what is at hand in the window. */
status_t fault_map_window(const struct fault *ft) MUST_USE;

/* Make what is in a window of that order the VMO's own, and map it. Errors as try_vm_fault. */
status_t fault_write(struct fault *ft, unsigned order) MUST_USE;

/* The fault at `addr`. Errors as try_vm_fault. */
status_t fault_resolve(struct mapping *m, user_addr_t addr, unsigned access) MUST_USE;
